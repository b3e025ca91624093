// The quick way from JSON to a row: of records that are spelled as encoders usually spell them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/decoder.h"
#include "model/batch.h"

namespace racesim {

enum class Spacing : std::uint8_t {
  none,    ///< {"a":1,"b":2}: ours
  single,  ///< {"a": 1, "b": 2}: Python's
};

/// Walks a record along its schema and checks every byte of it on the way: all keys in order, one spacing,
/// numbers without exponent and with no more than the schema's decimals. What is spelled otherwise, valid or
/// not, is left to JsonRowReader; what is taken here becomes the same row there. No allocation per record.
/// One thread.
class CanonicalReader {
 public:
  CanonicalReader(const SchemaInfo& schema, const DecoderOptions& options, Spacing spacing);

  /// Appends the row. False: the record is not spelled so, and nothing has changed. `text`: readable for
  /// kReadAhead more, and in these bytes no string goes on that `text` began.
  bool read(std::string_view text, RowBatch& good);

 private:
  enum class Value : std::uint8_t { number, boolean, enumeration, time_ms, time_us, text, other, end };

  /// The bytes before a value, and how it is read.
  struct Step {
    std::uint64_t last_mask = 0;  ///< of the literal's bytes in its last word
    std::int64_t least = 0, most = 0;
    const FieldInfo* field = nullptr;
    std::uint32_t literal = 0, literal_size = 0;  ///< first word in literals_; bytes
    std::uint32_t offset = 0;                     ///< of the value in the row
    std::uint32_t count_offset = 0;               ///< of a list
    std::uint32_t detail = 0;                     ///< index of its first name in names_, or of its minute
    Value value = Value::end;
    std::uint8_t size = 0, decimals = 0, list_limit = 0, names = 0;
    bool may_miss = false, left_out = false, is_quoted = false;
  };
  /// A name with its closing quote.
  struct Name {
    std::uint64_t word = 0, mask = 0;
    std::uint32_t size = 0;  ///< without the quote
  };
  /// The beginning of the last time: "2026-07-05T14:18:". Most events share it with the one before.
  struct Minute {
    char text[24] = "1970-01-01T00:00:";  ///< a time whatever start_s is at first
    std::int64_t start_s = 0;             ///< epoch
  };

  void add_step(const FieldInfo& field, const std::string& literal);
  void add_names(Step& step);
  void add_literal(Step& step, const std::string& text);

  bool take_literal(const Step& step, const char*& p) const;
  const char* read_fields(const char* p, std::byte* row, RowBatch& good);
  const char* read_list(const Step& step, const char* p, std::byte* row, RowBatch& good);
  const char* read_value(const Step& step, const char* p, std::byte* to, RowBatch& good);
  const char* read_name(const Step& step, const char* p, std::byte* to) const;
  template <int Digits>
  const char* read_time(Minute& minute, const char* p, std::byte* to);

  std::vector<Step> steps_;  ///< one per field, and one for the end
  std::vector<std::uint64_t> literals_;
  std::vector<Name> names_;
  std::vector<Minute> minutes_;
  bool has_optional_, natural_ranges_;
  bool is_spaced_;
};

}  // namespace racesim
