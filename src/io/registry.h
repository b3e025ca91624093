// The sinks that `--sink` can name. A new sink is one source file, one line in registry.cpp, one test and one
// section in docs/formats/sinks.md.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/sink.h"
#include "io/sinks/http_options.h"
#include "io/sinks/kafka_options.h"

namespace racesim {

class DeadLetter;

/// What `--sink` says.
struct SinkText {
  std::string kind;    ///< a name of sink_registry()
  std::string target;  ///< file: path; else empty
  bool operator==(const SinkText&) const = default;
};

/// All that any sink needs to be opened; each takes its part. The pointers must outlive the sink.
struct SinkRequest {
  std::string kind;
  std::string target;                 ///< file: path; http: URL; else empty
  std::string header;                 ///< Encoder::header(); stdout and file write it first
  HttpOptions http;                   ///< http
  KafkaOptions kafka;                 ///< kafka
  std::vector<std::string> topics;    ///< kafka: by stream
  EventTimes times;                   ///< kafka
  bool resumed = false;               ///< file: goes on with what an earlier process left
  Clock* clock = nullptr;             ///< file, http, kafka
  AckListener* acks = nullptr;        ///< may be null
  DeadLetter* dead_letter = nullptr;  ///< http, kafka
};

struct SinkInfo {
  std::string_view name;
  std::string_view target;   ///< what follows "name:" in `--sink`, in capitals; empty: nothing does
  std::string_view summary;  ///< one line for the help
  Result<std::unique_ptr<Sink>> (*open)(const SinkRequest& request);
  Done (*check)(const SinkRequest& request);
};

std::span<const SinkInfo> sink_registry();

/// "stdout", "file:out/events.ndjson". Errors (usage) name the known sinks and the nearest one.
Result<SinkText> parse_sink(std::string_view text);

/// A file that a run writes besides its sinks, and the option that names it.
struct SideFile {
  std::string option;  ///< "--dead-letter"
  std::string path;
};

/// Refuses (usage) what would be written over: standard output twice, the same file twice, however its path
/// is written.
Done check_distinct(std::span<const SinkText> sinks, std::span<const SideFile> files = {});

/// What open_sink() would refuse, as far as can be told without opening, making or connecting anything.
Done check_sink(const SinkRequest& request);

/// Opens the sink `request.kind`. Errors: usage for an unknown kind, else the sink's own.
Result<std::unique_ptr<Sink>> open_sink(const SinkRequest& request);

}  // namespace racesim
