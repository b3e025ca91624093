// A CSV record cut into cells, and the cell of a list cut into items.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace racesim {

class CsvCells {
 public:
  /// Cuts a record (without its line end) at commas outside quotes. False: `why` says which column is
  /// malformed.
  bool split(std::string_view record, std::string& why) { return split_at(record, ',', "column", why); }

  /// Cuts a list at semicolons likewise; no text is an empty list, "" between quotes one empty item.
  bool split_list(std::string_view cell, std::string& why) {
    views_.clear();
    return cell.empty() || split_at(cell, ';', "item", why);
  }

  /// Valid until the next split and as long as the record.
  const std::vector<std::string_view>& views() const { return views_; }

 private:
  bool split_at(std::string_view record, char separator, std::string_view piece, std::string& why);
  bool quoted_cell(std::string_view& rest);

  std::vector<std::string_view> views_;
  std::string unquoted_;  ///< what cells with doubled quotes stand for
};

}  // namespace racesim
