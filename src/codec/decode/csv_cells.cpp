#include "codec/decode/csv_cells.h"

#include <fmt/core.h>

namespace racesim {

bool CsvCells::split_at(std::string_view record, char separator, std::string_view piece, std::string& why) {
  views_.clear();
  unquoted_.clear();
  unquoted_.reserve(record.size());  // views into it must stay
  std::string_view rest = record;
  const auto refuse = [&](std::string_view what) {
    why = fmt::format("{} {}: {}", piece, views_.size() + 1, what);
    return false;
  };
  while (true) {
    if (!rest.empty() && rest.front() == '"') {
      if (!quoted_cell(rest)) return refuse("a quote is opened and never closed");
      if (!rest.empty() && rest.front() != separator) {
        views_.pop_back();
        return refuse("text after the closing quote");
      }
    } else {
      const std::string_view cell = rest.substr(0, rest.find(separator));
      if (cell.find('"') != std::string_view::npos) return refuse("a quote inside text that is not quoted");
      if (cell.find('\r') != std::string_view::npos) return refuse("a carriage return outside quotes");
      views_.push_back(cell);
      rest.remove_prefix(cell.size());
    }
    if (rest.empty()) return true;
    rest.remove_prefix(1);
  }
}

/// Adds the cell that starts with a quote and leaves `rest` behind its closing one.
bool CsvCells::quoted_cell(std::string_view& rest) {
  rest.remove_prefix(1);
  const std::size_t start = unquoted_.size();
  while (true) {
    const std::size_t quote = rest.find('"');
    if (quote == std::string_view::npos) return false;
    const std::string_view text = rest.substr(0, quote);
    rest.remove_prefix(quote + 1);
    const bool doubled = !rest.empty() && rest.front() == '"';
    if (!doubled && unquoted_.size() == start) {
      views_.push_back(text);
      return true;
    }
    unquoted_ += text;
    if (!doubled) {
      views_.push_back(std::string_view(unquoted_).substr(start));
      return true;
    }
    unquoted_ += '"';
    rest.remove_prefix(1);
  }
}

}  // namespace racesim
