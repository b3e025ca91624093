#include "serve/gateway/proof_routes.h"

#include <functional>
#include <string>
#include <utility>

#include "serve/gateway/pipeline_check.h"
#include "serve/gateway/rest_parameters.h"
#include "serve/gateway/rest_routes.h"
#include "serve/replies.h"

namespace racesim::serve {
namespace {

constexpr const char* kManifestPath = "/api/v1/runs/{run}/manifest";

using ProofAnswer = std::function<http::Response(const Resolvers& resolvers, const ListedRun& run)>;

/// Of a run of any scenario: by its name, or "live".
void answer_of_run(QueryThreads& queries, std::string name, const ProofAnswer& answer, http::Reply reply) {
  answer_by_query(queries, std::move(reply), [name = std::move(name), answer](const Resolvers& resolvers) {
    const Result<std::optional<ListedRun>> run = resolvers.find_run(Subject::any, name);
    if (!run) return problem_of(run.error());
    if (*run) return answer(resolvers, **run);
    const Error none = resolvers.run_named(Subject::any, name).error();
    return http::problem(404, none.what + "; " + none.hint);
  });
}

http::Response check_answer(const Resolvers& resolvers, const ListedRun& run) {
  const Result<PipelineCheck> check = check_pipeline(resolvers, run);
  return check ? json_answer(check_json(*check)) : problem_of(check.error());
}

http::Response manifest_answer(const Resolvers& resolvers, const ListedRun& run) {
  const Result<std::shared_ptr<const Manifest>> manifest = resolvers.manifest(run);
  if (!manifest) return problem_of(manifest.error());
  if (*manifest == nullptr)
    return http::problem(404, "the manifest of run " + run.run +
                                  " was not kept by this service; racesim run --manifest FILE writes one");
  return json_answer(format_manifest(**manifest));
}

http::Route get_route(const char* path, const char* summary, KnownParameters parameters) {
  http::Route route;
  route.method = "GET";
  route.path = path;
  route.summary = summary;
  route.answers = "application/json";
  route.parameters = std::move(parameters);
  return route;
}

}  // namespace

std::vector<http::Route> proof_routes(QueryThreads& queries) {
  const KnownParameters known{{"run", "8 hex digits, or live: the run of now or the last one [live]"}};
  http::Route check = get_route("/api/v1/pipeline/verify", "Whether every stage has what a run sent", known);
  check.handle = [&queries, known](const http::Request& request, http::Reply reply) {
    const Result<Parameters> parameters = read_query(request.head, known);
    if (!parameters) return reply.send(problem_of(parameters.error()));
    const std::string* const run = find_parameter(*parameters, "run");
    answer_of_run(queries, run == nullptr ? "live" : *run, check_answer, std::move(reply));
  };
  http::Route manifest =
      get_route(kManifestPath, "What a run was told and what it sent, for racesim verify", {});
  manifest.handle = [&queries](const http::Request& request, http::Reply reply) {
    const Result<Parameters> parameters = read_query(request.head, {});
    if (!parameters) return reply.send(problem_of(parameters.error()));
    answer_of_run(queries, std::string(http::path_part(kManifestPath, request.head.path, "run")),
                  manifest_answer, std::move(reply));
  };
  return {std::move(check), std::move(manifest)};
}

}  // namespace racesim::serve
