#include "verify/matching/expiry.h"

#include "base/time_text.h"
#include "sim/registry.h"
#include "verify/identity/line_fields.h"

namespace racesim {

bool Expiry::is_expired(std::uint32_t stream, std::string_view line) const {
  if (stream >= before_us_.size() || !before_us_[stream]) return false;
  const SchemaInfo& schema = *streams_[stream].schema;
  const RowForm* const form = find_row_form(schema);
  if (form == nullptr || form->table.time.empty()) return false;
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  const LineFields fields = take_apart(line, csv_ ? LineForm::csv : LineForm::json, schema);
  const LineField* const time = fields.find(form->table.time);
  if (time == nullptr) return false;
  const Result<std::int64_t> at_ns = parse_datetime(time->value, "UTC");
  return at_ns && *at_ns < *before_us_[stream] * 1000;
}

}  // namespace racesim
