#include "io/sources/http.h"

#include <string_view>
#include <utility>
#include <vector>

#include "io/http/server/listen_address.h"
#include "io/sources/http_answers.h"
#include "io/sources/http_body.h"
#include "io/sources/request_queue.h"

namespace racesim {
namespace {

using http::Reply;
using http::Request;
using http::RequestHead;
using http::Response;

constexpr const char* kStopping = "the server is stopping; send it again later";

class HttpSource final : public Source {
 public:
  explicit HttpSource(const HttpSourceOptions& options)
      : options_(options),
        queue_(*options.server.clock, options.queue_records, options.queue_bytes),
        server_(routes(), options.server) {}

  ~HttpSource() override {
    stop();
    for (Reply& reply : queue_.clear()) reply.send(http::try_later(503, kStopping));
    server_.close();
  }

  std::string name() const override {
    const std::string url = server_.url();
    return url.empty() ? "http " + options_.listen : url;
  }

  Done open(LaneKeeper&) override { return server_.listen(options_.listen); }
  Result<Pulled> pull(RecordBlock& to, int wait_ms) override { return queue_.pull(to, wait_ms); }
  Done restart() override { return {}; }  // it has no positions that could be moved
  const LaneInfo& lane(std::uint32_t) const override { return lane_; }

  void settled(const RecordBlock& block, const Result<BlockOutcome>& outcome) override {
    if (std::optional<Reply> reply = queue_.settle(block.ticket))
      reply->send(http::answer_of(outcome, queue_.stopping()));
  }

  bool is_awaited() const override { return true; }
  bool has_positions() const override { return false; }
  bool is_bounded() const override { return false; }
  void stop() override {
    queue_.stop();
    server_.stop();
  }
  std::optional<std::uint64_t> lag() const override { return queue_.records(); }

 private:
  std::vector<http::Route> routes() {
    std::vector<http::Route> routes = http::status_routes(options_.status);
    for (const char* path : {"/play", "/events"})
      routes.push_back(
          {"POST", path, static_cast<std::size_t>(options_.body_bytes), true,
           [this](const RequestHead& head) { return admit(head); },
           [this](Request request, Reply reply) { take(std::move(request), std::move(reply)); }});
    return routes;
  }

  /// Before the body is sent.
  std::optional<Response> admit(const RequestHead& head) const {
    if (std::optional<Response> refusal = http::choose_form(head).refusal) return refusal;
    if (head.closing || queue_.stopping()) return closing();
    if (const std::string trouble = options_.status.trouble ? options_.status.trouble() : "";
        !trouble.empty())
      return http::try_later(503, "nothing can be stored now: " + trouble + "; send it again later");
    if (queue_.is_full(1)) return full();
    return std::nullopt;
  }

  static Response closing() {
    Response response = http::try_later(503, kStopping);
    response.close = true;
    return response;
  }
  static Response full() { return http::try_later(429, "more requests wait than may; send it again later"); }

  void take(Request request, Reply reply) {
    const http::TypeChoice type = http::choose_form(request.head);
    const std::string_view body = request.body.view();
    if (type.is_form && body.substr(0, body.find_first_of("{[")).find_first_not_of(" \t\r\n") != body.npos)
      return reply.send(http::not_json());
    const auto pieces = http::split_body(body, type.form, static_cast<std::size_t>(options_.request_records));
    if (!pieces) return reply.send(http::torn_body(pieces.error()));
    if (pieces->empty()) return reply.send(http::answer_of(BlockOutcome{}, false));
    RecordBlock block;
    http::fill_block(body, *pieces, block);
    block.after.source = "http";
    block.after.lane = request.head.path + " " + request.head.peer;
    block.after.next = static_cast<std::int64_t>(body.size());
    switch (queue_.add(block, reply)) {
      case http::RequestQueue::Added::yes:
        return;
      case http::RequestQueue::Added::full:
        return reply.send(full());
      case http::RequestQueue::Added::stopping:
        return reply.send(closing());
    }
  }

  const HttpSourceOptions options_;
  const LaneInfo lane_;
  http::RequestQueue queue_;
  http::Server server_;  // ends first: it calls into this object
};

}  // namespace

Done check_http_source(const HttpSourceOptions& options) {
  const Result<http::ListenAddress> to = http::parse_listen_address(options.listen);
  if (!to) return tl::make_unexpected(to.error());
  return http::check_protection(*to, !options.server.token.empty());
}

Result<std::unique_ptr<Source>> make_http_source(const HttpSourceOptions& options) {
  if (const Done ok = check_http_source(options); !ok) return tl::make_unexpected(ok.error());
  return std::make_unique<HttpSource>(options);
}

}  // namespace racesim
