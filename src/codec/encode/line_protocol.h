// Rows as points of InfluxDB's line protocol (docs/formats/lineprotocol.md): the table's name, tags from its
// key and labels, every other field with its type, and the event time in nanoseconds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codec/encode/scalars.h"
#include "codec/encoder.h"
#include "model/table.h"

namespace racesim {

class LineProtocolEncoder final : public Encoder {
 public:
  /// Why rows of the table cannot be points; empty: they can.
  static std::string why_not(const SchemaInfo& schema, const TableInfo& table);

  /// why_not() is empty. `schema` outlives the encoder.
  LineProtocolEncoder(const SchemaInfo& schema, const TableInfo& table);

  /// Values that RowBatch::missing names are left out.
  void encode(const RowBatch& rows, WireBatch& out) const override;

 private:
  /// A tag or a field. `before` is what stands in front of its value: `,car=`, `speed_kmh=`, `status="`.
  struct Column {
    std::string name;
    std::string before;
    const FieldInfo* field = nullptr;
    std::uint64_t missing_bit = 0;  ///< in RowBatch::missing
    scalars::PutMagnitude put_magnitude = nullptr;
    bool is_run_of_id = false;  ///< the run that the event id carries, where racesim made it
  };
  struct Point;

  Column column_of(const FieldInfo& field) const;
  void add_run_of_id();
  char* write_point(char* p, Point& point) const;
  char* write_tags(char* p, Point& point) const;
  char* write_fields(char* p, Point& point) const;
  char* write_tag(char* p, const Column& column, Point& point) const;
  char* write_field(char* p, const Column& column, Point& point) const;
  char* write_list(char* p, const FieldInfo& field, Point& point) const;
  char* write_time(char* p, const Point& point) const;
  std::uint64_t last_digits(const Point& point) const;
  std::size_t text_growth() const;

  const SchemaInfo& schema_;
  std::string measurement_;
  std::vector<Column> tags_;           ///< by name
  std::vector<Column> fields_;         ///< in the schema's order
  const FieldInfo* time_ = nullptr;    ///< shown as the point's time only
  const FieldInfo* number_ = nullptr;  ///< of the key: a seq or an event id; null: rows have none
  std::uint64_t number_missing_ = 0;   ///< bit in RowBatch::missing
  std::size_t row_size_max_ = 0;       ///< without the texts
};

}  // namespace racesim
