#include "io/http/server/metrics.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace racesim::http {
namespace {

constexpr const char* kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

/// With '\' and line ends escaped; in a label's value '"' too.
void append_escaped(std::string_view text, bool quoted, std::string& out) {
  for (const char c : text) {
    if (c == '\\' || (quoted && c == '"')) out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
}

std::string number_of(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  // Counts are whole, and people read them.
  if (value == std::floor(value) && std::fabs(value) < 9e15)
    return fmt::format("{}", static_cast<std::int64_t>(value));
  return fmt::format("{}", value);
}

void append_head(const Metric& metric, std::string& out) {
  out.append("# HELP ").append(metric.name).append(" ");
  append_escaped(metric.help, false, out);
  out.append("\n# TYPE ").append(metric.name);
  out += metric.kind == Metric::Kind::counter ? " counter\n"
         : metric.kind == Metric::Kind::gauge ? " gauge\n"
                                              : " histogram\n";
}

Response plain_text(std::string body, const char* type = "text/plain; charset=utf-8") {
  Response response;
  response.content_type = type;
  response.body = std::move(body);
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

}  // namespace

void add_histogram(const Metric& of, const std::vector<HistogramPart>& parts, std::uint64_t count, double sum,
                   std::vector<Metric>& to) {
  const auto add = [&](const char* part, double value, const std::string& bound) {
    Metric series = of;
    series.kind = Metric::Kind::histogram;
    series.part = part;
    series.value = value;
    if (!bound.empty()) series.labels.emplace_back("le", bound);
    to.push_back(std::move(series));
  };
  for (const HistogramPart& part : parts)
    add("_bucket", static_cast<double>(part.count), number_of(part.bound));
  add("_bucket", static_cast<double>(count), "+Inf");
  add("_sum", sum, {});
  add("_count", static_cast<double>(count), {});
}

std::string metrics_text(const std::vector<Metric>& metrics) {
  std::string out;
  const std::string* last = nullptr;
  for (const Metric& metric : metrics) {
    if (last == nullptr || *last != metric.name) append_head(metric, out);
    last = &metric.name;
    out += metric.name + metric.part;
    for (std::size_t i = 0; i < metric.labels.size(); ++i) {
      out.append(i == 0 ? "{" : ",").append(metric.labels[i].first).append("=\"");
      append_escaped(metric.labels[i].second, true, out);
      out += '"';
    }
    if (!metric.labels.empty()) out += '}';
    out.append(" ").append(number_of(metric.value)).append("\n");
  }
  return out;
}

std::vector<Route> status_routes(const StatusCallbacks& callbacks) {
  std::vector<Route> routes(3);
  routes[0] = {"GET", "/healthz", 0,
               false, {},         [](const Request&, Reply reply) { reply.send(plain_text("ok\n")); }};
  routes[1] = {
      "GET", "/readyz", 0, false, {}, [trouble = callbacks.trouble](const Request& request, Reply reply) {
        std::string why = trouble ? trouble() : std::string();
        if (why.empty() && request.head.closing) why = "it is stopping";
        if (why.empty()) return reply.send(plain_text("ready\n"));
        Response response = problem(503, "not ready: " + why);
        response.headers.push_back({"Retry-After", "1"});
        reply.send(std::move(response));
      }};
  routes[2] = {"GET", "/metrics", 0, true, {}, [metrics = callbacks.metrics](const Request&, Reply reply) {
                 reply.send(plain_text(metrics ? metrics_text(metrics()) : std::string(), kMetricsType));
               }};
  routes[0].summary = "Whether the process lives";
  routes[1].summary = "Whether it takes requests";
  routes[2].summary = "Counters for Prometheus";
  for (Route& route : routes) route.answers = "text/plain";
  return routes;
}

Result<std::unique_ptr<Server>> serve_status(std::string_view address, const StatusCallbacks& callbacks,
                                             const std::string& token) {
  ServerOptions options;
  options.token = token;
  auto server = std::make_unique<Server>(status_routes(callbacks), std::move(options));
  if (Done listening = server->listen(address); !listening) return tl::make_unexpected(listening.error());
  return server;
}

}  // namespace racesim::http
