// What a verb shows to people: tables and lines, in the order in which they are added. Text of the
// server is made harmless for terminals here, so that no verb has to think of it. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::admin::cli {

enum class Tone { kPlain, kGood, kBad, kCareful, kFaint };

struct Cell {
  // NOLINTNEXTLINE(google-explicit-constructor): rows are lists of text
  Cell(std::string text, Tone tone = Tone::kPlain) : text(std::move(text)), tone(tone) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Cell(const char* text, Tone tone = Tone::kPlain) : text(text), tone(tone) {}

  std::string text;
  Tone tone;
};

// A state's name in the tone that suits it: RUNNING good, FAILED bad, all others careful.
Cell StateCell(const std::string& state);

// Columns as wide as their cells; a column of numbers only is aligned to the right.
class Table {
 public:
  // Without a header: pairs of names and values.
  Table() = default;
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}

  void Add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }

 private:
  friend class Page;
  std::vector<std::string> header_;
  std::vector<std::vector<Cell>> rows_;
};

class Page {
 public:
  explicit Page(bool colour) : colour_(colour) {}

  void Add(const Table& table);
  // Its lines as they are.
  void Add(std::string_view text, Tone tone = Tone::kPlain);
  // An empty line and a heading.
  void Section(std::string_view heading);
  // Beside the data: what is missing in it, what to do. Goes to standard error.
  void Remark(const std::string& sentence) { remarks_.push_back(sentence); }

  const std::string& text() const { return text_; }
  const std::vector<std::string>& remarks() const { return remarks_; }

 private:
  void Append(std::string_view text, Tone tone);

  bool colour_;
  std::string text_;
  std::vector<std::string> remarks_;
};

}  // namespace troupe::admin::cli
