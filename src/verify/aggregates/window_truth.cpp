#include "verify/aggregates/window_truth.h"

#include <algorithm>
#include <utility>

#include "base/quantity.h"
#include "run/rows/row_kinds.h"

namespace racesim {
namespace {

const FieldInfo* find_path(const SchemaInfo& schema, std::string_view path) {
  for (const FieldInfo& field : schema.fields)
    if (field.path == path) return &field;
  return nullptr;
}

/// A name that ends so: "play_duration_ms", whatever is played.
const FieldInfo* find_duration(const SchemaInfo& schema) {
  for (const FieldInfo& field : schema.fields)
    if (field.path.ends_with("_duration_ms")) return &field;
  return nullptr;
}

void add_event(WindowSum& sum, std::optional<std::int64_t> speed, std::optional<std::int64_t> rpm,
               std::optional<std::int64_t> listened_ms) {
  ++sum.samples;
  if (speed) {
    sum.speed_sum += *speed;
    sum.speed_min = std::min(sum.speed_min, *speed);
    sum.speed_max = std::max(sum.speed_max, *speed);
  }
  if (rpm) {
    sum.rpm_sum += *rpm;
    sum.rpm_max = std::max(sum.rpm_max, *rpm);
  }
  if (listened_ms) sum.listened_ms += *listened_ms;
}

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const std::int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

}  // namespace

std::optional<Windowing> parse_windowing(std::string_view text) {
  const std::size_t slash = text.find('/');
  const Result<std::int64_t> size_ns = parse_duration_ns(text.substr(0, slash));
  if (!size_ns || *size_ns < 1'000'000) return std::nullopt;
  Windowing windowing{std::string(text), *size_ns / 1000, *size_ns / 1000};
  if (slash == std::string_view::npos) return windowing;
  const Result<std::int64_t> slide_ns = parse_duration_ns(text.substr(slash + 1));
  if (!slide_ns || *slide_ns < 1'000'000 || *slide_ns > *size_ns) return std::nullopt;
  windowing.slide_us = *slide_ns / 1000;
  return windowing;
}

void LatenessJudge::arrive(std::uint32_t number, std::int64_t time_us, std::int64_t emit_us) {
  Lane& lane = lanes_[number];
  const auto watermark = [&](std::int64_t newest_us) {
    return newest_us == INT64_MIN ? INT64_MIN : newest_us - rules_.delay_us;
  };
  if (rules_.batch_us == 0) {
    lowest_us_ = highest_us_ = watermark(lane.newest_us);
  } else {
    while (!lane.open.empty() && lane.open.front().emit_us <= emit_us - rules_.batch_us) {
      lane.settled_us = lane.open.front().newest_us;
      lane.open.pop_front();
    }
    lowest_us_ = watermark(lane.settled_us);
    highest_us_ = watermark(newest_us_);
  }
  lane.newest_us = std::max(lane.newest_us, time_us);
  newest_us_ = std::max(newest_us_, time_us);
  if (rules_.batch_us == 0) return;
  if (!lane.open.empty() && lane.open.back().emit_us == emit_us)
    lane.open.back().newest_us = lane.newest_us;
  else
    lane.open.push_back({emit_us, lane.newest_us});
}

Due LatenessJudge::due(std::int64_t end_us) const {
  if (end_us + rules_.allowed_us > highest_us_) return Due::keep;
  return end_us + rules_.allowed_us <= lowest_us_ ? Due::drop : Due::either;
}

/// Rows of one schema that have windows.
struct WindowTruth::Source {
  RowReader reader;
  const FieldInfo *speed, *rpm, *listened;
  std::string stream;
};

WindowTruth::WindowTruth(std::vector<Windowing> windowings, const LatenessRules& rules, std::uint32_t lanes)
    : windowings_(std::move(windowings)), judge_(rules, lanes) {
  for (const RowKind& kind : row_kinds(false)) {
    const SchemaInfo& schema = kind.schema();
    const FieldInfo* const speed = find_path(schema, "speed_kmh");
    const FieldInfo* const rpm = find_path(schema, "engine_rpm");
    const FieldInfo* const listened = find_duration(schema);
    if ((speed == nullptr || rpm == nullptr) && listened == nullptr) continue;
    sources_.emplace(&schema, std::make_unique<Source>(Source{RowReader(*kind.scenario, *kind.form), speed,
                                                              rpm, listened, std::string(schema.name)}));
  }
}

WindowTruth::~WindowTruth() = default;

bool WindowTruth::has_speed(const std::string& stream) const {
  return std::any_of(sources_.begin(), sources_.end(), [&](const auto& source) {
    return source.second->stream == stream && source.second->speed != nullptr;
  });
}

bool WindowTruth::names_run(const std::string& stream) const {
  return std::any_of(sources_.begin(), sources_.end(), [&](const auto& source) {
    return source.second->stream == stream && !source.second->reader.form().run.empty();
  });
}

WindowTruth::Source* WindowTruth::source_of(const RowBatch& rows) {
  const auto found = sources_.find(&rows.schema());
  return found == sources_.end() ? nullptr : found->second.get();
}

void WindowTruth::add(const SentBlock& block) {
  struct Arrived {
    std::uint32_t record;
    const TableRows* part;
    std::uint32_t row;
    Source* source;
  };
  std::vector<Arrived> all;
  for (const auto& part : block.rows->parts)
    if (Source* const source = source_of(part->rows))
      for (std::uint32_t i = 0; i < part->rows.size(); ++i)
        all.push_back({part->records[i], part.get(), i, source});
  std::sort(all.begin(), all.end(), [](const Arrived& a, const Arrived& b) { return a.record < b.record; });
  for (const Arrived& one : all) {
    const RowBatch& rows = one.part->rows;
    const std::int64_t time_us = one.source->reader.time_us(rows, one.row);
    judge_.arrive(block.lane, time_us, block.emit_ns[one.record] / 1000);
    // A later copy cannot come in time for a window that the first one was too late for.
    if (!is_copy(*one.source, rows, one.row)) count(*one.source, rows, one.row, time_us);
  }
}

bool WindowTruth::is_copy(const Source& source, const RowBatch& rows, std::size_t i) {
  const RowOwner owner = source.reader.row_owner(rows, i);
  if (!owner.seq) return false;
  std::vector<bool>& seen = seen_[owner.name];
  if (seen.size() <= *owner.seq) seen.resize(*owner.seq + 1024);
  if (seen[*owner.seq]) return true;
  seen[*owner.seq] = true;
  return false;
}

void WindowTruth::count(const Source& source, const RowBatch& rows, std::size_t i, std::int64_t time_us) {
  const auto value = [&](const FieldInfo* field) {
    return field == nullptr ? std::nullopt : std::optional(RowReader::whole(rows, i, *field));
  };
  WindowKey key;
  key.stream = source.stream;
  key.key = source.reader.form().event_id.empty() ? source.reader.owner(rows, i) : "all";
  for (const Windowing& windowing : windowings_) {
    key.windowing = windowing.text;
    Due best = Due::drop;
    const std::int64_t last_us = floor_to(time_us, windowing.slide_us);
    for (key.start_us = last_us; key.start_us + windowing.size_us > time_us;
         key.start_us -= windowing.slide_us) {
      const std::int64_t end_us = key.start_us + windowing.size_us;
      const Due due = judge_.due(end_us);
      WindowContent& window = windows_[key];
      window.end_us = end_us;
      if (due == Due::drop)
        ++window.dropped;
      else
        add_event(due == Due::keep ? window.kept : window.either, value(source.speed), value(source.rpm),
                  value(source.listened));
      if (due == Due::keep || (due == Due::either && best == Due::drop)) best = due;
    }
    if (&windowing != &windowings_.front()) continue;
    ++(best == Due::keep ? kept_ : best == Due::drop ? dropped_ : either_);
  }
}

}  // namespace racesim
