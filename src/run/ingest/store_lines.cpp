#include "run/ingest/store_lines.h"

#include <memory>
#include <utility>

#include "codec/encoder.h"

namespace racesim {

Result<RowsToLines> rows_to_lines(const StoreTable& table) {
  Result<std::unique_ptr<Encoder>> encoder = make_encoder(*table.schema, "lineprotocol", table.table);
  if (!encoder) return tl::make_unexpected(encoder.error());
  return [shared = std::shared_ptr<const Encoder>(std::move(*encoder))](
             const RowBatch& rows, WireBatch& out) { shared->encode(rows, out); };
}

}  // namespace racesim
