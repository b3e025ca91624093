// The sources that `--from` can name. A new one is one source file, one line in registry.cpp, one test and
// one section in docs/formats/sources.md.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/http/server/metrics.h"
#include "io/sinks/kafka_options.h"
#include "io/sources/source.h"
#include "io/sources/store.h"

namespace racesim::http {
class ServerTls;
}

namespace racesim {

/// What `--from` says.
struct SourceText {
  std::string kind;    ///< a name of source_registry()
  std::string target;  ///< file: path or pattern; sqlite, postgres: the database; else empty
  bool operator==(const SourceText&) const = default;
};

/// Where a lane begins that nobody has read before.
struct StartAt {
  enum class Place : std::uint8_t { earliest, latest, time };
  Place place = Place::earliest;
  std::int64_t time_ns = 0;  ///< since 1970, of Place::time
  bool is_given = false;     ///< by the user, and not only by default
};

/// All that any source needs; each takes its part. The pointers must outlive the source.
struct SourceRequest {
  std::string kind;
  std::vector<std::string> targets;       ///< file: paths and patterns, in their order; stores: the database
  bool follow = false;                    ///< file: goes on with what is appended
  KafkaOptions kafka;                     ///< kafka: brokers, properties, how long the cluster may take
  std::vector<std::string> topics;        ///< kafka
  std::string group = "racesim-ingest";   ///< kafka
  StartAt start_at;                       ///< kafka
  bool exit_at_end = false;               ///< kafka: ends at what is there when it begins
  bool allow_gap = false;                 ///< kafka
  bool store_keeps_positions = true;      ///< kafka: false: the group's offsets are where reading goes on
  std::string listen = "127.0.0.1:8000";  ///< http
  std::string token;                      ///< http: what a request must carry; empty: nothing
  std::shared_ptr<const http::ServerTls> tls;  ///< http: https instead
  std::uint32_t max_clients = 1024;            ///< http
  std::uint64_t max_body_bytes = 8u << 20;     ///< http
  http::StatusCallbacks status;                ///< http: what /metrics and /readyz tell
  Clock* clock = nullptr;                      ///< kafka, http
  /// sqlite, postgres: which rows, and how they become records. Kind and target are set from the above.
  StoreSourceOptions rows;
};

struct SourceInfo {
  std::string_view name;
  std::string_view target;   ///< what follows "name:" in `--from`, in capitals; empty: nothing does
  bool is_alone;             ///< it is given once
  bool target_is_optional;   ///< nothing behind "name:" is a target too
  std::string_view summary;  ///< one line for the help
  /// Nothing is read or connected to before Source::open(). Errors: usage.
  Result<std::unique_ptr<Source>> (*make)(const SourceRequest& request);
  /// What open() would refuse, as far as can be told without connecting, listening or reading.
  Done (*check)(const SourceRequest& request);
};

std::span<const SourceInfo> source_registry();

/// "stdin", "file:out/*.ndjson", "postgresql://…". Errors (usage) name the known sources and the nearest one.
Result<SourceText> parse_source(std::string_view text);

/// The request of several `--from`: they must be of one kind, and only files may be several. Errors: usage.
Done set_sources(std::span<const SourceText> from, SourceRequest& request);

Done check_source(const SourceRequest& request);
/// Errors: usage for an unknown kind, else the source's own.
Result<std::unique_ptr<Source>> make_source(const SourceRequest& request);

}  // namespace racesim
