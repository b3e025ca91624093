#include "run/master/files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string_view>
#include <system_error>

#include "base/suggest.h"
#include "codec/encoder.h"
#include "io/files/atomic_file.h"
#include "run/master/format.h"
#include "run/master/track_input.h"
#include "sim/master/generator.h"

namespace racesim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatchRows = 8000;  // whole blocks of songs

/// Takes the next bytes of a file.
using TakeBytes = std::function<Done(std::string_view)>;

std::string comma_list(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

MasterPlan plan_of(const MasterOptions& options) {
  MasterPlan plan;
  plan.seed = options.seed;
  plan.songs = options.num_songs;
  plan.users = options.num_users;
  plan.locations = options.num_locations;
  plan.vehicles = options.num_vehicles;
  plan.cars = options.num_cars;
  return plan;
}

Result<const MasterFormat*> find_format(const std::string& name) {
  for (const MasterFormat& format : kMasterFormats)
    if (format.name == name) return &format;
  return fail(ErrorKind::usage, "--format: '" + name + "' is not a format of master data",
              "one of: csv, json, jsonl");
}

Result<std::vector<const MasterEntity*>> chosen_entities(const std::vector<std::string>& only) {
  std::vector<std::string> known;
  for (const MasterEntity& entity : master_entities()) known.emplace_back(entity.name);
  for (const std::string& name : only) {
    if (find_master_entity(name) != nullptr) continue;
    Error error = unknown_choice(name, known);
    error.what.insert(0, "--only: ");
    return tl::make_unexpected(std::move(error));
  }
  std::vector<const MasterEntity*> chosen;
  for (const MasterEntity& entity : master_entities())
    if (only.empty() || std::find(only.begin(), only.end(), entity.name) != only.end())
      chosen.push_back(&entity);
  return chosen;
}

/// All counts, also of entities that are not written: users follow the locations.
Done check_counts(const MasterPlan& plan) {
  for (const MasterEntity& entity : master_entities()) {
    if (entity.count == nullptr) continue;
    const std::uint64_t count = plan.*(entity.count);
    const std::string option(entity.count_option);
    if (count == 0)
      return fail(ErrorKind::usage, option + ": 0 rows: at least one is needed", "example: " + option + " 1");
    if (count > entity.max_count)
      return fail(ErrorKind::usage,
                  option + ": " + std::to_string(count) + " is above the limit of " +
                      std::to_string(entity.max_count) + " (" + std::string(entity.limit_reason) + ")",
                  "give at most " + std::to_string(entity.max_count));
  }
  return {};
}

/// Makes the bytes of one file, piece by piece.
class FileContent {
 public:
  FileContent(const MasterEntity& entity, const MasterPlan& plan, const MasterOptions& options,
              const MasterFormat& format)
      : generator_(entity.make(plan)), options_(options), format_(format) {}

  std::uint64_t rows() const { return generator_->count(); }

  Done write_to(const TakeBytes& take) const {
    const auto encoder = make_encoder(generator_->schema(), format_.encoder);
    if (!encoder) return tl::make_unexpected(encoder.error());
    if (const Done done = take(format_.is_array ? "[\n" : (*encoder)->header()); !done) return done;
    RowBatch rows(generator_->schema());
    WireBatch lines;
    std::string array_lines;
    for (std::uint64_t first = 0; first < rows_total(); first += kBatchRows) {
      if (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed))
        return fail(ErrorKind::runtime, "stopped before the files were complete; no file has changed");
      generator_->fill(first, std::min<std::uint64_t>(kBatchRows, rows_total() - first), rows);
      lines.clear();
      (*encoder)->encode(rows, lines);
      std::string_view bytes = lines.text.view();
      if (format_.is_array) bytes = with_commas(lines, first + rows.size() == rows_total(), array_lines);
      if (const Done done = take(bytes); !done) return done;
      if (options_.rows_done != nullptr)
        options_.rows_done->fetch_add(rows.size(), std::memory_order_relaxed);
    }
    return format_.is_array ? take("]\n") : Done{};
  }

 private:
  std::uint64_t rows_total() const { return generator_->count(); }

  static std::string_view with_commas(const WireBatch& lines, bool is_last, std::string& out) {
    out.clear();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string_view line = lines.line(i);
      out += line.substr(0, line.size() - 1);
      out += is_last && i + 1 == lines.size() ? "\n" : ",\n";
    }
    return out;
  }

  std::unique_ptr<MasterGenerator> generator_;
  const MasterOptions& options_;
  const MasterFormat& format_;
};

/// Whether the file at `path` holds exactly the content. Stops at the first difference.
Result<bool> is_same_file(const std::string& path, const FileContent& content, std::uint64_t& bytes) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return fail(ErrorKind::runtime, "read " + path + ": it exists but cannot be opened",
                "look at: ls -l " + shell_quoted(path));
  bool same = true;
  std::string piece;
  bytes = 0;
  const Done done = content.write_to([&](std::string_view expected) -> Done {
    piece.resize(expected.size());
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    same = static_cast<std::size_t>(file.gcount()) == expected.size() && piece == expected;
    bytes += expected.size();
    if (!same) return fail(ErrorKind::usage, {});  // ends the rendering; not an error
    return {};
  });
  if (!done && same) return tl::make_unexpected(done.error());
  return same && file.peek() == std::ifstream::traits_type::eof();
}

/// One file on its way.
struct Job {
  const MasterEntity* entity;
  FileContent content;
  MasterFile file;
};

class MasterWriter {
 public:
  MasterWriter(const MasterPlan& plan, const MasterOptions& options, const MasterFormat& format,
               const std::vector<const MasterEntity*>& entities)
      : options_(options), format_(format) {
    for (const MasterEntity* entity : entities) {
      Job job{entity, FileContent(*entity, plan, options, format), {}};
      job.file.entity = std::string(entity->name);
      job.file.path = path_of(*entity, format);
      job.file.rows = job.content.rows();
      jobs_.push_back(std::move(job));
    }
  }

  Result<MasterReport> run() {
    for (const auto step : {&MasterWriter::check_other_formats, &MasterWriter::compare_existing})
      if (const Done done = (this->*step)(); !done) return tl::make_unexpected(done.error());
    if (!options_.dry_run)
      if (const Done done = write_all(); !done) return tl::make_unexpected(done.error());
    MasterReport report;
    for (Job& job : jobs_) report.files.push_back(std::move(job.file));
    return report;
  }

 private:
  std::string path_of(const MasterEntity& entity, const MasterFormat& format) const {
    return (fs::path(options_.output_dir) / (std::string(entity.name) + "." + std::string(format.name)))
        .string();
  }

  /// The same entity in two formats would make the folder unreadable.
  Done check_other_formats() {
    std::vector<std::string> others;
    std::string_view other_format;
    for (const Job& job : jobs_)
      for (const MasterFormat& format : kMasterFormats) {
        const std::string path = path_of(*job.entity, format);
        std::error_code ignored;
        if (format.name == format_.name || !fs::exists(path, ignored)) continue;
        others.push_back(path);
        other_format = format.name;
      }
    if (others.empty()) return {};
    return fail(
        ErrorKind::usage,
        comma_list(others) + " already " + (others.size() == 1 ? "has" : "have") +
            " the same data in another format",
        "write elsewhere: --output-dir DIR   or keep the format: --format " + std::string(other_format));
  }

  Done compare_existing() {
    std::vector<std::string> different;
    for (Job& job : jobs_) {
      std::error_code ignored;
      if (!fs::exists(job.file.path, ignored)) continue;
      if (fs::is_directory(job.file.path, ignored))
        return fail(ErrorKind::runtime, "create " + job.file.path + ": it is a directory",
                    "move it away or choose another --output-dir");
      const Result<bool> same = is_same_file(job.file.path, job.content, job.file.bytes);
      if (!same) return tl::make_unexpected(same.error());
      job.file.state = *same ? MasterFileState::unchanged : MasterFileState::replaced;
      if (*same) continue;
      job.file.bytes = 0;
      different.push_back(job.file.path);
    }
    if (different.empty() || options_.force) return {};
    return fail(
        ErrorKind::usage,
        "not overwriting " + comma_list(different) + ": the file differs from what these options give",
        "write elsewhere: --output-dir DIR   or overwrite: --force");
  }

  Error directory_error(int error_number) const {
    std::string name = options_.output_dir;
    while (name.size() > 1 && name.back() == '/') name.pop_back();
    Error error = explain_create_error(name, error_number);
    error.what.insert(std::string_view("create ").size(), "directory ");
    if (error.hint.empty() || error.hint == "choose another path") error.hint = "choose another --output-dir";
    return error;
  }

  Done write_all() {
    std::error_code error;
    fs::create_directories(options_.output_dir, error);
    if (error) return tl::make_unexpected(directory_error(error.value()));
    std::vector<AtomicFile> made;  // discards its files when a later one fails
    for (Job& job : jobs_) {
      if (job.file.state == MasterFileState::unchanged) continue;
      auto file = AtomicFile::create(job.file.path);
      if (!file) return tl::make_unexpected(file.error());
      made.push_back(std::move(*file));
      job.file.bytes = 0;
      const Done done = job.content.write_to([&](std::string_view bytes) {
        job.file.bytes += bytes.size();
        return made.back().write(bytes);
      });
      if (!done) return done;
    }
    for (AtomicFile& file : made) {
      const std::string partial_path = file.partial_path();
      if (Done done = file.commit(); !done) {
        fs::remove(partial_path, error);
        return done;
      }
    }
    return {};
  }

  const MasterOptions& options_;
  const MasterFormat& format_;
  std::vector<Job> jobs_;
};

}  // namespace

const char* to_string(MasterFileState state) {
  switch (state) {
    case MasterFileState::created:
      return "created";
    case MasterFileState::unchanged:
      return "unchanged";
    case MasterFileState::replaced:
      return "replaced";
  }
  return "?";
}

std::vector<std::string_view> master_formats() {
  std::vector<std::string_view> names;
  for (const MasterFormat& format : kMasterFormats) names.push_back(format.name);
  return names;
}

Result<MasterReport> write_master(const MasterOptions& options) {
  const auto format = find_format(options.format);
  if (!format) return tl::make_unexpected(format.error());
  const auto entities = chosen_entities(options.only);
  if (!entities) return tl::make_unexpected(entities.error());
  MasterPlan plan = plan_of(options);
  if (const Done counts = check_counts(plan); !counts) return tl::make_unexpected(counts.error());
  if (options.output_dir.empty())
    return fail(ErrorKind::usage, "--output-dir: the path is empty", "example: --output-dir data/master/");
  const Result<race::Track> track = load_track(options.track);
  if (!track) return fail(track.error().kind, "--track: " + track.error().what, track.error().hint);
  plan.track = &*track;
  return MasterWriter(plan, options, **format, *entities).run();
}

}  // namespace racesim
