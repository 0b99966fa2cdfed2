// A chart as SVG: panels one below the other over a common day, each with its lines and its own
// scale. Values only; no state.
#pragma once

#include <string>
#include <vector>

namespace troupe {

struct ChartLine {
  std::string name;
  std::string color;
  std::vector<double> values;  // evenly spaced from 0 to 24 h
};

struct ChartPanel {
  std::string title;  // with its unit
  double max = 1;     // of the scale, which begins at 0
  std::vector<ChartLine> lines;
};

std::string DrawChart(const std::string& title, const std::vector<ChartPanel>& panels);

}  // namespace troupe
