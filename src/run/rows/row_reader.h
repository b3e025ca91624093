// What a decoded row says of itself: whose event it is, which one, and when; by the paths of its RowForm.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/batch.h"
#include "sim/entry.h"

namespace racesim {

/// Whose event a row is.
struct RowOwner {
  std::string name;  ///< tells the owners of all streams apart; empty: its id is not one that racesim made
  std::optional<std::uint64_t> seq;
};

class RowReader {
 public:
  /// All outlive the reader.
  RowReader(const ScenarioEntry& scenario, const RowForm& form);

  const ScenarioEntry& scenario() const { return *scenario_; }
  const RowForm& form() const { return *form_; }
  const SchemaInfo& schema() const { return *schema_; }

  /// Texts as the columns show them; empty where there is no such column.
  std::string run(const RowBatch& rows, std::size_t i) const { return text(rows, i, run_); }
  std::string owner(const RowBatch& rows, std::size_t i) const { return text(rows, i, owner_); }
  std::string entity(const RowBatch& rows, std::size_t i) const { return text(rows, i, entity_); }
  std::optional<std::uint64_t> seq(const RowBatch& rows, std::size_t i) const;
  RowOwner row_owner(const RowBatch& rows, std::size_t i) const;
  std::optional<Uuid> event_id(const RowBatch& rows, std::size_t i) const;
  /// Event time in microseconds; 0 where it does not say.
  std::int64_t time_us(const RowBatch& rows, std::size_t i) const;
  /// A value of the integer types, of any size, with its sign.
  static std::int64_t whole(const RowBatch& rows, std::size_t i, const FieldInfo& field);

 private:
  const FieldInfo* field(std::string_view path) const;
  static std::string text(const RowBatch& rows, std::size_t i, const FieldInfo* field);

  const ScenarioEntry* scenario_;
  const RowForm* form_;
  const SchemaInfo* schema_;
  const FieldInfo *event_id_, *run_, *owner_, *seq_, *entity_, *time_;  ///< null: there is none
};

}  // namespace racesim
