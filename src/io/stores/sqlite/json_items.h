// The little JSON that lists are kept as: an array of texts, numbers and booleans, one level deep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace racesim::sqlite {

struct JsonItem {
  std::string text;  ///< of a text what it means; else the characters
  bool is_text = false;
};

/// Between quotes; quotes, backslashes and control characters escaped.
void append_json_text(std::string_view text, std::string& out);

/// `scaled` × 10^-decimals with all its decimals; returns the size. `to` has room for 24 characters.
std::size_t put_json_number(std::int64_t scaled, bool is_unsigned, int decimals, char* to);

/// False: it is no such list.
bool split_json_list(std::string_view text, std::vector<JsonItem>& items);

/// The inverse of put_json_number(); "true" and "false" are 1 and 0.
bool read_json_number(std::string_view text, int decimals, std::int64_t& scaled);

}  // namespace racesim::sqlite
