// A sea that rises and falls in straight lines.
#include "support/tide.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>

#include "base/random.h"

namespace racesim {

struct TideRow {
  Hex32 run;
  Text gauge;
  std::uint64_t seq;
  TimeMs time;
  std::int32_t level_mm;
  bool rising;
};
template <>
struct Schema<TideRow> {
  static constexpr std::string_view name = "tide";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(field("run", &TideRow::run), field("gauge", &TideRow::gauge),
                                                 field("seq", &TideRow::seq), field("time", &TideRow::time),
                                                 field("sea.level_m", &TideRow::level_mm, 3, "m"),
                                                 field("sea.rising", &TideRow::rising));
};

namespace test {
namespace {

constexpr std::int64_t kPeriod_s = 44'700;  // from one high tide to the next
constexpr int kSliceShift = 13;

struct TideContent final : ScenarioContent {
  std::uint32_t gauges = 3;
  std::int64_t height_mm = 4000;
};

const TideContent& of_tide(const ScenarioContent& content) {
  return static_cast<const TideContent&>(content);
}

/// Up and down in straight lines, for each gauge at its own time.
struct Sea {
  TideContent content;
  Frame frame;

  std::int64_t phase_s(std::uint32_t gauge, std::uint64_t second) const {
    const std::uint64_t offset =
        below(draw(stream_key(frame.seed, "tide.phase", gauge), 0), static_cast<std::uint64_t>(kPeriod_s));
    return static_cast<std::int64_t>((second + offset) % static_cast<std::uint64_t>(kPeriod_s));
  }
  std::int64_t level_mm(std::int64_t phase_s) const {
    const std::int64_t from_low_s = std::min(phase_s, kPeriod_s - phase_s);
    return 2 * content.height_mm * from_low_s / kPeriod_s - content.height_mm / 2;
  }
};

std::string name_of(std::uint32_t gauge) {
  return "gauge-" + std::to_string(gauge);
}

class TideWalk final : public Walk {
 public:
  TideWalk(const Sea& sea, const SliceGrid& slices, ShardRange gauges)
      : sea_(sea), slices_(slices), gauges_(gauges) {}

  void fill(std::uint64_t index, RowConsumer& out) override {
    constexpr std::int64_t kSecond_ns = 1'000'000'000;
    const Slice slice = slices_.at(index);
    const std::int64_t start_ns = sea_.frame.start_ms * 1'000'000;
    RowBatch rows(schema_info<TideRow>());
    const auto first = (slice.begin_ns - start_ns + kSecond_ns - 1) / kSecond_ns;
    for (std::int64_t second = first; start_ns + second * kSecond_ns < slice.end_ns; ++second) {
      rows.clear();
      rows.resize(gauges_.last - gauges_.first);
      for (std::uint32_t gauge = gauges_.first; gauge < gauges_.last; ++gauge)
        paint(rows, gauge - gauges_.first, gauge + 1, static_cast<std::uint64_t>(second));
      if (!rows.empty()) out.take(0, rows);
    }
  }

 private:
  void paint(RowBatch& rows, std::size_t at, std::uint32_t gauge, std::uint64_t second) const {
    const Text name = rows.add_text(name_of(gauge));
    const std::int64_t phase_s = sea_.phase_s(gauge, second);
    TideRow& row = rows.rows<TideRow>()[at];
    row.run = {sea_.frame.run};
    row.gauge = name;
    row.seq = second;
    row.time.ms = sea_.frame.start_ms + static_cast<std::int64_t>(second) * 1000;
    row.level_mm = static_cast<std::int32_t>(sea_.level_mm(phase_s));
    row.rising = phase_s < kPeriod_s / 2;
    rows.heads.push_back({row.time.ms * 1'000'000, gauge, gauge, second});
  }

  const Sea& sea_;
  const SliceGrid slices_;
  const ShardRange gauges_;
};

class TideScenario final : public Scenario, public Owners, public Outlook {
 public:
  TideScenario(const TideContent& content, const Frame& frame) : sea_{content, frame} {}

  std::span<const StreamInfo> streams() const override { return {&stream_, 1}; }
  std::uint32_t shard_count() const override { return sea_.content.gauges; }
  SliceGrid slices() const override {
    return slices_of_ms(sea_.frame.start_ms, sea_.frame.end_ms.value_or(INT64_MAX), kSliceShift);
  }
  std::unique_ptr<Walk> walk(ShardRange shards, std::uint64_t) const override {
    return std::make_unique<TideWalk>(sea_, slices(), shards);
  }
  const Owners& owners() const override { return *this; }
  const Outlook& outlook() const override { return *this; }

  std::optional<std::uint32_t> shard_of(std::uint32_t owner) const override {
    if (owner == 0 || owner > sea_.content.gauges) return std::nullopt;
    return owner - 1;
  }
  void append_key(std::uint32_t, std::uint32_t entity, std::string& out) const override {
    out += name_of(entity);
  }
  std::uint64_t planned_events() const override {
    if (!sea_.frame.end_ms) return 0;
    return static_cast<std::uint64_t>((*sea_.frame.end_ms - sea_.frame.start_ms + 999) / 1000) *
           sea_.content.gauges;
  }
  std::string headline(std::int64_t) const override { return "the sea is calm"; }

 private:
  const Sea sea_;
  const StreamInfo stream_{"tide", &schema_info<TideRow>(), "tide-levels"};
};

class TideLaws final : public Laws {
 public:
  void check(const RowBatch& rows, std::size_t i, const RowPlace& place, std::vector<Breach>& out) override {
    const std::int32_t level_mm = rows.rows<TideRow>()[i].level_mm;
    book_.saw("tide");
    const auto [last, fresh] = last_mm_.try_emplace(std::string(place.owner), level_mm);
    if (place.follows) {
      book_.judge(0);
      if (std::abs(level_mm - last->second) > 10)
        out.push_back({"sea.level_m", "at most 10 mm from the second before",
                       std::to_string(level_mm - last->second) + " mm"});
    }
    last->second = level_mm;
  }
  std::vector<LawCount> counts() const override { return book_.counts(); }

 private:
  static constexpr LawInfo kLaws[] = {{"tide", "the level changes by 10 mm a second at most"}};
  LawBook book_{kLaws};
  std::map<std::string, std::int32_t> last_mm_;
};

std::optional<std::int64_t> height_of(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::int64_t height_mm = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), height_mm);
  if (code != std::errc{} || end != text.data() + text.size() || height_mm < 1) return std::nullopt;
  return height_mm;
}

Done check_moon(std::string_view name) {
  if (name == "new" || name == "full") return {};
  return fail(ErrorKind::usage, "there is no moon '" + std::string(name) + "'", "new, full, or a file");
}

Result<std::string> normalised(std::string_view bytes, const std::string& path) {
  const auto height_mm = height_of(bytes);
  if (!height_mm) return fail(ErrorKind::usage, path + ": no height in millimetres", "write: 4000");
  return std::to_string(*height_mm);
}

constexpr DocumentForm kMoonForm{
    [](std::string_view text) { return text.find('.') != std::string_view::npos; }, 1 << 10, &normalised};

const ContentOption kOptions[] = {
    {.name = "gauges",
     .metavar = "N",
     .kind = ValueKind::whole,
     .fallback = "3",
     .help = "How many gauges tell the level",
     .range = {1, 500}},
    {.name = "moon",
     .metavar = "MOON",
     .kind = ValueKind::document,
     .fallback = "new",
     .help = "new, full, or a file with the tide's height in millimetres",
     .suggest =
         [] {
           return std::vector<std::string>{"new", "full"};
         },
     .check = &check_moon,
     .document = &kMoonForm},
};
const RowForm kRows[] = {{.schema = &schema_info<TideRow>,
                          .run = "run",
                          .owner = "gauge",
                          .seq = "seq",
                          .entity = "gauge",
                          .time = "time"}};

Result<std::shared_ptr<const ScenarioContent>> read(const ContentInput& input) {
  auto content = std::make_shared<TideContent>();
  content->gauges = static_cast<std::uint32_t>(input.values.whole("gauges"));
  const Document& moon = input.values.document("moon");
  content->height_mm = moon.text.empty() ? (moon.name == "full" ? 6000 : 4000) : *height_of(moon.text);
  return std::shared_ptr<const ScenarioContent>(std::move(content));
}

}  // namespace

const ScenarioEntry& tide() {
  static const ScenarioEntry entry{
      .name = "tide",
      .summary = "gauges that tell the level of the sea",
      .version = 3,
      .options = kOptions,
      .volume = {.help = "the run ends after N events", .fallback = "no limit"},
      .rows = kRows,
      .master_entities = {},
      .slower_hint = "--gauges",
      .read = &read,
      .make = [](const ScenarioContent& content, const Frame& frame) -> Result<std::unique_ptr<Scenario>> {
        return std::make_unique<TideScenario>(of_tide(content), frame);
      },
      .laws = [](const LawInput&) -> std::unique_ptr<Laws> { return std::make_unique<TideLaws>(); },
      .event_rate =
          [](const ScenarioContent& content) { return static_cast<double>(of_tide(content).gauges); },
      .describe =
          [](const ScenarioContent& content) { return std::to_string(of_tide(content).gauges) + " gauges"; },
  };
  return entry;
}

}  // namespace test
}  // namespace racesim
