#include "tools/chart.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace troupe {
namespace {

// Pixels.
constexpr int kLeft = 50;
constexpr int kRight = 20;
constexpr int kTop = 50;
constexpr int kPlotWidth = 720;
constexpr int kPlotHeight = 130;
constexpr int kPanelHeight = kPlotHeight + 50;
constexpr int kWidth = kLeft + kPlotWidth + kRight;

constexpr int kScaleParts = 4;
constexpr int kHours = 24;
constexpr int kHoursBetweenTicks = 3;

class SvgWriter {
 public:
  std::string Draw(const std::string& title, const std::vector<ChartPanel>& panels) {
    const int height = kTop + kPanelHeight * static_cast<int>(panels.size());
    absl::StrAppendFormat(&svg_,
                          "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                          "font-family=\"sans-serif\" "
                          "font-size=\"11\" fill=\"#333\">\n<title>%s</title>\n"
                          "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
                          kWidth, height, title);
    Text(kLeft, 22, "start", title, "font-size=\"14\" font-weight=\"bold\"");
    for (size_t i = 0; i < panels.size(); ++i) {
      Panel(panels[i], kTop + 20 + kPanelHeight * static_cast<int>(i));
    }
    svg_ += "</svg>\n";
    return svg_;
  }

 private:
  void Text(int x, int y, const char* anchor, const std::string& text, const char* style = "") {
    absl::StrAppendFormat(&svg_, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" %s>%s</text>\n", x, y,
                          anchor, style, text);
  }

  void Rule(int x1, int y1, int x2, int y2) {
    absl::StrAppendFormat(
        &svg_, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#ddd\"/>\n", x1, y1, x2, y2);
  }

  void Panel(const ChartPanel& panel, int top) {
    Text(kLeft, top - 8, "start", panel.title, "font-weight=\"bold\"");
    Legend(panel, top - 8);
    const int bottom = top + kPlotHeight;
    for (int part = 0; part <= kScaleParts; ++part) {
      const int y = bottom - kPlotHeight * part / kScaleParts;
      Rule(kLeft, y, kLeft + kPlotWidth, y);
      Text(kLeft - 6, y + 4, "end", absl::StrFormat("%g", panel.max * part / kScaleParts));
    }
    for (int hour = 0; hour <= kHours; hour += kHoursBetweenTicks) {
      const int x = kLeft + kPlotWidth * hour / kHours;
      Rule(x, top, x, bottom);
      Text(x, bottom + 15, "middle", absl::StrFormat("%02d:00", hour));
    }
    for (const ChartLine& line : panel.lines) Line(line, panel.max, bottom);
  }

  // Right-aligned above the plot; the last line's name comes last.
  void Legend(const ChartPanel& panel, int y) {
    svg_ += absl::StrFormat("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", kLeft + kPlotWidth, y);
    for (const ChartLine& line : panel.lines) {
      const bool first = &line == &panel.lines.front();
      absl::StrAppendFormat(&svg_, "<tspan fill=\"%s\" dx=\"%d\">%s</tspan>", line.color,
                            first ? 0 : 14, line.name);
    }
    svg_ += "</text>\n";
  }

  void Line(const ChartLine& line, double max, int bottom) {
    absl::StrAppendFormat(&svg_, "<polyline fill=\"none\" stroke=\"%s\" points=\"", line.color);
    for (size_t i = 0; i < line.values.size(); ++i) {
      const double x = kLeft + kPlotWidth * static_cast<double>(i) / line.values.size();
      const double y = bottom - kPlotHeight * std::min(1.0, line.values[i] / max);
      absl::StrAppendFormat(&svg_, "%s%g,%.1f", i == 0 ? "" : " ", x, y);
    }
    svg_ += "\"/>\n";
  }

  std::string svg_;
};

}  // namespace

std::string DrawChart(const std::string& title, const std::vector<ChartPanel>& panels) {
  return SvgWriter().Draw(title, panels);
}

}  // namespace troupe
