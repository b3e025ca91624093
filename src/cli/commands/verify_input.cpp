#include "cli/commands/verify_input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

#include "base/clock.h"
#include "cli/commands/store_target.h"
#include "verify/arrivals/kafka_arrivals.h"
#include "verify/arrivals/store_arrivals.h"
#include "verify/laws/invariants.h"

namespace racesim::cli {
namespace {

constexpr std::int64_t kPatience_ns =
    10'000'000'000;  ///< for a run to write its manifest behind its last event
constexpr int kPoll_ms = 20;
constexpr const char* kKafka = "kafka";

/// Somebody holds the file: the run goes on.
bool is_being_written(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool held = flock(fd, LOCK_SH | LOCK_NB) != 0;
  ::close(fd);
  return held;
}

void wait_for_input() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (::poll(&input, 1, -1) < 0 && errno == EINTR) {
  }
}

/// The manifest at the end of a pipe; none if the run ended without one.
Result<std::optional<ManifestTotals>> learn_totals(const std::string& path, const std::string& run) {
  const std::string partial = path + ".partial";
  const std::int64_t deadline_ns = system_clock().now_ns() + kPatience_ns;
  while (is_being_written(partial) && system_clock().now_ns() < deadline_ns) ::poll(nullptr, 0, kPoll_ms);
  Result<Manifest> manifest = read_manifest(path);
  if (!manifest || manifest->run != run) return std::optional<ManifestTotals>();
  return manifest->totals;
}

Result<std::unique_ptr<ArrivedSequences>> open_against(const std::string& against) {
  return open_file_sequence(against == "-" ? against : against.substr(5));
}

}  // namespace

Result<OpenedInput> open_input(const VerifyInput& input) {
  OpenedInput opened;
  opened.name = input.against;
  if (names_readable_store(input.against)) {
    auto reader = open_store_reader(input.against, input.password_file);
    if (!reader) return tl::make_unexpected(reader.error());
    opened.reader = std::move(*reader);
    opened.name = opened.reader->name();
  } else if (input.against != kKafka) {
    Result<std::unique_ptr<ArrivedSequences>> arrived = open_against(input.against);
    if (!arrived) return tl::make_unexpected(arrived.error());
    opened.arrived = std::move(*arrived);
  }
  std::string path = input.manifest;
  const std::string partial = path + ".partial";
  if (input.against == "-") {
    wait_for_input();
    if (is_being_written(partial)) path = partial;
  }
  Result<Manifest> manifest = read_manifest(path);
  // It may have got its name between the two.
  if (!manifest && path == partial) manifest = read_manifest(input.manifest);
  if (!manifest) return tl::make_unexpected(manifest.error());
  opened.manifest = std::move(*manifest);
  if (opened.reader && !opened.manifest.replay) compare_as_rows(opened.manifest);
  if (!input.master_data_dir.empty()) opened.manifest.content.master_data_dir = input.master_data_dir;
  if (path == partial)
    opened.learn = [path = input.manifest, run = opened.manifest.run] { return learn_totals(path, run); };
  return opened;
}

Done open_kept(const VerifyInput& input, const Truth& truth, OpenedInput& opened) {
  if (opened.arrived) return {};
  if (opened.reader && truth.content() == nullptr)
    return fail(ErrorKind::usage,
                "the manifest is of a replay, which is compared byte by byte and not with rows",
                "verify it against a file or topics; with --timestamps keep the manifest of the recorded run "
                "proves the store");
  Result<std::unique_ptr<ArrivedSequences>> arrived =
      opened.reader ? open_store_arrivals(std::move(opened.reader), opened.manifest, *truth.content())
                    : open_kafka_arrivals(input.kafka, opened.manifest, truth.streams());
  if (!arrived) return tl::make_unexpected(arrived.error());
  opened.arrived = std::move(*arrived);
  return {};
}

Result<Findings> check_laws_of(const VerifyInput& input, const VerifyProgress& progress) {
  if (input.against == kKafka)
    return fail(ErrorKind::usage, "--invariants reads files and pipes, not topics",
                "kcat -C -t TOPIC -e | racesim verify --invariants --against -");
  if (names_readable_store(input.against))
    return fail(ErrorKind::usage, "--invariants reads files and pipes, not stores",
                "racesim ingest --check-laws judges rows on their way into a store");
  Result<std::unique_ptr<ArrivedSequences>> arrived = open_against(input.against);
  if (!arrived) return tl::make_unexpected(arrived.error());
  return check_invariants(**arrived, input.master_data_dir, progress);
}

Setter set_against(std::string& target) {
  return [&target](const std::string& text) -> Done {
    const bool is_file = text == "-" || (text.size() > 5 && text.substr(0, 5) == "file:");
    if (!is_file && text != kKafka && !names_readable_store(text)) {
      std::string known = "file:PATH, kafka, -";
      for (const std::string& store : readable_stores()) known += ", " + store;
      return fail(ErrorKind::usage, "'" + text + "' is not known", "one of: " + known);
    }
    target = text;
    return {};
  };
}

}  // namespace racesim::cli
