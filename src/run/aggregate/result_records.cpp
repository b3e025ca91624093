#include "run/aggregate/result_records.h"

#include <utility>

#include "base/check.h"

namespace racesim {

ResultRecords::ResultRecords(std::span<const AggregationEntry* const> entries) {
  for (const AggregationEntry* entry : entries) {
    std::vector<std::string_view> paths(entry->table.key.scope.begin(), entry->table.key.scope.end());
    paths.push_back(entry->table.key.number);
    Result<std::unique_ptr<Encoder>> encoder = make_encoder(entry->result(), "json");
    RACESIM_CHECK(encoder.has_value());
    forms_[entry] = {std::make_unique<ColumnLines>(entry->result(), paths), std::move(*encoder)};
  }
}

void ResultRecords::add(const AggregationEntry& entry, const RowBatch& rows, std::vector<KafkaRecord>& out) {
  const Form& form = forms_.at(&entry);
  form.keys->read(rows);
  lines_.clear();
  form.encoder->encode(rows, lines_);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::string_view line = lines_.line(row);
    out.push_back({std::string(entry.name) + "," + std::string(form.keys->line(row)),
                   std::string(line.substr(0, line.size() - 1)), false});
  }
}

}  // namespace racesim
