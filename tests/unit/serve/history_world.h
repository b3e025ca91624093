// Random samples of cars in a store, and answers for history as a plain loop over all of them gives them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "io/stores/registry.h"
#include "model/race.h"
#include "run/rows/event_tables.h"
#include "serve/history/history.h"
#include "serve/history/history_sql.h"

namespace racesim::serve {

inline const StoreTable& sample_table() {
  for (const StoreTable& table : event_tables())
    if (table.table->name == "telemetry") return table;
  std::abort();
}

class HistoryDice {
 public:
  explicit HistoryDice(std::uint64_t seed) : bits_(seed) {}
  std::uint64_t below(std::uint64_t end) { return bits_() % end; }

 private:
  std::mt19937_64 bits_;
};

struct Sample {
  std::uint16_t car = 0;
  std::uint64_t seq = 0;
  std::int64_t time_ms = 0;
  std::uint16_t lap = 1, speed = 0;
  std::int32_t x = 0;
  std::optional<std::int32_t> gap;
};

inline constexpr std::uint32_t kSampleRun = 0xa1b2c3d4;
inline constexpr std::int64_t kSamplesBegin_ms = 1'783'000'003'217;

inline std::string driver_of(std::uint16_t car) {
  return car == 7 ? "O'H" : std::string("D") + static_cast<char>('A' + car % 26) + "X";
}

/// Cars begin at different times, are silent for long, and have laps of about a minute.
inline std::vector<Sample> random_samples(HistoryDice& random, std::uint16_t cars, std::size_t each) {
  std::vector<Sample> all;
  for (std::uint16_t car = 5; car < 5 + cars; ++car) {
    std::int64_t at_ms = kSamplesBegin_ms + static_cast<std::int64_t>(random.below(20'000));
    for (std::uint64_t seq = 0; seq < each; ++seq) {
      Sample& sample = all.emplace_back();
      sample.car = car;
      sample.seq = seq;
      sample.time_ms = at_ms;
      sample.lap = static_cast<std::uint16_t>((at_ms - kSamplesBegin_ms) / 61'000 + 1);
      sample.speed = static_cast<std::uint16_t>(random.below(3500));
      sample.x = static_cast<std::int32_t>(random.below(2'000'000)) - 1'000'000;
      if (random.below(4) > 0) sample.gap = static_cast<std::int32_t>(random.below(90'000)) - 40'000;
      at_ms += static_cast<std::int64_t>(random.below(100) == 0 ? 35'000 : 20 * (1 + random.below(20)));
    }
  }
  return all;
}

inline void add_sample(const Sample& sample, RowBatch& rows) {
  TelemetryRow row{};
  row.run.value = kSampleRun;
  row.session = 1;
  row.car = sample.car;
  row.driver = rows.add_text(driver_of(sample.car));
  row.seq = sample.seq;
  row.time.ms = sample.time_ms;
  row.lap = sample.lap;
  row.speed_dkmh = sample.speed;
  row.x_cm = sample.x;
  row.z_cm.value = INT32_MIN;
  row.gap_ms.value = sample.gap.value_or(INT32_MIN);
  rows.resize(rows.size() + 1);
  rows.rows<TelemetryRow>().back() = row;
}

/// In random order and pieces; some come again, and some with a known number and other values, which are
/// conflicts.
inline void store_samples(Store& store, std::vector<Sample> samples, HistoryDice& random) {
  for (std::size_t i = samples.size(); i > 1; --i) std::swap(samples[i - 1], samples[random.below(i)]);
  std::vector<Sample> sent;
  for (std::size_t at = 0; at < samples.size();) {
    ASSERT_TRUE(store.begin());
    RowBatch rows(*sample_table().schema);
    for (std::size_t left = 1 + random.below(400); left > 0 && at < samples.size(); --left) {
      add_sample(samples[at], rows);
      sent.push_back(samples[at++]);
      const Sample& old = sent[random.below(sent.size())];
      if (random.below(10) == 0) add_sample(old, rows);
      if (random.below(10) == 0) {
        Sample other = old;
        other.speed = 60'000;  // above all others
        add_sample(other, rows);
      }
    }
    std::vector<Fate> fates(rows.size());
    ASSERT_TRUE(store.append(sample_table(), rows, fates));
    if (random.below(5) == 0) {
      store.rollback();
      ASSERT_TRUE(store.begin());
      ASSERT_TRUE(store.append(sample_table(), rows, fates));
    }
    ASSERT_TRUE(store.commit());
  }
}

inline std::string time_of(std::int64_t us) {
  const FieldInfo field{"time", "", FieldType::time_ms, 8, 0, 0, 0, 0, {}, false, false, {}};
  return time_text_of(field, us);
}

inline std::string tenths(std::int64_t value) {
  const std::string sign = value < 0 ? "-" : "";
  return sign + std::to_string(std::abs(value) / 10) + "." + std::to_string(std::abs(value) % 10);
}

inline std::string thousandths(std::optional<std::int32_t> value) {
  if (!value) return "null";
  const std::string rest = std::to_string(std::abs(*value) % 1000);
  return (*value < 0 ? "-" : "") + std::to_string(std::abs(*value) / 1000) + "." +
         std::string(3 - rest.size(), '0') + rest;
}

inline bool is_asked_for(const Sample& sample, const TelemetryQuestion& question) {
  const std::int64_t us = sample.time_ms * 1000;
  return (question.whose.empty() || driver_of(sample.car) == question.whose) &&
         (!question.lap || sample.lap == *question.lap) && us >= question.from_us.value_or(INT64_MIN) &&
         us < question.to_us.value_or(INT64_MAX);
}

/// The items for the fields speed_kmh and gap_s.
inline std::vector<std::string> plain_answer(std::vector<Sample> samples, const TelemetryQuestion& question) {
  std::erase_if(samples, [&](const Sample& sample) { return !is_asked_for(sample, question); });
  std::stable_sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) {
    return std::pair(a.time_ms, a.car) < std::pair(b.time_ms, b.car);
  });
  std::vector<std::string> items;
  if (question.every_us == 0) {
    for (const Sample& s : samples)
      items.push_back("{\"event_time\":\"" + time_of(s.time_ms * 1000) + "\",\"driver\":\"" +
                      driver_of(s.car) + "\",\"speed_kmh\":" + tenths(s.speed) +
                      ",\"gap_s\":" + thousandths(s.gap) + "}");
    return items;
  }
  std::map<std::pair<std::int64_t, std::uint16_t>, std::vector<Sample>> buckets;
  for (const Sample& s : samples)
    buckets[{bucket_begin(s.time_ms * 1000, question.every_us), s.car}].push_back(s);
  for (const auto& [key, of] : buckets) {
    std::uint16_t low = UINT16_MAX, high = 0;
    std::optional<std::int32_t> least, most;
    for (const Sample& s : of) {
      low = std::min(low, s.speed);
      high = std::max(high, s.speed);
      if (!s.gap) continue;
      least = std::min(least.value_or(INT32_MAX), *s.gap);
      most = std::max(most.value_or(INT32_MIN), *s.gap);
    }
    std::string item =
        "{\"event_time\":\"" + time_of(key.first) + "\",\"driver\":\"" + driver_of(key.second) + "\"";
    item += ",\"speed_kmh\":" + tenths(of.back().speed);
    if (question.spread) item += ",\"speed_kmh_min\":" + tenths(low) + ",\"speed_kmh_max\":" + tenths(high);
    item += ",\"gap_s\":" + thousandths(of.back().gap);
    if (question.spread)
      item += ",\"gap_s_min\":" + thousandths(least) + ",\"gap_s_max\":" + thousandths(most);
    items.push_back(item + "}");
  }
  return items;
}

inline TelemetryQuestion random_question(HistoryDice& random) {
  TelemetryQuestion question;
  question.scenario = "race";
  question.run = "a1b2c3d4";
  question.fields = {"speed_kmh", "gap_s"};
  const auto moment = [&] {
    return kSamplesBegin_ms * 1000 + static_cast<std::int64_t>(random.below(700'000'000));
  };
  if (random.below(2) == 0) question.whose = driver_of(static_cast<std::uint16_t>(5 + random.below(3)));
  if (random.below(2) == 0) question.from_us = moment();
  if (random.below(2) == 0) question.to_us = moment();
  if (random.below(4) == 0) question.lap = static_cast<std::int64_t>(1 + random.below(9));
  constexpr std::int64_t kEvery_ms[] = {0, 0, 200, 7000, 10'000, 15'000, 30'000, 60'000};
  question.every_us = kEvery_ms[random.below(8)] * 1000;
  question.spread = random.below(2) == 0;
  question.limit = random.below(3) == 0 ? 1 + random.below(40) : 100'000;
  return question;
}

/// All pages of the answer.
inline std::vector<std::string> all_pages(History& history, TelemetryQuestion question) {
  std::vector<std::string> items;
  for (int pages = 0; pages < 100'000; ++pages) {
    const Result<HistoryRows> rows = history.telemetry(question);
    if (!rows) return {"error: " + rows.error().what};
    for (std::size_t row = 0; row < rows->size(); ++row) rows->append_json(row, items.emplace_back());
    if (!rows->next) return items;
    EXPECT_GT(rows->size(), 0u) << "an empty page with another behind it";
    EXPECT_GT(time_us_of(*rows->next), question.from_us.value_or(INT64_MIN)) << "no way forward";
    question.from_us = time_us_of(*rows->next);
  }
  return {"error: no end"};
}

}  // namespace racesim::serve
