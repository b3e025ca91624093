#include "io/registry.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <vector>

#include "base/suggest.h"
#include "io/files/atomic_file.h"
#include "io/files/compression.h"
#include "io/sinks/file.h"
#include "io/sinks/http.h"
#include "io/sinks/kafka.h"
#include "io/sinks/null.h"
#include "io/sinks/stdout.h"

namespace racesim {
namespace {

using OpenedSink = Result<std::unique_ptr<Sink>>;

OpenedSink open_stdout(const SinkRequest& r) {
  return open_stdout_sink(r.header, r.acks);
}
OpenedSink open_file(const SinkRequest& r) {
  return open_file_sink(r.target, r.header, *r.clock, r.acks, r.resumed);
}
OpenedSink open_null(const SinkRequest& r) {
  return make_null_sink(r.acks);
}
OpenedSink open_http(const SinkRequest& r) {
  return open_http_sink(r.target, r.http, *r.clock, r.acks, *r.dead_letter);
}
OpenedSink open_kafka(const SinkRequest& r) {
  return open_kafka_sink(r.kafka, r.topics, r.times, *r.clock, r.acks, *r.dead_letter);
}

Done check_nothing(const SinkRequest&) {
  return {};
}
Done check_file(const SinkRequest& r) {
  if (Done ok = check_ending(r.target); !ok) return ok;
  return check_file_path(r.target, Existing::replaced);
}
Done check_http(const SinkRequest& r) {
  return check_http_sink(r.target, r.http);
}
Done check_kafka(const SinkRequest& r) {
  return check_kafka_sink(r.kafka, r.topics);
}

constexpr std::array kSinks{
    SinkInfo{"stdout", "", "standard output; messages go to stderr", &open_stdout, &check_nothing},
    SinkInfo{"file", "PATH",
             "a file that gets its final name when complete; compressed if it ends in .gz or .zst",
             &open_file, &check_file},
    SinkInfo{"http", "", "POST to --api-endpoint", &open_http, &check_http},
    SinkInfo{"kafka", "", "topics of the cluster that --brokers names", &open_kafka, &check_kafka},
    SinkInfo{"null", "", "nowhere, counted", &open_null, &check_nothing},
};

const SinkInfo* find_sink(std::string_view name) {
  const auto found =
      std::find_if(kSinks.begin(), kSinks.end(), [&](const SinkInfo& s) { return s.name == name; });
  return found == kSinks.end() ? nullptr : &*found;
}

std::string usage_of(const SinkInfo& sink) {
  std::string usage(sink.name);
  if (!sink.target.empty()) usage += ":" + std::string(sink.target);
  return usage;
}

Error unknown_sink(std::string_view name) {
  std::string known;
  std::vector<std::string> names;
  for (const SinkInfo& sink : kSinks) {
    names.emplace_back(sink.name);
    known += (known.empty() ? "" : ", ") + usage_of(sink);
  }
  Error error{ErrorKind::usage, "unknown sink '" + std::string(name) + "'", {}};
  if (const SinkInfo* meant = find_sink(closest(name, names)))
    error.hint = "did you mean: --sink " + usage_of(*meant) + "   ";
  error.hint += "known: " + known;
  return error;
}

/// What is written to, in a form that is equal for equal things; empty if it may be shared.
std::string identity_of_file(const std::string& target) {
  namespace fs = std::filesystem;
  if (target.empty()) return {};
  for (const std::string_view alias : {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})
    if (target == alias) return "/dev/stdout";
  std::error_code error;
  const fs::path path = fs::weakly_canonical(fs::absolute(resolve_links(target), error), error);
  const std::string name = error ? target : path.string();
  // Devices such as /dev/null take any number of writers.
  return fs::exists(name, error) && fs::is_character_file(name, error) ? std::string() : name;
}

}  // namespace

std::span<const SinkInfo> sink_registry() {
  return kSinks;
}

Result<SinkText> parse_sink(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const bool has_target = colon != std::string_view::npos;
  const std::string_view target = has_target ? text.substr(colon + 1) : std::string_view();
  if (name == "https" || (name == "http" && !target.empty()))
    return fail(ErrorKind::usage,
                "sink '" + std::string(text) + "': the address is given by a separate option",
                "--sink http --api-endpoint " + std::string(target.substr(0, 2) == "//" ? text : "URL"));
  const SinkInfo* sink = find_sink(name);
  if (sink == nullptr) return tl::make_unexpected(unknown_sink(name));
  if (sink->target.empty() && has_target)
    return fail(ErrorKind::usage,
                "sink '" + std::string(text) + "': " + std::string(name) + " takes no target",
                "--sink " + std::string(name));
  if (!sink->target.empty() && target.empty())
    return fail(ErrorKind::usage, "sink '" + std::string(text) + "': the path is missing",
                "--sink " + std::string(name) + ":out/events.ndjson");
  return SinkText{std::string(name), std::string(target)};
}

Done check_distinct(std::span<const SinkText> sinks, std::span<const SideFile> files) {
  struct Place {
    std::string name;  // for the message
    std::string identity;
  };
  std::vector<Place> places;
  for (const SinkText& sink : sinks) {
    const std::string name = "--sink " + sink.kind + (sink.target.empty() ? "" : ":" + sink.target);
    if (sink.kind == "stdout") places.push_back({name, "/dev/stdout"});
    if (sink.kind == "file") places.push_back({name, identity_of_file(sink.target)});
  }
  for (const SideFile& file : files)
    places.push_back({file.option + " " + file.path, identity_of_file(file.path)});
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const std::string& mine = places[i].identity;
      const std::string& other = places[j].identity;
      if (mine.empty() || other.empty()) continue;
      // A file grows under the name PATH.partial, so that name is taken too.
      if (mine != other && mine != other + ".partial" && mine + ".partial" != other) continue;
      return fail(ErrorKind::usage, places[j].name + " and " + places[i].name + " write to the same place",
                  "give each its own path");
    }
  }
  return {};
}

Done check_sink(const SinkRequest& request) {
  const SinkInfo* sink = find_sink(request.kind);
  if (sink == nullptr) return tl::make_unexpected(unknown_sink(request.kind));
  return sink->check(request);
}

Result<std::unique_ptr<Sink>> open_sink(const SinkRequest& request) {
  const SinkInfo* sink = find_sink(request.kind);
  if (sink == nullptr) return tl::make_unexpected(unknown_sink(request.kind));
  return sink->open(request);
}

}  // namespace racesim
