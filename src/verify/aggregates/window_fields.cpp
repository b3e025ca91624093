#include "verify/aggregates/window_fields.h"

namespace racesim {
namespace {

/// Half away from zero.
std::int64_t rounded_quotient(std::int64_t number, std::int64_t by) {
  const std::int64_t half = by / 2;
  return number >= 0 ? (number + half) / by : -((-number + half) / by);
}

}  // namespace

std::vector<ExpectedField> expected_fields(const WindowSum& sum, bool has_speed) {
  const auto count = static_cast<std::int64_t>(sum.samples);
  std::vector<ExpectedField> fields{{"samples", static_cast<double>(sum.samples)}};
  if (!has_speed) {
    fields.push_back({"listened_ms", static_cast<double>(sum.listened_ms)});
    return fields;
  }
  fields.push_back(
      {"avg_speed_kmh", static_cast<double>(rounded_quotient(sum.speed_sum * 100, count)) / 1000});
  fields.push_back({"min_speed_kmh", static_cast<double>(sum.speed_min) / 10});
  fields.push_back({"max_speed_kmh", static_cast<double>(sum.speed_max) / 10});
  fields.push_back({"avg_engine_rpm", static_cast<double>(rounded_quotient(sum.rpm_sum * 10, count)) / 10});
  fields.push_back({"max_engine_rpm", static_cast<double>(sum.rpm_max)});
  return fields;
}

}  // namespace racesim
