// Whether a line that somebody wrote again says what the expected one says: without decoding either.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario.h"

namespace racesim {

/// A quick look for the common ways of writing again: other spaces, other order of keys, zeros at a number's
/// end, quotes around cells. Everything that it does not know it leaves to the decoder (Respeller). One
/// thread.
class SameValues {
 public:
  SameValues(std::span<const StreamInfo> streams, bool csv);

  /// CSV: the field of each column as the arrived header has them, as indices of the schema.
  void set_columns(std::vector<std::size_t> columns);
  /// True only if `found` is well-formed, has each field of the stream once and no other, and each value is
  /// that of `expected`, which is as racesim writes it. Both with their line ends, which `found` may lack.
  bool same(std::uint32_t stream, std::string_view expected, std::string_view found);

 private:
  struct Form {
    std::vector<std::string_view> paths;
    std::vector<std::string> before;  ///< as racesim writes it, in front of each value: `,"seq":`
    std::vector<bool> numbers;        ///< whether the field is one
    // Of the lines that came last, by place in the line:
    std::vector<std::size_t> order;   ///< which field it is
    std::vector<std::string> fronts;  ///< what stood in front of its value: `, "seq" : `
    bool usable = true;               ///< no nested objects, no lists, not too many fields
  };
  bool same_value(std::string_view& found, std::string_view wanted) const;
  bool read_front(Form& form, std::size_t place, std::string_view& found);
  bool same_json(Form& form, std::string_view expected, std::string_view found);
  bool same_csv(const Form& form, std::string_view expected, std::string_view found);
  bool take_apart_json(const Form& form, std::string_view line);
  bool take_apart_csv(const Form& form, std::string_view line);

  const bool csv_;
  std::vector<Form> forms_;               ///< by stream
  std::vector<std::string_view> values_;  ///< of the expected line, by field; texts of JSON with their quotes
};

}  // namespace racesim
