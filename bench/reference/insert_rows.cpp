// What bench/sqlite.py compares racesim ingest with: telemetry that is in memory as rows already, inserted
// one by one with a prepared statement into a table with the same UNIQUE constraint, 10,000 rows a
// transaction, in WAL mode with full durability. Usage: insert_rows FILE DATABASE. Prints {"rows", "seconds",
// "processor_s"} of the inserting alone.
#include <sqlite3.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "codec/decoder.h"
#include "model/race.h"

namespace {

using racesim::TelemetryRow;

constexpr std::size_t kRowsPerTransaction = 10'000;
constexpr const char* kCreate =
    "CREATE TABLE telemetry (run TEXT, session INTEGER, car INTEGER, driver TEXT, seq INTEGER, time TEXT, "
    "session_time_s REAL, lap INTEGER, lap_distance_m REAL, speed_kmh REAL, engine_rpm INTEGER, gear "
    "INTEGER, "
    "throttle_pct INTEGER, brake_pct INTEGER, drs INTEGER, x_m REAL, y_m REAL, z_m REAL, lat REAL, lon REAL, "
    "lon_g "
    "REAL, "
    "lat_g REAL, fuel_kg REAL, tyre TEXT, tyre_age_laps INTEGER, tyre_wear_pct REAL, sector INTEGER, "
    "position INTEGER, gap_s REAL, status TEXT, UNIQUE (run, car, seq))";
constexpr const char* kInsert =
    "INSERT INTO telemetry VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT "
    "DO "
    "NOTHING";

/// The texts as they stood in the line.
struct Texts {
  char run[9];
  char time[25];
};

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void must(sqlite3* db, int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  std::fprintf(stderr, "insert_rows: %s\n", sqlite3_errmsg(db));
  std::exit(1);
}

/// Binds one value behind the other.
class Binder {
 public:
  explicit Binder(sqlite3_stmt* statement) : statement_(statement) {}
  void whole(std::int64_t value) { sqlite3_bind_int64(statement_, ++at_, value); }
  void real(std::int64_t scaled, double power) {
    sqlite3_bind_double(statement_, ++at_, static_cast<double>(scaled) / power);
  }
  void real(racesim::Maybe<std::int32_t> scaled, double power) {
    if (scaled.has_value()) return real(std::int64_t{scaled.value}, power);
    sqlite3_bind_null(statement_, ++at_);
  }
  void text(std::string_view text) {
    sqlite3_bind_text(statement_, ++at_, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }

 private:
  sqlite3_stmt* statement_;
  int at_ = 0;
};

void bind(sqlite3_stmt* statement, const racesim::RowBatch& rows, const TelemetryRow& r, const Texts& texts) {
  Binder b(statement);
  b.text({texts.run, 8});
  b.whole(r.session);
  b.whole(r.car);
  b.text(rows.text(r.driver));
  b.whole(static_cast<std::int64_t>(r.seq));
  b.text({texts.time, 24});
  b.real(r.session_time_ms, 1e3);
  b.whole(r.lap);
  b.real(r.lap_distance_mm, 1e3);
  b.real(r.speed_dkmh, 1e1);
  b.whole(r.engine_rpm);
  b.whole(r.gear);
  b.whole(r.throttle_pct);
  b.whole(r.brake_pct);
  b.whole(r.drs ? 1 : 0);
  b.real(r.x_cm, 1e2);
  b.real(r.y_cm, 1e2);
  b.real(r.z_cm, 1e2);
  b.real(r.latitude_udeg, 1e6);
  b.real(r.longitude_udeg, 1e6);
  b.real(r.lon_cg, 1e2);
  b.real(r.lat_cg, 1e2);
  b.real(r.fuel_g, 1e3);
  b.text(racesim::EnumNames<racesim::Compound>::names[static_cast<std::size_t>(r.tyre)]);
  b.whole(r.tyre_age_laps);
  b.real(r.tyre_wear_dpct, 1e1);
  b.whole(r.sector);
  b.whole(r.position);
  b.real(r.gap_ms, 1e3);
  b.text(racesim::EnumNames<racesim::CarStatus>::names[static_cast<std::size_t>(r.status)]);
}

std::vector<Texts> texts_of(const racesim::RowBatch& rows) {
  std::vector<Texts> texts(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TelemetryRow& row = rows.rows<TelemetryRow>()[i];
    std::snprintf(texts[i].run, sizeof texts[i].run, "%08x", row.run.value);
    const std::time_t second = row.time.ms / 1000;
    std::tm civil{};
    gmtime_r(&second, &civil);
    char text[40];
    const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &civil);
    std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(row.time.ms % 1000));
    std::memcpy(texts[i].time, text, sizeof texts[i].time);
  }
  return texts;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: insert_rows FILE DATABASE\n", stderr);
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  racesim::RowBatch rows(racesim::schema_info<TelemetryRow>());
  racesim::Rejects rejects;
  auto decoder = racesim::make_decoder(rows.schema(), "json");
  (*decoder)->decode(text, rows, rejects);
  (*decoder)->finish(rows, rejects);
  const std::vector<Texts> texts = texts_of(rows);

  sqlite3* db = nullptr;
  must(db, sqlite3_open(argv[2], &db));
  must(db,
       sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", nullptr, nullptr, nullptr));
  must(db, sqlite3_exec(db, kCreate, nullptr, nullptr, nullptr));
  sqlite3_stmt* insert = nullptr;
  must(db, sqlite3_prepare_v2(db, kInsert, -1, &insert, nullptr));
  const double begin_s = seconds_of(CLOCK_MONOTONIC);
  const double processor_begin_s = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i % kRowsPerTransaction == 0)
      must(db, sqlite3_exec(db, i == 0 ? "BEGIN" : "COMMIT; BEGIN", nullptr, nullptr, nullptr));
    bind(insert, rows, rows.rows<TelemetryRow>()[i], texts[i]);
    must(db, sqlite3_step(insert));
    sqlite3_reset(insert);
  }
  must(db, sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr));
  sqlite3_finalize(insert);
  must(db, sqlite3_close(db));
  std::printf("{\"rows\":%zu,\"seconds\":%.6f,\"processor_s\":%.6f}\n", rows.size(),
              seconds_of(CLOCK_MONOTONIC) - begin_s,
              seconds_of(CLOCK_PROCESS_CPUTIME_ID) - processor_begin_s);
  return rejects.empty() ? 0 : 1;
}
