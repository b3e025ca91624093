#include "serve/keeping/keeping_routes.h"

#include <optional>
#include <utility>

namespace racesim::serve {
namespace {

constexpr std::size_t kAnyBody = std::size_t{8} << 20;

}  // namespace

std::vector<http::Route> routes_without_store() {
  std::vector<http::Route> routes;
  for (const char* path : {"/play", "/events"}) {
    http::Route route;
    route.method = "POST";
    route.path = path;
    route.body_most = kAnyBody;  // refused before it is read
    route.admit = [](const http::RequestHead& head) -> std::optional<http::Response> {
      return http::problem(404, head.path +
                                    ": this service keeps no events; start it with --db sqlite:PATH "
                                    "or --db postgres:DSN");
    };
    route.handle = [](const http::Request&, http::Reply) {};  // admit() has answered
    route.summary = "Stores events, if the service is started with --db";
    route.answers = "application/json";
    routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace racesim::serve
