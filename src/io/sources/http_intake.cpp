#include "io/sources/http_intake.h"

#include <string_view>
#include <utility>

#include "io/sources/http_answers.h"
#include "io/sources/http_body.h"

namespace racesim::http {
namespace {

constexpr const char* kStopping = "the server is stopping; send it again later";

Response closing() {
  Response response = try_later(503, kStopping);
  response.close = true;
  return response;
}

Response too_many() {
  return try_later(429, "more requests wait than may; send it again later");
}

}  // namespace

Intake::Intake(const IntakeLimits& limits, Clock& clock, std::function<std::string()> trouble,
               std::function<void()> on_change)
    : limits_(limits),
      trouble_(std::move(trouble)),
      queue_(clock, limits.queue_records, limits.queue_bytes, std::move(on_change)) {}

std::vector<Route> Intake::routes() {
  std::vector<Route> routes;
  for (const char* path : {"/play", "/events"}) {
    Route route;
    route.method = "POST";
    route.path = path;
    route.body_most = static_cast<std::size_t>(limits_.body_bytes);
    route.admit = [this](const RequestHead& head) { return admit(head); };
    route.handle = [this](Request request, Reply reply) { take(std::move(request), std::move(reply)); };
    route.summary = "Stores events: an object, an array, or lines; answers when they are durable";
    route.answers = "application/json";
    routes.push_back(std::move(route));
  }
  return routes;
}

void Intake::settled(const RecordBlock& block, const Result<BlockOutcome>& outcome) {
  if (std::optional<Reply> reply = queue_.settle(block.ticket))
    reply->send(answer_of(outcome, queue_.stopping()));
}

void Intake::refuse_all(const std::string& why) {
  for (Reply& reply : queue_.clear()) reply.send(try_later(503, why));
}

/// Before the body is sent.
std::optional<Response> Intake::admit(const RequestHead& head) const {
  if (std::optional<Response> refusal = choose_form(head).refusal) return refusal;
  if (head.closing || queue_.stopping()) return closing();
  if (const std::string trouble = trouble_ ? trouble_() : ""; !trouble.empty())
    return try_later(503, "nothing can be stored now: " + trouble + "; send it again later");
  if (queue_.is_full(1)) return too_many();
  return std::nullopt;
}

void Intake::take(Request request, Reply reply) {
  const TypeChoice type = choose_form(request.head);
  const std::string_view body = request.body.view();
  if (type.is_form && body.substr(0, body.find_first_of("{[")).find_first_not_of(" \t\r\n") != body.npos)
    return reply.send(not_json());
  const auto pieces = split_body(body, type.form, static_cast<std::size_t>(limits_.request_records));
  if (!pieces) return reply.send(torn_body(pieces.error()));
  if (pieces->empty()) return reply.send(answer_of(BlockOutcome{}, false));
  RecordBlock block;
  fill_block(body, *pieces, block);
  block.after.source = "http";
  block.after.lane = request.head.path + " " + request.head.peer;
  block.after.next = static_cast<std::int64_t>(body.size());
  switch (queue_.add(block, reply)) {
    case RequestQueue::Added::yes:
      return;
    case RequestQueue::Added::full:
      return reply.send(too_many());
    case RequestQueue::Added::stopping:
      return reply.send(closing());
  }
}

}  // namespace racesim::http
