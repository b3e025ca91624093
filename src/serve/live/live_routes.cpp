#include "serve/live/live_routes.h"

#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "serve/live/live_client.h"
#include "serve/replies.h"
#include "sim/registry.h"

namespace racesim::serve {
namespace {

constexpr double kRateMost_hz = 1000;

/// Of the main stream of the ring's newest run, or, before there is one, of all that the scenario can make.
Result<FieldChoice> parse_fields(const std::string& text, const ScenarioEntry& scenario,
                                 const EventRing& ring) {
  if (!ring.chunks().empty()) return FieldChoice::parse(text, *ring.chunks().back()->forms().schemas.front());
  Result<FieldChoice> choice = FieldChoice::parse(text, scenario.rows.front().schema());
  for (const RowForm& form : scenario.rows) {
    if (choice) break;
    if (Result<FieldChoice> other = FieldChoice::parse(text, form.schema())) choice = std::move(other);
  }
  return choice;
}

Result<double> parse_rate(const std::string& text) {
  double rate = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), rate, std::chars_format::fixed);
  if (error == std::errc() && end == text.data() + text.size() && rate > 0 && rate <= kRateMost_hz)
    return rate;
  return fail(ErrorKind::usage,
              "rate: '" + text.substr(0, 80) + "' is no number of events per second, above 0 and up to 1000",
              "example: rate=10");
}

/// Last-Event-ID as this process gave it; 0: another one did, or none.
std::uint64_t id_after(const http::RequestHead& head, const std::string& epoch) {
  const std::string* const text = head.header("Last-Event-ID");
  if (text == nullptr || !text->starts_with(epoch + "-")) return 0;
  std::uint64_t id = 0;
  const char* const begin = text->data() + epoch.size() + 1;
  const auto [end, error] = std::from_chars(begin, text->data() + text->size(), id);
  return error == std::errc() && end == text->data() + text->size() ? id : 0;
}

Result<bool> parse_encoding(const std::string& text) {
  if (text == "json" || text == "binary") return text == "binary";
  return fail(ErrorKind::usage, "encoding: '" + text.substr(0, 80) + "' is not known",
              "one of: json, binary; without it events are JSON");
}

KnownParameters subscription_parameters(http::StreamKind kind) {
  KnownParameters known{
      scenario_parameter(),
      {"rate", "At most so many events a second of each vehicle, car or listener: the newest"},
      {"fields", "Only these members of events, separated by commas"}};
  if (kind == http::StreamKind::websocket)
    known.push_back({"encoding", "json, or binary: events as binary messages, column by column"});
  return known;
}

Result<Subscription> read_subscription(const http::RequestHead& head, http::StreamKind kind, LiveFeed& feed) {
  const Result<Parameters> parameters = read_query(head, subscription_parameters(kind));
  if (!parameters) return tl::make_unexpected(parameters.error());
  Subscription subscription;
  const Result<const ScenarioEntry*> named = read_scenario(*parameters);
  if (!named) return tl::make_unexpected(named.error());
  subscription.scenario = *named;
  if (const std::string* const text = find_parameter(*parameters, "rate")) {
    const Result<double> rate = parse_rate(*text);
    if (!rate) return tl::make_unexpected(rate.error());
    subscription.rate_hz = *rate;
  }
  if (const std::string* const text = find_parameter(*parameters, "fields")) {
    const ScenarioEntry& scenario = *named != nullptr ? **named : feed.current();
    Result<FieldChoice> fields = parse_fields(*text, scenario, feed.ring(scenario));
    if (!fields) return fail(ErrorKind::usage, "fields: " + fields.error().what, fields.error().hint);
    subscription.fields = std::move(*fields);
  }
  if (const std::string* const text = find_parameter(*parameters, "encoding")) {
    const Result<bool> is_binary = parse_encoding(*text);
    if (!is_binary) return tl::make_unexpected(is_binary.error());
    subscription.is_binary = *is_binary;
  }
  subscription.after_id = id_after(head, feed.epoch());
  return subscription;
}

http::Route live_route(LiveFeed& feed, const char* path, const char* summary, http::StreamKind kind) {
  http::Route route;
  route.method = "GET";
  route.path = path;
  route.stream = kind;
  route.summary = summary;
  route.parameters = subscription_parameters(kind);
  if (kind == http::StreamKind::event_stream) route.answers = "text/event-stream";
  route.open = [&feed, kind](const http::RequestHead& head) -> http::StreamOpening {
    Result<Subscription> subscription = read_subscription(head, kind, feed);
    if (!subscription) return {nullptr, problem_of(subscription.error())};
    return {std::make_unique<LiveClient>(feed, kind, std::move(*subscription))};
  };
  return route;
}

}  // namespace

std::vector<http::Route> live_routes(LiveFeed& feed) {
  return {live_route(feed, "/ws", "Events as they happen, over WebSocket", http::StreamKind::websocket),
          live_route(feed, "/events/stream", "Events as they happen, as server-sent events",
                     http::StreamKind::event_stream)};
}

}  // namespace racesim::serve
