// Rows of a store as the lines that were sent of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/encoder.h"
#include "model/batch.h"
#include "model/schema.h"

namespace racesim {

/// One thread.
class RowLines {
 public:
  /// `encoder` is the run's, of `schema` and `format`; both outlive the lines.
  RowLines(const SchemaInfo& schema, const Encoder& encoder, std::string_view format)
      : schema_(schema),
        encoder_(encoder),
        format_(format),
        row_(schema),
        written_(std::make_unique<WireBatch>()) {}

  /// Appends a line for each row. Where a value is missing the line has no such field, so that it cannot pass
  /// for the event with the value zero.
  void append(const RowBatch& rows, ByteBuffer& to);

 private:
  /// Rows in which the same fields are missing.
  struct Partial {
    std::vector<FieldInfo> fields;
    SchemaInfo schema;
    std::unique_ptr<Encoder> encoder;
  };

  const Encoder& encoder_without(std::uint64_t missing);
  void append_partial(const RowBatch& rows, std::size_t i, ByteBuffer& to);

  const SchemaInfo& schema_;
  const Encoder& encoder_;
  const std::string format_;
  std::map<std::uint64_t, std::unique_ptr<Partial>> partial_;
  RowBatch row_;
  std::unique_ptr<WireBatch> written_;
};

}  // namespace racesim
