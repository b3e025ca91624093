// Rows as one binary frame, column by column: what many rows have in common is said once.
// The format: docs/formats/live-frames.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/batch.h"
#include "model/schema.h"

namespace racesim {

inline constexpr std::uint8_t kColumnFrameVersion = 1;
inline constexpr std::uint8_t kColumnFrameEvents = 1;  ///< the only kind of frame

/// One row, where it lies.
struct FrameRow {
  const RowBatch* batch = nullptr;
  std::size_t row = 0;
};

/// Which fields of a schema are in frames, in the schema's order. The schema outlives it. Any thread.
class ColumnForm {
 public:
  /// `wanted`: told the path of each field; null: all are.
  explicit ColumnForm(const SchemaInfo& schema,
                      const std::function<bool(std::string_view path)>& wanted = nullptr);

  const SchemaInfo& schema() const { return *schema_; }
  /// A JSON array of what a reader must know of each column: [{"path":"speed_kmh","type":"unsigned",…},…].
  std::string fields_json() const;
  /// Appends one frame with these rows, which are of the schema. `form`: how readers know this form.
  void append_frame(std::uint16_t form, std::span<const FrameRow> rows, std::string& to) const;

 private:
  const SchemaInfo* schema_;
  std::vector<const FieldInfo*> fields_;
};

}  // namespace racesim
