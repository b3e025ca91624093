// Goal: windows hold exactly the rows that the watermark of each row's lane lets in, each once, whatever the
// lanes, cuts and restarts. Method: random events (late, reordered, repeated, of all streams), a plain
// reference that puts each event into every window by brute force, and sessions by sorting.
#include "agg/windows/windows.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>

#include "agg/windows/entry.h"
#include "support/rounds.h"
#include "unit/agg/driven.h"

namespace racesim {
namespace {

using driven::Event;
using driven::Kind;

struct WindowCase {
  WindowShape shape;
  std::int64_t delay_us, lateness_us;
  Emit emit;
  bool restarts;
};

/// Events over some ten windows, with all that may go wrong.
std::vector<Event> random_window_events(std::mt19937& random) {
  std::vector<Event> events;
  const auto lanes = static_cast<std::uint32_t>(1 + random() % 3);
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  std::int64_t now_us = -5'000'000;  // some lie before the epoch
  std::uint64_t seqs[3][4] = {};
  for (std::uint16_t i = 0; i < 300; ++i) {
    now_us += below(150) * 1000 + (below(40) == 0 ? 4'000'000 : 0);
    Event event;
    event.kind = static_cast<Kind>(below(3));
    event.who = static_cast<std::uint16_t>(below(4));
    event.lane = below(4) == 0 ? below(lanes) : event.who % lanes;
    event.run = event.kind == Kind::play ? 0 : 7 + (i > 200 && below(2) == 0 ? 1 : 0);
    event.has_seq = event.kind != Kind::fleet || event.who != 3;
    if (!event.has_seq) event.run = 0;
    event.seq = seqs[static_cast<std::size_t>(event.kind)][event.who]++;
    event.id = i;
    const std::uint32_t late_ms = below(4) == 0 ? below(3000) : below(200);
    event.time_us = now_us - std::int64_t{late_ms} * 1000;
    if (event.kind == Kind::fleet) event.time_us += below(1000);
    event.speed_dkmh = static_cast<std::uint16_t>(below(3400));
    event.rpm = static_cast<std::uint16_t>(below(12'000));
    event.listened_ms = below(300'000);
    events.push_back(event);
    if (below(10) == 0)
      events.push_back(events[events.size() - 1 -
                              below(std::min<std::uint32_t>(20, static_cast<std::uint32_t>(events.size())))]);
  }
  return events;
}

/// Whose windows: in the order in which results of the same end come.
using Owner = std::tuple<int, std::uint32_t, std::uint32_t, std::string>;
Owner owner_of(const Event& event) {
  switch (event.kind) {
    case Kind::telemetry:
      return {0, event.run, event.who, ""};
    case Kind::fleet:
      return {1, event.run, 0, driven::vehicle_of(event.who)};
    case Kind::play:
      break;
  }
  return {2, 0, 0, "all"};
}

struct Held {
  std::vector<const Event*> events;
  std::uint64_t late = 0, dropped = 0;
};
using End = std::pair<std::int64_t, Owner>;                    // order of results
using Expected = std::map<End, std::map<std::int64_t, Held>>;  // then by start

struct Reference {
  Expected windows;
  std::vector<bool> late;
  std::map<Owner, std::vector<std::int64_t>> drops;  ///< newest time of the lane at that moment
};

std::string number_of(const Event& event) {
  if (event.kind == Kind::play) return "id" + std::to_string(event.id);
  return event.has_seq ? "seq" + std::to_string(event.seq) : "time" + std::to_string(event.time_us);
}

/// All starts of windows that cover the time, the last one first.
std::vector<std::int64_t> starts_of(const WindowShape& shape, std::int64_t time_us) {
  std::vector<std::int64_t> starts;
  for (std::int64_t k = time_us / shape.slide_us + 2; k * shape.slide_us + shape.size_us > time_us; --k)
    if (k * shape.slide_us <= time_us) starts.push_back(k * shape.slide_us);
  return starts;
}

void put_into_sessions(const WindowShape& shape,
                       std::map<Owner, std::vector<std::pair<const Event*, bool>>>& taken,
                       Reference& reference) {
  for (auto& [owner, rows] : taken) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.first->time_us < b.first->time_us; });
    for (std::size_t first = 0; first < rows.size();) {
      std::size_t end = first + 1;
      while (end < rows.size() && rows[end].first->time_us - rows[end - 1].first->time_us < shape.gap_us)
        ++end;
      Held held;
      for (std::size_t i = first; i < end; ++i) {
        held.events.push_back(rows[i].first);
        held.late += rows[i].second ? 1 : 0;
      }
      reference.windows[{rows[end - 1].first->time_us + shape.gap_us, owner}][rows[first].first->time_us] =
          held;
      first = end;
    }
  }
}

/// Each dropped row goes to the first window of its key that ends behind what its lane had seen.
void give_drops(const WindowShape& shape, Reference& reference) {
  const std::int64_t step_us = shape.sessions() ? shape.gap_us : shape.slide_us;
  for (auto& [owner, newest] : reference.drops)
    for (const std::int64_t newest_us : newest) {
      std::int64_t behind_us = -1000 * step_us;
      while (behind_us <= newest_us) behind_us += step_us;
      for (auto& [end, by_start] : reference.windows)
        if (end.second == owner && end.first >= behind_us) {
          ++by_start.begin()->second.dropped;
          break;
        }
    }
}

Reference window_reference(const WindowCase& what, const std::vector<Event>& events) {
  Reference reference;
  const std::vector<std::int64_t> watermark_us = driven::watermarks(events, what.delay_us);
  std::set<std::pair<Owner, std::string>> seen;
  std::map<Owner, std::vector<std::pair<const Event*, bool>>> taken;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i];
    const bool is_late = event.time_us < watermark_us[i];
    std::vector<std::int64_t> open;
    if (what.shape.sessions()) {
      if (event.time_us + what.shape.gap_us + what.lateness_us > watermark_us[i]) open.push_back(0);
    } else {
      for (const std::int64_t start_us : starts_of(what.shape, event.time_us))
        if (start_us + what.shape.size_us + what.lateness_us > watermark_us[i]) open.push_back(start_us);
    }
    reference.late.push_back(open.empty());
    if (open.empty()) reference.drops[owner_of(event)].push_back(watermark_us[i] + what.delay_us);
    if (open.empty() || !seen.insert({owner_of(event), number_of(event)}).second) continue;
    taken[owner_of(event)].push_back({&event, is_late});
    if (what.shape.sessions()) continue;
    for (const std::int64_t start_us : open) {
      Held& held = reference.windows[{start_us + what.shape.size_us, owner_of(event)}][start_us];
      held.events.push_back(&event);
      held.late += is_late ? 1 : 0;
    }
  }
  if (what.shape.sessions()) put_into_sessions(what.shape, taken, reference);
  give_drops(what.shape, reference);
  return reference;
}

std::int64_t mean_by_search(std::int64_t sum, std::int64_t count, std::int64_t scale) {
  // The largest m with m - 1/2 <= sum × scale ÷ count; speeds are not negative.
  std::int64_t mean = sum / count * scale;
  while ((2 * (mean + 1) - 1) * count <= 2 * sum * scale) ++mean;
  return mean;
}

std::string expected_text(const End& end, std::int64_t start_us, const Held& held,
                          std::string_view windowing) {
  const auto& [stream, run, car, name] = end.second;
  std::int64_t speed = 0, rpm = 0, listened = 0;
  std::uint16_t least = UINT16_MAX, most = 0, most_rpm = 0;
  for (const Event* event : held.events) {
    speed += event->speed_dkmh;
    rpm += event->rpm;
    listened += event->listened_ms;
    least = std::min(least, event->speed_dkmh);
    most = std::max(most, event->speed_dkmh);
    most_rpm = std::max(most_rpm, event->rpm);
  }
  const auto count = static_cast<std::int64_t>(held.events.size());
  const std::string values = stream == 2 ? fmt::format("- - - - - {}", listened)
                                         : fmt::format("{} {} {} {} {} -", mean_by_search(speed, count, 100),
                                                       least, most, mean_by_search(rpm, count, 10), most_rpm);
  const auto floor_ms = [](std::int64_t us) { return us / 1000 - (us % 1000 < 0 ? 1 : 0); };
  return fmt::format("{} {:x} {} {} [{},{}) {} {} late {} dropped {}", stream, run,
                     stream == 0 ? std::to_string(car) : name, windowing, floor_ms(start_us),
                     -floor_ms(-end.first), count, values, held.late, held.dropped);
}

std::string text_of(const RowBatch& batch, const WindowRow& row) {
  const auto maybe = [](auto value) { return value.has_value() ? std::to_string(value.value) : "-"; };
  return fmt::format("{} {:x} {} {} [{},{}) {} {} {} {} {} {} {} late {} dropped {}",
                     static_cast<int>(row.stream), row.run.value, batch.text(row.key),
                     batch.text(row.windowing), row.window_start.ms, row.window_end.ms, row.samples,
                     maybe(row.avg_speed_mkmh), maybe(row.min_speed_dkmh), maybe(row.max_speed_dkmh),
                     maybe(row.avg_engine_drpm), maybe(row.max_engine_rpm), maybe(row.listened_ms),
                     row.late.value, row.dropped_late.value);
}

driven::Outcome drive_windows(const WindowCase& what, const std::vector<Event>& events,
                              std::mt19937& random) {
  AggregationFrame frame;
  frame.emit = what.emit;
  frame.watermark_delay_us = what.delay_us;
  frame.allowed_lateness_us = what.lateness_us;
  return driven::drive(
      {windows::entry(), [&] { return std::make_unique<windows::Windows>(what.shape, frame); }, what.delay_us,
       what.restarts},
      events, random);
}

/// So that no case passes because nothing happened in it.
struct Happened {
  std::uint64_t late = 0, dropped = 0, duplicates = 0;
};

void expect_as_reference(const WindowCase& what, unsigned seed, Happened& happened) {
  std::mt19937 random(seed);
  const std::vector<Event> events = random_window_events(random);
  const Reference reference = window_reference(what, events);
  std::vector<std::string> expected;
  for (const auto& [end, by_start] : reference.windows)
    for (const auto& [start_us, held] : by_start)
      expected.push_back(expected_text(end, start_us, held, what.shape.text()));

  const driven::Outcome outcome = drive_windows(what, events, random);
  for (std::size_t i = 0; i < events.size(); ++i)
    ASSERT_EQ(outcome.refusals[i] == static_cast<int>(Refusal::late), reference.late[i]) << "event " << i;
  EXPECT_EQ(outcome.counts.late_idle, 0u);

  std::vector<std::string> finals;
  std::map<std::string, std::string> last_by_key;
  for (const RowBatch& batch : outcome.results) {
    std::pair<std::int64_t, std::set<std::string>> at{INT64_MIN, {}};
    for (const WindowRow& row : batch.rows<WindowRow>()) {
      const std::string text = text_of(batch, row);
      const std::string key = text.substr(0, text.find(','));
      EXPECT_TRUE(at.second.insert(key).second) << "given out twice at once: " << text;
      EXPECT_GE(row.window_end.ms, at.first) << text;
      at.first = row.window_end.ms;
      last_by_key[key] = text;
      if (row.is_final) finals.push_back(text);
      EXPECT_TRUE(row.is_final || what.emit == Emit::update);
    }
  }
  ASSERT_EQ(finals, expected) << "seed " << seed;
  happened.dropped += outcome.counts.late;
  happened.duplicates += outcome.counts.duplicates;
  for (const auto& [end, by_start] : reference.windows)
    for (const auto& [start_us, held] : by_start) happened.late += held.late;
  std::map<std::string, std::string> expected_by_key;
  for (const std::string& text : expected) expected_by_key[text.substr(0, text.find(','))] = text;
  EXPECT_EQ(last_by_key, expected_by_key);
}

constexpr std::int64_t kMs = 1000;

void expect_all(const WindowShape& shape) {
  Happened happened;
  for (unsigned seed = 1; seed <= test::rounds(60); ++seed) {
    const std::int64_t delay_us = (seed % 3) * 400 * kMs, lateness_us = seed % 5 == 0 ? 700 * kMs : 0;
    const Emit emit = seed % 2 == 0 ? Emit::update : Emit::final;
    expect_as_reference({shape, delay_us, lateness_us, emit, seed % 4 < 2}, seed, happened);
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(happened.late, test::rounds(100));
  EXPECT_GT(happened.dropped, test::rounds(100));
  EXPECT_GT(happened.duplicates, test::rounds(100));
}

/// One telemetry event of car 1.
Event car_event(std::uint32_t lane, std::uint64_t seq, std::int64_t time_ms) {
  Event event;
  event.lane = lane;
  event.who = 1;
  event.seq = seq;
  event.time_us = time_ms * kMs;
  event.speed_dkmh = 1000;
  return event;
}

/// Feeds one aggregation by hand: time moves only when advance() says so.
struct ByHand {
  explicit ByHand(const WindowShape& shape, Emit emit = Emit::final)
      : windows(shape, AggregationFrame{emit, 0, 0, {}}) {}

  std::vector<Refused> add(const Event& event, std::int64_t lane_watermark_ms) {
    driven::Rows rows;
    rows.add(event, 0);
    const std::int64_t time_us[] = {event.time_us}, watermark_us[] = {lane_watermark_ms * kMs};
    std::vector<Refused> refused;
    windows.add(rows.telemetry, {event.lane, time_us, watermark_us}, refused);
    return refused;
  }
  std::vector<std::string> advance(std::int64_t watermark_ms) {
    RowBatch results(schema_info<WindowRow>());
    windows.advance(watermark_ms * kMs, results);
    std::vector<std::string> texts;
    for (const WindowRow& row : results.rows<WindowRow>())
      texts.push_back(fmt::format("[{},{}) {}{}", row.window_start.ms, row.window_end.ms, row.samples,
                                  row.is_final ? " final" : ""));
    return texts;
  }
  windows::Windows windows;
};

using Texts = std::vector<std::string>;

TEST(Windows, RowsOfALaneThatWasIdleAreToldFromLateOnes) {
  ByHand by_hand({1000 * kMs, 1000 * kMs, 0});
  EXPECT_TRUE(by_hand.add(car_event(0, 1, 100), -1000).empty());
  EXPECT_EQ(by_hand.advance(1000), Texts{"[0,1000) 1 final"});
  // Its own lane has come no further than 50 ms: only that others went on without it closed the window.
  const auto refused = by_hand.add(car_event(1, 2, 200), 50);
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].why, Refusal::late_idle);
  const auto late = by_hand.add(car_event(1, 2, 200), 1000);
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(late[0].why, Refusal::late);
  EXPECT_TRUE(by_hand.advance(5000).empty());
}

TEST(Windows, UpdatesComeOncePerAdvanceAndOnlyOfWhatChanged) {
  ByHand by_hand({1000 * kMs, 1000 * kMs, 0}, Emit::update);
  for (std::uint64_t seq = 0; seq < 5; ++seq) by_hand.add(car_event(0, seq, 100), -1000);
  by_hand.add(car_event(0, 9, 1100), -1000);
  EXPECT_EQ(by_hand.advance(0), (Texts{"[0,1000) 5", "[1000,2000) 1"}));
  EXPECT_TRUE(by_hand.advance(0).empty());
  EXPECT_EQ(by_hand.add(car_event(0, 9, 1100), -1000).at(0).why, Refusal::duplicate);
  EXPECT_TRUE(by_hand.advance(0).empty());
  by_hand.add(car_event(0, 10, 1200), -1000);
  EXPECT_EQ(by_hand.advance(1000), (Texts{"[0,1000) 5 final", "[1000,2000) 2"}));
}

// A session whose start an earlier row may still move would leave a row with the wrong key behind.
TEST(Windows, ASessionIsGivenOutOnceItsStartIsSettled) {
  ByHand by_hand({0, 0, 1000 * kMs}, Emit::update);
  by_hand.add(car_event(0, 5, 5000), -1000);
  EXPECT_TRUE(by_hand.advance(5400).empty());
  by_hand.add(car_event(0, 4, 4500), 5400);  // its own window ends at 5500
  EXPECT_TRUE(by_hand.advance(5499).empty());
  EXPECT_EQ(by_hand.advance(5500), Texts{"[4500,6000) 2"});
  by_hand.add(car_event(0, 6, 5900), 5400);
  EXPECT_EQ(by_hand.advance(6899), Texts{"[4500,6900) 3"});
  EXPECT_TRUE(by_hand.advance(7899).empty());  // 6899 would prolong it, and would be taken
  EXPECT_EQ(by_hand.advance(7900), Texts{"[4500,6900) 3 final"});
}

TEST(Windows, TumblingHoldWhatTheReferenceHolds) {
  expect_all({1000 * kMs, 1000 * kMs, 0});
  expect_all({300 * kMs, 300 * kMs, 0});
}

TEST(Windows, SlidingHoldWhatTheReferenceHolds) {
  expect_all({1000 * kMs, 250 * kMs, 0});
  expect_all({1000 * kMs, 300 * kMs, 0});  // the slide does not divide the window
}

TEST(Windows, SessionsHoldWhatTheReferenceHolds) {
  expect_all({0, 0, 500 * kMs});
  expect_all({0, 0, 2000 * kMs});
}

}  // namespace
}  // namespace racesim
