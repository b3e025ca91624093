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
#include <utility>

#include "base/random.h"
#include "codec/decoder.h"
#include "io/files/atomic_file.h"
#include "io/files/input_kind.h"
#include "run/master/format.h"
#include "run/master/load_hash.h"
#include "sim/master/readers.h"

namespace racesim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunkSize = std::size_t{1} << 20;
// Text counts in 32 bits; a chunk and the record before it may still come.
constexpr std::size_t kArenaLimit = (std::size_t{1} << 32) - 4 * kChunkSize;

tl::unexpected<Error> invalid(std::string what, std::string hint = {}) {
  return fail(ErrorKind::master_data, std::move(what), std::move(hint));
}

std::string at_line(const std::string& path, std::uint64_t line) {
  return path + ":" + std::to_string(line);
}

/// Where other master data may be made without touching what is there.
std::string other_folder(std::string dir) {
  while (dir.size() > 1 && dir.back() == '/') dir.pop_back();
  return shell_quoted(dir == "." || dir == ".." || dir == "/" ? "generated-master" : dir + "-generated");
}

/// What to do about a file that may be somebody's work: nothing that writes into its folder.
std::string repair_hint(const std::string& remedy, const std::string& dir) {
  const std::string folder = other_folder(dir);
  return remedy + ", or make other master data: racesim generate-master --output-dir " + folder +
         "   and name them: --master-data-dir " + folder;
}

/// How a text that is refused for `reason` becomes one that is read.
std::string remedy_for(const std::string& reason, const std::string& path) {
  if (reason.find("separated by ") != std::string::npos)
    return "save it with commas between the columns (CSV UTF-8, comma delimited)";
  if (reason.find("not UTF-8") != std::string::npos)
    return "save it as UTF-8, as this does: iconv -f WINDOWS-1252 -t UTF-8 " + shell_quoted(path);
  return "correct it";
}

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
  EntityFile(const MasterReader& reader, std::string path, std::string dir)
      : reader_(reader), path_(std::move(path)), dir_(std::move(dir)), rows_(reader.schema()) {}

  Result<RowBatch> load(std::string_view decoder_name) {
    const auto decoder = make_decoder(reader_.schema(), decoder_name, {.ignore_unknown = true});
    if (!decoder) return tl::make_unexpected(decoder.error());
    if (const Done done = read(**decoder); !done) return tl::make_unexpected(done.error());
    if (rows_.empty()) return refuse(path_, "the file has no rows");
    if (const Done done = reader_.has_uuids ? check_ids() : Done(); !done)
      return tl::make_unexpected(done.error());
    return std::move(rows_);
  }

 private:
  tl::unexpected<Error> refuse(const std::string& where, const std::string& why) const {
    return invalid(where + ": " + why, repair_hint(remedy_for(why, path_), dir_));
  }

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
    const bool directory = error_number == EISDIR;
    Error error = system_error("read " + path_, error_number,
                               directory ? "it has to be a file; name another folder: --master-data-dir DIR"
                                         : "look at: ls -l " + shell_quoted(path_));
    error.kind = ErrorKind::master_data;
    return tl::make_unexpected(std::move(error));
  }

  /// An empty chunk is the end of the file.
  Done take(Decoder& decoder, std::string_view chunk) {
    const std::size_t begin = rows_.size();
    if (!std::exchange(begun_, true))
      if (std::optional<Error> foreign = explain_foreign(path_, chunk))
        return invalid(std::move(foreign->what), repair_hint(foreign->hint, dir_));
    if (chunk.empty())
      decoder.finish(rows_, rejects_);
    else
      decoder.decode(chunk, rows_, rejects_);
    for (std::size_t i = begin; i < rows_.size(); ++i) {
      const std::uint64_t line = decoder.lines()[i - begin];
      if (!rejects_.empty() && rejects_.front().line < line) break;
      if (const std::string why = reader_.check(rows_, i); !why.empty())
        return refuse(at_line(path_, line), why);
      lines_.push_back(line);
    }
    if (!rejects_.empty()) return refuse(at_line(path_, rejects_.front().line), rejects_.front().reason);
    if (rows_.arena.size() > kArenaLimit || rows_.size() >= UINT32_MAX)
      return invalid(path_ + ": more than 4 GiB of text or 4 billion rows",
                     "use fewer rows, and several runs");
    return {};
  }

  Done check_ids() const {
    const auto repeat = find_repeat(rows_);
    if (!repeat) return {};
    return refuse(at_line(path_, lines_[repeat->row]), std::string(reader_.schema().fields.front().path) +
                                                           ": the same id as in line " +
                                                           std::to_string(lines_[repeat->earlier_row]));
  }

  const MasterReader& reader_;
  bool begun_ = false;  ///< the first bytes were looked at
  std::string path_;
  std::string dir_;
  RowBatch rows_;
  Rejects rejects_;
  std::vector<std::uint64_t> lines_;  // of each row
};

/// The file of one entity.
struct Found {
  const MasterReader* reader;
  std::string path;
  std::string_view decoder;
};

/// Files of the folder that are named as if they held the entity, in a form that is not read: songs.csv.gz,
/// Songs.xlsx, song.csv. At most three.
std::vector<std::string> namesakes(const std::string& dir, std::string_view entity) {
  constexpr std::size_t kMost = 3;
  const auto stem = [](std::string name) {
    name.resize(std::min(name.find('.'), name.size()));
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    if (!name.empty() && name.back() == 's') name.pop_back();
    return name;
  };
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (stem(name) == stem(std::string(entity))) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  if (names.size() > kMost) names.resize(kMost);
  return names;
}

/// Why there is nothing to be read: the folder, or files that are missing.
Error explain_missing(const std::string& dir, const std::vector<std::string>& missing, bool some_found) {
  std::error_code error;
  const fs::file_status status = fs::status(dir, error);
  if (fs::exists(status) && !fs::is_directory(status))
    return {ErrorKind::master_data, dir + " is not a folder",
            "name the folder of the files: --master-data-dir DIR"};
  std::string list, names, only;
  for (const std::string& entity : missing) {
    list += (list.empty() ? "" : ", ") + entity;
    only += (only.empty() ? "" : ",") + entity;
    for (const std::string& name : namesakes(dir, entity)) names += (names.empty() ? "" : ", ") + name;
  }
  const std::string what = "no master data in " + dir + " (" + list + ")";
  if (names.empty())
    return {ErrorKind::master_data, what,
            "create it: racesim generate-master --output-dir " + shell_quoted(dir) +
                (some_found ? " --only " + only : "")};
  return {ErrorKind::master_data, what + "; there is " + names,
          repair_hint("save it as " + missing.front() + ".csv, .json or .jsonl, as text", dir)};
}

/// Whether the file is there. Error: nobody can tell, as in a folder that may not be searched.
Result<bool> is_there(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() != fs::file_type::none) return fs::exists(status);
  return invalid("read " + path + ": " + error.message(),
                 "look at: ls -ld " + shell_quoted(fs::path(path).parent_path().string()));
}

Result<std::vector<Found>> find_files(const std::string& dir,
                                      const std::vector<const MasterReader*>& readers) {
  std::vector<Found> found;
  std::vector<std::string> missing;
  for (const MasterReader* reader : readers) {
    const std::size_t before = found.size();
    for (const MasterFormat& format : kMasterFormats) {
      const std::string name = std::string(reader->name) + "." + std::string(format.name);
      const std::string path = (fs::path(dir) / name).string();
      const Result<bool> there = is_there(path);
      if (!there) return tl::make_unexpected(there.error());
      if (*there) found.push_back({reader, path, format.decoder});
    }
    if (found.size() > before + 1)
      return invalid(found[before].path + " and " + found[before + 1].path + " contain the same master data",
                     "move the one that is not meant to another folder");
    if (found.size() == before) missing.emplace_back(reader->name);
  }
  if (missing.empty()) return found;
  return tl::make_unexpected(explain_missing(dir, missing, !found.empty()));
}

}  // namespace

const RowBatch* MasterData::rows(std::string_view entity) const {
  for (const Entity& loaded : entities)
    if (loaded.name == entity) return &loaded.rows;
  return nullptr;
}

MasterTables MasterData::tables() const {
  MasterTables tables;
  for (const Entity& loaded : entities) tables.add(loaded.name, loaded.rows);
  return tables;
}

Result<MasterData> load_master(const std::string& dir, std::span<const std::string_view> wanted) {
  std::vector<const MasterReader*> readers;
  for (const MasterReader& reader : master_readers())
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
