// What bench/serve_history.py compares the service's history with: a loop with a prepared statement over all
// that an answer has to be read from, which folds each number of a summary into its bucket. Usage:
// read_summaries DATABASE EVERY_S REPEATS. Prints {"rows", "processor_s"} of one answer. Of the only vehicle
// in fleet_10s.
#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

namespace {

constexpr const char* kSelect =
    "SELECT bucket_us, speed_kmh_last, speed_kmh_min, speed_kmh_max, engine_rpm_last, engine_rpm_min, "
    "engine_rpm_max, "
    "fuel_level_pct_last, fuel_level_pct_min, fuel_level_pct_max FROM fleet_10s WHERE run = (SELECT min(run) "
    "FROM "
    "fleet_10s) AND vehicle_id = (SELECT min(vehicle_id) FROM fleet_10s) ORDER BY bucket_us";
constexpr int kNumbers = 3;

struct Spread {
  std::int64_t last = 0, least = INT64_MAX, greatest = INT64_MIN;
};

}  // namespace

int main(int argc, char** argv) {
  sqlite3* db = nullptr;
  sqlite3_stmt* select = nullptr;
  if (argc != 4 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK ||
      sqlite3_prepare_v2(db, kSelect, -1, &select, nullptr) != SQLITE_OK) {
    std::fprintf(stderr, "read_summaries DATABASE EVERY_S REPEATS: %s\n",
                 db != nullptr ? sqlite3_errmsg(db) : "");
    return 1;
  }
  const std::int64_t every_us = std::atoll(argv[2]) * 1'000'000;
  const int repeats = std::atoi(argv[3]);
  std::int64_t rows = 0, sum = 0;
  const std::clock_t begin = std::clock();
  for (int repeat = 0; repeat < repeats; ++repeat) {
    std::vector<Spread> buckets;
    std::int64_t bucket = -1;
    sqlite3_reset(select);
    while (sqlite3_step(select) == SQLITE_ROW) {
      ++rows;
      const std::int64_t of = sqlite3_column_int64(select, 0) / every_us;
      if (of != bucket) buckets.resize(buckets.size() + kNumbers);
      bucket = of;
      for (int i = 0; i < kNumbers; ++i) {
        Spread& spread = buckets[buckets.size() - kNumbers + static_cast<std::size_t>(i)];
        spread.last = sqlite3_column_int64(select, 3 * i + 1);
        spread.least = std::min<std::int64_t>(spread.least, sqlite3_column_int64(select, 3 * i + 2));
        spread.greatest = std::max<std::int64_t>(spread.greatest, sqlite3_column_int64(select, 3 * i + 3));
      }
    }
    for (const Spread& spread : buckets) sum += spread.last + spread.least + spread.greatest;
  }
  const double spent_s = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / repeats;
  std::printf("{\"rows\": %lld, \"processor_s\": %.9f, \"sum\": %lld}\n",
              static_cast<long long>(rows / repeats), spent_s, static_cast<long long>(sum));
  sqlite3_finalize(select);
  sqlite3_close(db);
  return 0;
}
