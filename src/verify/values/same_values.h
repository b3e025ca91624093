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
/// end, quotes around cells, further fields. Everything that it does not know it leaves to the decoder
/// (Respeller). One thread.
class SameValues {
 public:
  SameValues(std::span<const StreamInfo> streams, bool csv);

  /// CSV: the field of each column as the arrived header has them, as indices of the schema; the number of
  /// fields for one that no field has.
  void set_columns(std::vector<std::size_t> columns);
  /// True only if `found` is well-formed, has each field of the stream once, and each value is that of
  /// `expected`, which is as racesim writes it. Both with their line ends, which `found` may lack.
  bool same(std::uint32_t stream, std::string_view expected, std::string_view found);
  /// JSON: names of the fields that the last line that was the same had beyond those of its stream. They
  /// point into that line.
  const std::vector<std::string_view>& extra() const { return extra_; }

 private:
  static constexpr std::size_t kRoot = 0;  ///< the line itself, as an object
  static constexpr std::size_t kNone = SIZE_MAX;
  struct Field {
    std::size_t object = kRoot;  ///< in which it stands
    std::string_view key;
    std::string before;   ///< as racesim writes it, in front of the value: `,"seq":`
    bool number = false;  ///< one of JSON or of a cell, not a list
  };
  struct Object {
    std::string_view key;
    std::uint64_t fields = 0;  ///< a bit for each of its own
  };
  /// What stood in front of a value: `, "seq" : `. It means the same only where the same object is open, and
  /// of the objects that it opens and closes none was open before, and nothing is lacking.
  struct Front {
    std::size_t from = kNone;  ///< the object that is open there
    std::uint64_t opens = 0, closes = 0;
    std::string text;
  };
  struct Form {
    std::vector<Field> fields;
    std::vector<Object> objects;
    std::size_t rare = kNone;  ///< the first field that JSON may leave out
    std::string end;           ///< as racesim writes it, behind the last value
    // Of the lines that came last, by place in the line:
    std::vector<std::size_t> order;  ///< which field it is
    std::vector<Front> fronts;
    bool usable = true;  ///< no objects in objects, not too many fields
  };
  /// `rare`: also the fields that JSON leaves out where they have no value.
  static Form form_of(const SchemaInfo& schema, bool csv, bool rare);
  Form& form_for(std::uint32_t stream, std::string_view expected);
  bool same_json(Form& form, std::string_view expected, std::string_view found);
  bool take_apart_json(const Form& form, std::string_view line);
  bool read_front(Form& form, std::size_t place, std::size_t object, std::uint64_t seen,
                  std::string_view& found);
  bool read_end(const Form& form, std::size_t object, std::string_view found);
  bool take_extra(const Form& form, std::size_t object, std::string_view key, std::string_view& found);
  bool same_csv(const Form& form, std::string_view expected, std::string_view found);
  bool take_apart_csv(const Form& form, std::string_view line);

  const bool csv_;
  std::vector<Form> forms_;               ///< by stream
  std::vector<Form> bare_forms_;          ///< likewise, of lines without rare fields
  std::vector<std::string_view> values_;  ///< of the expected line, by field; texts of JSON with their quotes
  std::vector<std::string_view> extra_;
};

}  // namespace racesim
