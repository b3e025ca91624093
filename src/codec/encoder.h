// Rows to bytes. One virtual call per batch; inside, code unrolled from the schema at compile time, or for
// rows that are no events the schema's table.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/batch.h"
#include "model/table.h"

namespace racesim {

/// Stateless and const: one object serves all threads.
class Encoder {
 public:
  virtual ~Encoder() = default;
  /// Appends the rows and their heads to `out`, a line each ('\n' at the end), in order.
  /// The rows must be of the schema that the encoder was made for. At most 4 GiB per WireBatch.
  virtual void encode(const RowBatch& rows, WireBatch& out) const = 0;
  /// The line that goes before the first event of a file, with its '\n'; empty for formats without one.
  virtual std::string header() const { return {}; }
  /// How receivers and retries tell the id of an event from its line.
  virtual EventIdRule id_rule() const { return {}; }
};

/// `format`: a name of encoder_formats(); the error lists them. `table` says what is a row's key:
/// lineprotocol needs one with a time, else the error (usage) says so.
Result<std::unique_ptr<Encoder>> make_encoder(const SchemaInfo& schema, std::string_view format,
                                              const TableInfo* table = nullptr);

std::vector<std::string_view> encoder_formats();

}  // namespace racesim
