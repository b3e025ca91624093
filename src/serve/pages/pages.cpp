#include "serve/pages/pages.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "serve/replies.h"
#include "sim/registry.h"

namespace racesim::serve {
namespace {

/// Pages load and ask nothing but this server, and nobody may frame them.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src "
    "'self'; "
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct MediaType {
  std::string_view ending, type;
};
constexpr std::array<MediaType, 5> kMediaTypes{{{".html", "text/html; charset=utf-8"},
                                                {".js", "text/javascript; charset=utf-8"},
                                                {".css", "text/css; charset=utf-8"},
                                                {".svg", "image/svg+xml"},
                                                {".json", "application/json"}}};

std::string_view type_of(std::string_view name) {
  for (const MediaType& known : kMediaTypes)
    if (name.ends_with(known.ending)) return known.type;
  return "application/octet-stream";
}

std::string tag_of(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string tag = "\"";
  for (std::size_t i = 0; i < 12; ++i) tag += fmt::format("{:02x}", digest[i]);
  return tag + "\"";
}

/// If-None-Match: a list of tags, or *; W/ before a tag does not matter (RFC 9110).
bool is_known(const http::RequestHead& head, std::string_view tag) {
  const std::string* const list = head.header("If-None-Match");
  if (list == nullptr) return false;
  return *list == "*" || list->find(tag) != std::string::npos;
}

/// A text of the program with what goes with it.
struct Served {
  std::string text, type, tag;
  std::vector<http::Header> headers;
};

http::Response answer_of(const Served& served, const http::RequestHead& head) {
  http::Response response;
  response.headers = served.headers;
  response.headers.push_back({"ETag", served.tag});
  if (is_known(head, served.tag)) {
    response.status = 304;
    return response;
  }
  response.content_type = served.type;
  response.body = served.text;
  return response;
}

http::Route open_route(std::string path) {
  http::Route route;
  route.method = "GET";
  route.path = std::move(path);
  route.needs_token = false;
  return route;
}

http::Route file_route(const EmbeddedFile& file) {
  const bool is_page = file.name.ends_with(".html");
  const std::string name(file.name.substr(0, file.name.rfind('.')));
  Served served{std::string(file.text), std::string(type_of(file.name)), tag_of(file.text), {}};
  // The names of other files change with what is in them.
  served.headers = {{"Cache-Control", is_page ? "no-cache" : "public, max-age=31536000, immutable"},
                    {"X-Content-Type-Options", "nosniff"}};
  if (is_page) {
    served.headers.push_back({"Content-Security-Policy", std::string(kPolicy)});
    served.headers.push_back({"Referrer-Policy", "no-referrer"});
    served.headers.push_back({"Cross-Origin-Opener-Policy", "same-origin"});
  }
  http::Route route = open_route(!is_page          ? "/assets/" + std::string(file.name)
                                 : name == "index" ? "/"
                                                   : "/" + name);
  route.handle = [served](const http::Request& request, http::Reply reply) {
    reply.send(answer_of(served, request.head));
  };
  return route;
}

/// Maps are made once for each content: that of a long route file takes a while.
class Maps {
 public:
  /// Whose `content` may be null.
  const Served& of(const ScenarioEntry& scenario, std::shared_ptr<const ScenarioContent> content) {
    Kept& kept = kept_[&scenario];
    if (kept.map.type.empty() || kept.content != content) {
      std::string text = scenario.map(content.get());
      std::string tag = tag_of(text);
      kept.map = {std::move(text), "application/json", std::move(tag), {{"Cache-Control", "no-cache"}}};
      kept.content = std::move(content);
    }
    return kept.map;
  }

 private:
  struct Kept {
    std::shared_ptr<const ScenarioContent> content;
    Served map;
  };
  std::map<const ScenarioEntry*, Kept> kept_;
};

http::Response map_answer(const Runs& runs, Maps& maps, const http::RequestHead& head) {
  const Result<Parameters> parameters = read_query(head, {scenario_parameter()});
  if (!parameters) return problem_of(parameters.error());
  const Result<const ScenarioEntry*> named = read_scenario(*parameters);
  if (!named) return problem_of(named.error());
  if (*named == nullptr) return http::problem(400, "name a scenario: /map?scenario=NAME");
  const ScenarioEntry& scenario = **named;
  if (scenario.map == nullptr) return http::problem(404, std::string(scenario.name) + " has no map");
  return answer_of(maps.of(scenario, runs.content(scenario)), head);
}

}  // namespace

std::vector<http::Route> page_routes(const Runs& runs) {
  std::vector<http::Route> routes;
  for (const EmbeddedFile& file : embedded_pages()) routes.push_back(file_route(file));
  http::Route map;
  map.method = "GET";
  map.path = "/map";
  map.summary = "The map of a scenario's run, or the built-in one, as pages draw it";
  map.parameters = {scenario_parameter()};
  map.answers = "application/json";
  map.handle = [&runs, maps = std::make_shared<Maps>()](const http::Request& request, http::Reply reply) {
    reply.send(map_answer(runs, *maps, request.head));
  };
  routes.push_back(std::move(map));
  return routes;
}

}  // namespace racesim::serve
