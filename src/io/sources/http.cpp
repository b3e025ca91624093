#include "io/sources/http.h"

#include <utility>
#include <vector>

#include "io/http/server/listen_address.h"
#include "io/sources/http_intake.h"

namespace racesim {
namespace {

class HttpSource final : public Source {
 public:
  explicit HttpSource(const HttpSourceOptions& options)
      : options_(options),
        intake_(options.intake, *options.server.clock, options.status.trouble),
        server_(routes(), options.server) {}

  ~HttpSource() override {
    stop();
    intake_.refuse_all("the server is stopping; send it again later");
    server_.close();
  }

  std::string name() const override {
    const std::string url = server_.url();
    return url.empty() ? "http " + options_.listen : url;
  }

  Done open(LaneKeeper&) override { return server_.listen(options_.listen); }
  Result<Pulled> pull(RecordBlock& to, int wait_ms) override { return intake_.queue().pull(to, wait_ms); }
  Done restart() override { return {}; }  // it has no positions that could be moved
  const LaneInfo& lane(std::uint32_t) const override { return lane_; }
  void settled(const RecordBlock& block, const Result<BlockOutcome>& outcome) override {
    intake_.settled(block, outcome);
  }

  bool is_awaited() const override { return true; }
  bool has_positions() const override { return false; }
  bool is_bounded() const override { return false; }
  void stop() override {
    intake_.queue().stop();
    server_.stop();
  }
  std::optional<std::uint64_t> lag() const override { return intake_.queue().records(); }

 private:
  std::vector<http::Route> routes() {
    std::vector<http::Route> routes = http::status_routes(options_.status);
    for (http::Route& route : intake_.routes()) routes.push_back(std::move(route));
    return routes;
  }

  const HttpSourceOptions options_;
  const LaneInfo lane_;
  http::Intake intake_;
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
