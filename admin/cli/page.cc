#include "admin/cli/page.h"

#include <algorithm>
#include <set>
#include <utility>

#include "admin/cli/format.h"

namespace troupe::admin::cli {
namespace {

constexpr size_t kCellColumnsMax = 80;
constexpr char kGap[] = "  ";

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

size_t Columns(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

// As it stands in a table: on one line and not endless.
std::string Shown(const std::string& text) {
  std::string shown = Printable(text);
  if (Columns(shown) <= kCellColumnsMax) return shown;
  size_t end = 0;
  for (size_t columns = 0; columns + 3 < kCellColumnsMax; ++columns) {
    do ++end;
    while (IsContinuation(shown[end]));
  }
  return shown.substr(0, end) + "...";
}

// "12", "3 of 8", "1.2 MiB", "4.00ms"; no times, addresses or changes.
bool LooksLikeNumber(const std::string& text) {
  return text == kNone || (!text.empty() && text.front() >= '0' && text.front() <= '9' &&
                           text.find_first_of("/:>") == std::string::npos &&
                           std::count(text.begin(), text.end(), '.') < 2);
}

std::string_view Escape(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kGood:
      return "\x1b[32m";
    case Tone::kBad:
      return "\x1b[31m";
    case Tone::kCareful:
      return "\x1b[33m";
    case Tone::kFaint:
      return "\x1b[2m";
  }
  return "";
}

}  // namespace

Cell StateCell(const std::string& state) {
  static const std::set<std::string> kGood = {"RUNNING", "SERVING", "IDLE", "BUSY",
                                              "CURRENT", "OK",      "DONE", "ANSWERED"};
  static const std::set<std::string> kBad = {"FAILED", "DEAD", "HUNG", "NOT_SERVING", "REVERTED"};
  if (kGood.count(state) > 0) return {state, Tone::kGood};
  if (kBad.count(state) > 0) return {state, Tone::kBad};
  return {state, state == kNone ? Tone::kPlain : Tone::kCareful};
}

void Page::Append(std::string_view text, Tone tone) {
  const std::string_view escape = colour_ ? Escape(tone) : "";
  text_.append(escape).append(text).append(escape.empty() ? "" : "\x1b[0m");
}

void Page::Add(std::string_view text, Tone tone) {
  Append(Printable(text, /*lines=*/true), tone);
  if (text.empty() || text.back() != '\n') text_ += '\n';
}

void Page::Section(std::string_view heading) {
  if (!text_.empty()) text_ += '\n';
  Add(heading, Tone::kFaint);
}

void Page::Add(const Table& table) {
  std::vector<std::vector<Cell>> rows;
  if (!table.header_.empty()) {
    auto& header = rows.emplace_back();
    for (const std::string& name : table.header_) header.emplace_back(name, Tone::kFaint);
  }
  const size_t first = rows.size();
  for (std::vector<Cell> row : table.rows_) {
    while (!row.empty() && row.back().text.empty()) row.pop_back();
    rows.push_back(std::move(row));
  }

  std::vector<size_t> widths;
  std::vector<bool> right;
  for (size_t r = 0; r < rows.size(); ++r) {
    widths.resize(std::max(widths.size(), rows[r].size()));
    right.resize(widths.size(), !table.header_.empty());
    for (size_t c = 0; c < rows[r].size(); ++c) {
      rows[r][c].text = Shown(rows[r][c].text);
      widths[c] = std::max(widths[c], Columns(rows[r][c].text));
      if (r >= first && !LooksLikeNumber(rows[r][c].text)) right[c] = false;
    }
  }
  for (const auto& row : rows) {
    for (size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - Columns(row[c].text), ' ');
      if (right[c]) text_ += padding;
      Append(row[c].text, row[c].tone);
      if (c + 1 < row.size()) text_.append(right[c] ? "" : padding).append(kGap);
    }
    text_ += '\n';
  }
}

}  // namespace troupe::admin::cli
