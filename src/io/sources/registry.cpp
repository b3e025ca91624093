#include "io/sources/registry.h"

#include <algorithm>
#include <array>

#include "base/suggest.h"
#include "io/sources/file.h"
#include "io/sources/http.h"
#include "io/sources/kafka_group.h"
#include "io/sources/stdin.h"

namespace racesim {
namespace {

using MadeSource = Result<std::unique_ptr<Source>>;

MadeSource make_files(const SourceRequest& r) {
  return make_file_source(r.targets, r.follow);
}
Done check_files(const SourceRequest& r) {
  return check_file_source(r.targets, r.follow);
}
MadeSource make_stdin(const SourceRequest&) {
  return make_stdin_source();
}
Done check_stdin(const SourceRequest& r) {
  if (!r.follow) return {};
  return fail(ErrorKind::usage, "--follow is for files: the standard input is read to its end anyway",
              "leave out --follow");
}

HttpSourceOptions http_options(const SourceRequest& r) {
  HttpSourceOptions options;
  options.listen = r.listen;
  options.server.token = r.token;
  options.server.tls = r.tls;
  options.server.limits.clients = r.max_clients;
  if (r.clock != nullptr) options.server.clock = r.clock;
  options.intake.body_bytes = r.max_body_bytes;
  options.status = r.status;
  return options;
}
MadeSource make_http(const SourceRequest& r) {
  return make_http_source(http_options(r));
}
Done check_http(const SourceRequest& r) {
  return check_http_source(http_options(r));
}

StoreSourceOptions store_options(const SourceRequest& r) {
  StoreSourceOptions options = r.rows;
  options.kind = r.kind;
  options.target = r.targets.empty() ? std::string() : r.targets.front();
  return options;
}
MadeSource make_store(const SourceRequest& r) {
  return make_store_source(store_options(r));
}
Done check_store(const SourceRequest& r) {
  return check_store_source(store_options(r));
}

// A new source is its file and a line here.
constexpr std::array kSources{
    SourceInfo{"stdin", "", true, false, "standard input, to its end", &make_stdin, &check_stdin},
    SourceInfo{"file", "PATH", false, false,
               "a file or a quoted pattern ('out/*.ndjson'); .gz and .zst are decompressed", &make_files,
               &check_files},
    SourceInfo{"kafka", "", true, false, "topics, which the processes of a --group share", &make_kafka_group,
               &check_kafka_group},
    SourceInfo{"http", "", true, false, "POST /play and /events; answered once the events are committed",
               &make_http, &check_http},
    SourceInfo{"sqlite", "PATH", true, false, "the events in an SQLite database that ingest wrote",
               &make_store, &check_store},
    SourceInfo{"postgres", "DSN", true, true, "the events in a PostgreSQL database that ingest wrote",
               &make_store, &check_store},
};

const SourceInfo* find_source(std::string_view name) {
  const auto found = std::find_if(kSources.begin(), kSources.end(),
                                  [&](const SourceInfo& source) { return source.name == name; });
  return found == kSources.end() ? nullptr : &*found;
}

std::string source_usage(const SourceInfo& source) {
  std::string usage(source.name);
  if (!source.target.empty()) usage += ":" + std::string(source.target);
  return usage;
}

Error unknown_source(std::string_view name) {
  std::string known;
  std::vector<std::string> names;
  for (const SourceInfo& source : kSources) {
    names.emplace_back(source.name);
    known += (known.empty() ? "" : ", ") + source_usage(source);
  }
  Error error{ErrorKind::usage, "unknown source '" + std::string(name) + "'", {}};
  if (const SourceInfo* meant = find_source(closest(name, names)))
    error.hint = "did you mean: --from " + source_usage(*meant) + "   ";
  error.hint += "known: " + known;
  return error;
}

}  // namespace

std::span<const SourceInfo> source_registry() {
  return kSources;
}

Result<SourceText> parse_source(std::string_view text) {
  // The two ways to write an address of PostgreSQL are names too.
  if (text.starts_with("postgresql://") || text.starts_with("postgres://"))
    return SourceText{"postgres", std::string(text)};
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const bool has_target = colon != std::string_view::npos;
  const std::string_view target = has_target ? text.substr(colon + 1) : std::string_view();
  const SourceInfo* source = find_source(name == "-" ? "stdin" : name);
  if (source == nullptr) return tl::make_unexpected(unknown_source(name));
  if (source->target.empty() && has_target)
    return fail(ErrorKind::usage,
                "source '" + std::string(text) + "': nothing follows " + std::string(source->name),
                "--from " + std::string(source->name));
  if (!source->target.empty() && target.empty() && !source->target_is_optional)
    return fail(ErrorKind::usage,
                "source '" + std::string(text) + "' names no " + std::string(source->target),
                "--from " + source_usage(*source));
  return SourceText{std::string(source->name), std::string(target)};
}

Done set_sources(std::span<const SourceText> from, SourceRequest& request) {
  request.targets.clear();
  for (const SourceText& one : from) {
    const bool first = &one == &from.front();
    if (!first && one.kind != request.kind)
      return fail(ErrorKind::usage, "--from " + request.kind + " and --from " + one.kind + " together",
                  "start one process for each; they may share a store");
    const SourceInfo* const source = find_source(one.kind);
    if (!first && source != nullptr && source->is_alone)
      return fail(ErrorKind::usage, "--from " + one.kind + " is given twice", "give it once");
    request.kind = one.kind;
    if (!one.target.empty()) request.targets.push_back(one.target);
  }
  return {};
}

Done check_source(const SourceRequest& request) {
  const SourceInfo* source = find_source(request.kind);
  if (source == nullptr) return tl::make_unexpected(unknown_source(request.kind));
  return source->check(request);
}

Result<std::unique_ptr<Source>> make_source(const SourceRequest& request) {
  const SourceInfo* source = find_source(request.kind);
  if (source == nullptr) return tl::make_unexpected(unknown_source(request.kind));
  return source->make(request);
}

}  // namespace racesim
