#include "run/master/load.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>

#include "base/random.h"
#include "codec/decoder.h"
#include "io/files/atomic_file.h"
#include "model/master.h"
#include "model/race_master.h"
#include "run/master/format.h"
#include "run/master/load_hash.h"

namespace racesim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunkSize = std::size_t{1} << 20;
// Text counts in 32 bits; a chunk and the record before it may still come.
constexpr std::size_t kArenaLimit = (std::size_t{1} << 32) - 4 * kChunkSize;

/// Why row `i` cannot be used although its types are right; empty if it can.
using CheckRow = std::string (*)(const RowBatch& rows, std::size_t i);

struct EntityReader {
  std::string_view name;
  const SchemaInfo& (*schema)();
  CheckRow check;
  bool has_uuids;  ///< as the first column, each once; other ids are looked at by the scenario
};

std::string check_country(std::string_view column, std::string_view code) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (code.size() == 2 && is_upper(code[0]) && is_upper(code[1])) return {};
  return std::string(column) + ": '" + std::string(code) +
         "' is not a country code of two capital letters, such as GB";
}

std::string check_song(const RowBatch& rows, std::size_t i) {
  constexpr std::uint32_t kDay_ms = 86'400'000;
  const std::uint32_t duration_ms = rows.rows<SongRow>()[i].duration_ms;
  if (duration_ms >= 1 && duration_ms <= kDay_ms) return {};
  return "duration_ms: " + std::to_string(duration_ms) + " is not between 1 ms and a day";
}

std::string check_user(const RowBatch& rows, std::size_t i) {
  return check_country("country", rows.text(rows.rows<UserRow>()[i].country));
}

std::string check_location(const RowBatch& rows, std::size_t i) {
  const LocationRow& row = rows.rows<LocationRow>()[i];
  if (row.latitude_udeg < -90'000'000 || row.latitude_udeg > 90'000'000)
    return "latitude: not between -90 and 90 degrees";
  if (row.longitude_udeg < -180'000'000 || row.longitude_udeg > 180'000'000)
    return "longitude: not between -180 and 180 degrees";
  return check_country("country_code", rows.text(row.country_code));
}

std::string check_driver(const RowBatch& rows, std::size_t i) {
  const DriverRow& row = rows.rows<DriverRow>()[i];
  if (rows.text(row.driver_id).size() != 3)
    return "driver_id: '" + std::string(rows.text(row.driver_id)) +
           "' is not a code of three letters, such as HAL";
  return check_country("country", rows.text(row.country));
}

std::string check_team(const RowBatch& rows, std::size_t i) {
  return check_country("base_country", rows.text(rows.rows<TeamRow>()[i].base_country));
}

/// Figures with which a car could not drive.
std::string check_car(const RowBatch& rows, std::size_t i) {
  const CarRow& row = rows.rows<CarRow>()[i];
  if (row.mass_kg < 300 || row.mass_kg > 3000) return "mass_kg: not between 300 and 3000 kg";
  if (row.engine_kw + row.electric_kw < 100)
    return "engine_kw: engine and motor together have less than 100 kW";
  if (row.grip < 500 || row.grip > 5000) return "grip: not between 0.5 and 5";
  if (row.drag_area_dm2 < 20) return "drag_area_m2: less than 0.2 m2";
  if (row.brake_limit_dmps2 < 30) return "brake_limit_mps2: less than 3 m/s2";
  return {};
}

const std::array kReaders{EntityReader{"songs", &schema_info<SongRow>, &check_song, true},
                          EntityReader{"users", &schema_info<UserRow>, &check_user, true},
                          EntityReader{"locations", &schema_info<LocationRow>, &check_location, true},
                          EntityReader{"drivers", &schema_info<DriverRow>, &check_driver, false},
                          EntityReader{"teams", &schema_info<TeamRow>, &check_team, false},
                          EntityReader{"cars", &schema_info<CarRow>, &check_car, false}};

tl::unexpected<Error> invalid(std::string what, std::string hint = {}) {
  return fail(ErrorKind::master_data, std::move(what), std::move(hint));
}

std::string at_line(const std::string& path, std::uint64_t line) {
  return path + ":" + std::to_string(line);
}

constexpr std::string_view kRepairHint =
    "correct it, or make new files: racesim generate-master --force --output-dir ";

/// All tables of master data begin with their id.
std::string_view id_of(const RowBatch& rows, std::size_t i) {
  return {reinterpret_cast<const char*>(rows.row_bytes(i)), sizeof(Uuid)};
}

struct Repeat {
  std::size_t row;
  std::size_t earlier_row;
};

/// The first row whose id an earlier one has. Open addressing over row numbers: 6 to 12 bytes a row, freed at
/// the end.
std::optional<Repeat> find_repeat(const RowBatch& rows) {
  constexpr std::uint32_t kFree = UINT32_MAX;
  std::size_t capacity = 64;
  while (capacity < rows.size() + rows.size() / 2) capacity *= 2;
  std::vector<std::uint32_t> slots(capacity, kFree);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::array<std::uint64_t, 2> halves;
    std::memcpy(halves.data(), id_of(rows, i).data(), sizeof halves);
    std::size_t at = mix64(halves[0] ^ mix64(halves[1])) & (capacity - 1);
    for (; slots[at] != kFree; at = (at + 1) & (capacity - 1))
      if (id_of(rows, slots[at]) == id_of(rows, i)) return Repeat{i, slots[at]};
    slots[at] = static_cast<std::uint32_t>(i);
  }
  return std::nullopt;
}

class EntityFile {
 public:
  EntityFile(const EntityReader& reader, std::string path, std::string dir)
      : reader_(reader), path_(std::move(path)), dir_(std::move(dir)), rows_(reader.schema()) {}

  Result<RowBatch> load(std::string_view decoder_name) {
    const auto decoder = make_decoder(reader_.schema(), decoder_name, {.ignore_unknown = true});
    if (!decoder) return tl::make_unexpected(decoder.error());
    if (const Done done = read(**decoder); !done) return tl::make_unexpected(done.error());
    if (rows_.empty()) return invalid(path_ + ": the file has no rows", repair_hint());
    if (const Done done = reader_.has_uuids ? check_ids() : Done(); !done)
      return tl::make_unexpected(done.error());
    return std::move(rows_);
  }

 private:
  std::string repair_hint() const { return std::string(kRepairHint) + shell_quoted(dir_); }

  Done read(Decoder& decoder) {
    const int fd = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return cannot_read(errno);
    std::string chunk(kChunkSize, '\0');
    Done done;
    for (bool is_open = true; is_open && done;) {
      const ssize_t size = ::read(fd, chunk.data(), chunk.size());
      if (size < 0 && errno == EINTR) continue;
      is_open = size > 0;
      if (size < 0)
        done = cannot_read(errno);
      else
        done = take(decoder, std::string_view(chunk).substr(0, static_cast<std::size_t>(size)));
    }
    close(fd);
    return done;
  }

  Done cannot_read(int error_number) const {
    Error error = system_error("read " + path_, error_number, "look at: ls -l " + shell_quoted(path_));
    error.kind = ErrorKind::master_data;
    return tl::make_unexpected(std::move(error));
  }

  /// An empty chunk is the end of the file.
  Done take(Decoder& decoder, std::string_view chunk) {
    const std::size_t begin = rows_.size();
    if (chunk.empty())
      decoder.finish(rows_, rejects_);
    else
      decoder.decode(chunk, rows_, rejects_);
    for (std::size_t i = begin; i < rows_.size(); ++i) {
      const std::uint64_t line = decoder.lines()[i - begin];
      if (!rejects_.empty() && rejects_.front().line < line) break;
      if (const std::string why = reader_.check(rows_, i); !why.empty())
        return invalid(at_line(path_, line) + ": " + why, repair_hint());
      lines_.push_back(line);
    }
    if (!rejects_.empty())
      return invalid(at_line(path_, rejects_.front().line) + ": " + rejects_.front().reason, repair_hint());
    if (rows_.arena.size() > kArenaLimit || rows_.size() >= UINT32_MAX)
      return invalid(path_ + ": more than 4 GiB of text or 4 billion rows",
                     "split the work: fewer rows in each run");
    return {};
  }

  Done check_ids() const {
    const auto repeat = find_repeat(rows_);
    if (!repeat) return {};
    return invalid(at_line(path_, lines_[repeat->row]) + ": " +
                       std::string(reader_.schema().fields.front().path) + ": the same id as in line " +
                       std::to_string(lines_[repeat->earlier_row]),
                   repair_hint());
  }

  const EntityReader& reader_;
  std::string path_;
  std::string dir_;
  RowBatch rows_;
  Rejects rejects_;
  std::vector<std::uint64_t> lines_;  // of each row
};

/// The file of one entity.
struct Found {
  const EntityReader* reader;
  std::string path;
  std::string_view decoder;
};

Result<std::vector<Found>> find_files(const std::string& dir,
                                      const std::vector<const EntityReader*>& readers) {
  std::vector<Found> found;
  std::string missing;
  std::string missing_only;
  for (const EntityReader* reader : readers) {
    const std::size_t before = found.size();
    for (const MasterFormat& format : kMasterFormats) {
      const std::string name = std::string(reader->name) + "." + std::string(format.name);
      const std::string path = (fs::path(dir) / name).string();
      std::error_code ignored;
      if (fs::exists(path, ignored)) found.push_back({reader, path, format.decoder});
    }
    if (found.size() > before + 1)
      return invalid(
          found[before].path + " and " + found[before + 1].path + " hold the same master data twice",
          "remove one of them");
    if (found.size() > before) continue;
    missing += (missing.empty() ? "" : ", ") + std::string(reader->name);
    missing_only += (missing_only.empty() ? "" : ",") + std::string(reader->name);
  }
  if (missing.empty()) return found;
  std::string command = "create it: racesim generate-master --output-dir " + shell_quoted(dir);
  if (!found.empty()) command += " --only " + missing_only;
  return invalid("no master data in " + dir + " (" + missing + ")", std::move(command));
}

}  // namespace

const RowBatch* MasterData::rows(std::string_view entity) const {
  for (const Entity& loaded : entities)
    if (loaded.name == entity) return &loaded.rows;
  return nullptr;
}

MasterTables MasterData::tables() const {
  return {rows("songs"), rows("users"), rows("locations"), rows("drivers"), rows("teams"), rows("cars")};
}

Result<MasterData> load_master(const std::string& dir, std::span<const std::string_view> wanted) {
  std::vector<const EntityReader*> readers;
  for (const EntityReader& reader : kReaders)
    if (std::find(wanted.begin(), wanted.end(), reader.name) != wanted.end()) readers.push_back(&reader);
  const auto files = find_files(dir, readers);
  if (!files) return tl::make_unexpected(files.error());
  MasterData data;
  MasterHash hash;
  for (const Found& file : *files) {
    auto rows = EntityFile(*file.reader, file.path, dir).load(file.decoder);
    if (!rows) return tl::make_unexpected(rows.error());
    hash.add(*rows);
    data.entities.push_back({file.reader->name, file.path, std::move(*rows)});
  }
  data.content_hash = hash.value();
  return data;
}

}  // namespace racesim
