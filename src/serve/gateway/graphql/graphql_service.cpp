#include "serve/gateway/graphql/graphql_service.h"

#include "graphql/values/json.h"

namespace racesim::serve {
namespace {

constexpr std::size_t kKeptMost = 256;
/// A longer document is prepared anew each time: what is kept stays small.
constexpr std::size_t kKeptBytesMost = std::size_t{16} << 10;

}  // namespace

std::shared_ptr<const graphql::Prepared> GraphqlService::prepare(const std::string& text) {
  if (text.size() > kKeptBytesMost) return graphql::prepare(*schema_.schema, text, {});
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = places_.find(text); known != places_.end()) {
      kept_.splice(kept_.begin(), kept_, known->second);
      return known->second->second;
    }
  }
  std::shared_ptr<const graphql::Prepared> prepared = graphql::prepare(*schema_.schema, text, {});
  const std::lock_guard lock(mutex_);
  if (places_.find(text) == places_.end()) {
    kept_.emplace_front(text, prepared);
    places_[text] = kept_.begin();
    if (kept_.size() > kKeptMost) {
      places_.erase(kept_.back().first);
      kept_.pop_back();
    }
  }
  return prepared;
}

graphql::Answer GraphqlService::execute(const graphql::Prepared& prepared, const GraphqlRequest& request,
                                        const Resolvers& resolvers) const {
  GraphqlContext context{resolvers, control_};
  return graphql::execute(
      *schema_.schema, prepared,
      {.operation_name = request.operation_name, .variables = request.variables, .context = &context});
}

tl::expected<graphql::Subscription, graphql::Answer> GraphqlService::subscribe(
    std::shared_ptr<const graphql::Prepared> prepared, const GraphqlRequest& request,
    const Resolvers& resolvers) const {
  GraphqlContext context{resolvers, control_};
  return graphql::subscribe(
      *schema_.schema, std::move(prepared),
      {.operation_name = request.operation_name, .variables = request.variables, .context = &context});
}

graphql::Answer GraphqlService::execute_event(const graphql::Subscription& subscription, const void* event,
                                              const Resolvers& resolvers) const {
  GraphqlContext context{resolvers, control_};
  return graphql::execute_event(*schema_.schema, subscription, event, &context);
}

std::string graphql_error(std::string_view message) {
  std::string body = R"({"errors":[{"message":)";
  graphql::append_json_text(body, message);
  return body += "}]}";
}

}  // namespace racesim::serve
