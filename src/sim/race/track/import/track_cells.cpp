#include "sim/race/track/import/track_cells.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>

namespace racesim::race {
namespace {

/// Whether tabs stand between the cells of the line, and not only beside its commas.
bool tabs_separate(std::string_view line) {
  std::size_t cells = 0;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find('\t'), line.size());
    const std::string_view cell = trim_blanks(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
    if (cell.empty()) continue;
    if (cell.front() == ',' || cell.back() == ',') return false;
    ++cells;
  }
  return cells > 2;
}

std::string_view without_quotes(std::string_view cell) {
  const bool quoted = cell.size() > 1 && cell.front() == cell.back() && (cell[0] == '"' || cell[0] == '\'');
  return quoted ? trim_blanks(cell.substr(1, cell.size() - 2)) : cell;
}

/// Where the cell at the front of `line` ends.
std::size_t cell_end(std::string_view line, char separator) {
  bool in_quotes = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') in_quotes = !in_quotes;
    if (in_quotes) continue;
    if (line[i] == separator || (separator == ' ' && line[i] == '\t')) return i;
  }
  return line.size();
}

}  // namespace

std::string_view trim_blanks(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

char separator_of(std::string_view line) {
  if (line.find(';') != std::string_view::npos) return ';';
  if (tabs_separate(line)) return '\t';
  return line.find(',') != std::string_view::npos ? ',' : ' ';
}

std::vector<std::string_view> split_cells(std::string_view line, char separator) {
  std::vector<std::string_view> cells;
  line = trim_blanks(line);
  while (!line.empty()) {
    const std::size_t end = cell_end(line, separator);
    cells.push_back(without_quotes(trim_blanks(line.substr(0, end))));
    line.remove_prefix(std::min(end + 1, line.size()));
    if (separator == ' ') line = trim_blanks(line);
  }
  if (!cells.empty() && cells.back().empty()) cells.pop_back();
  return cells;
}

std::optional<double> number_of(std::string_view cell) {
  if (!cell.empty() && cell.front() == '+') cell.remove_prefix(1);
  std::string text(cell);
  if (std::count(text.begin(), text.end(), ',') == 1 && text.find('.') == std::string::npos)
    text[text.find(',')] = '.';
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace racesim::race
