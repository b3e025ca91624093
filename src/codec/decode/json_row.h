// One JSON object to one row. Shared by the formats json and json-array.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/decode/canonical.h"
#include "codec/decode/check.h"
#include "codec/decode/json_cursor.h"
#include "codec/decode/json_keys.h"
#include "codec/decode/row.h"
#include "codec/decoder.h"

namespace racesim {

class JsonRowReader {
 public:
  JsonRowReader(const SchemaInfo& schema, const DecoderOptions& options);

  /// Appends the row to `good`, or says in `why` what is wrong. `text`: at most kRecordLimit bytes, readable
  /// for kReadAhead more.
  bool read(std::string_view text, RowBatch& good, std::string& why);
  /// The same where the record is spelled as encoders usually do; else false, and it may still be valid.
  bool read_canonical(std::string_view text, RowBatch& good);
  /// The same of text that JsonCheck found valid, in any spelling.
  bool read_valid(std::string_view text, RowBatch& good, std::string& why);

 private:
  /// A key of the schema: an object with children or a field.
  struct Node {
    std::string_view key;
    std::string_view path;             ///< for messages
    const FieldInfo* field = nullptr;  ///< null for objects
    std::uint64_t missing_bit = 0;     ///< in RowBatch::missing; 0: the field is required
    std::vector<std::uint32_t> children;
    std::uint64_t seen_in = 0;  ///< number of the record that had it last
  };

  void add_field(const FieldInfo& field, std::uint64_t missing_bit);
  std::uint32_t child_named(std::uint32_t parent, std::string_view key) const;
  bool read_object(JsonCursor& in, std::uint32_t node, std::string& why);
  bool read_key(JsonCursor& in, std::uint32_t child, std::string& why);
  bool read_value(JsonCursor& in, const FieldInfo& field, std::size_t item, std::string& why);
  bool read_list(JsonCursor& in, const FieldInfo& field, std::string& why);
  bool skip_unknown(JsonCursor& in, std::uint32_t parent, std::string_view key, std::string& why);
  bool leave_out(const Node& node);
  bool all_seen(std::uint32_t node, std::string& why);

  const SchemaInfo* schema_;
  bool ignore_unknown_;
  bool has_optional_;
  std::function<void(std::string_view)> on_unknown_;
  std::array<CanonicalReader, 2> spellings_;
  std::size_t last_spelling_ = 0;  ///< that was met
  std::unique_ptr<JsonCheck>
      check_;  ///< made when it is needed: its memory would be that of the whole reader
  RepeatedKeys repeated_;
  RowBuilder row_;
  std::vector<Node> nodes_;  ///< the root first
  std::uint64_t record_ = 0;
  std::uint64_t missing_ = 0;  ///< of the record
  bool skipped_any_ = false;   ///< the record has a key that is not in the schema
  std::string scratch_;
};

}  // namespace racesim
