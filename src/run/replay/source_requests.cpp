#include "run/replay/source_requests.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "io/kafka/cluster/names.h"
#include "io/stores/postgres_connection.h"
#include "run/rows/event_tables.h"

namespace racesim {
namespace {

Result<std::vector<std::string>> topics_in(std::string_view list) {
  std::vector<std::string> topics;
  for (;;) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string topic(list.substr(0, comma));
    if (Done ok = kafka::check_topic_name(topic); !ok)
      return fail(ErrorKind::usage, "source kafka: " + ok.error().what, "example: kafka:f1-telemetry");
    topics.push_back(std::move(topic));
    if (comma == list.size()) return topics;
    list.remove_prefix(comma + 1);
  }
}

/// A name with a colon is a file's unless it begins as a source does.
Result<SourceRequest> source_of(const std::string& text) {
  SourceRequest request;
  const std::size_t colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  const bool is_named = colon != std::string::npos;
  if (is_named && kind == kDeadLetterKind) {
    request.kind = kDeadLetterKind;
    request.targets = {text.substr(colon + 1)};
  } else if (text == "-" || text == "stdin") {
    request.kind = "stdin";
  } else if (is_named && kind == "kafka") {
    request.kind = "kafka";
    auto topics = topics_in(std::string_view(text).substr(colon + 1));
    if (!topics) return tl::make_unexpected(topics.error());
    request.topics = std::move(*topics);
  } else if (is_named && (kind == "file" || kind == "sqlite" || kind == "postgres" || kind == "postgresql")) {
    const Result<SourceText> parsed = parse_source(text);
    if (!parsed) return tl::make_unexpected(parsed.error());
    request.kind = parsed->kind;
    request.targets = {parsed->target};
  } else if (text == "kafka") {
    return fail(ErrorKind::usage, "source kafka: no topic is named", "example: kafka:f1-telemetry");
  } else {
    request.kind = "file";
    request.targets = {text};
  }
  return request;
}

}  // namespace

Done make_source_requests(const SourceAccess& access, ReplayConfig& config) {
  config.sources.clear();
  bool has_stdin = false;
  for (std::string& text : config.source_texts) {
    Result<SourceRequest> request = source_of(text);
    if (!request) return tl::make_unexpected(request.error());
    if (request->kind == "stdin" && std::exchange(has_stdin, true))
      return fail(ErrorKind::usage, "the standard input is named twice", "name it once");
    request->rows.tables.assign(event_tables().begin(), event_tables().end());
    request->rows.to_lines = &rows_to_json;
    request->rows.password = access.password;
    if (request->kind == "postgres") {
      const auto target = postgres::parse_target(request->targets.front(), access.password);
      if (!target) return tl::make_unexpected(target.error());
      text = target->shown;
    }
    request->kafka = access.kafka;
    request->clock = &system_clock();
    config.sources.push_back(std::move(*request));
  }
  return {};
}

}  // namespace racesim
