// The library's door: text → a prepared document → answers.
//
//   auto prepared = prepare(schema, text, limits);                // once for each text; may be kept and
//   shared Answer answer = execute(schema, *prepared, {.variables = …, .context = &service}); answer.body //
//   {"data":{…}} or {"errors":[…],"data":…}
//
// A subscription is prepared likewise; subscribe() says which source is wanted, and each event of it is
// executed with execute_event().
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graphql/execute/limits.h"
#include "graphql/execute/query_error.h"
#include "graphql/language/ast.h"
#include "graphql/schema/schema.h"
#include "graphql/values/value.h"

namespace racesim::graphql {

/// A document that was parsed and validated. Does not change: threads may share it and execute it at the same
/// time.
struct Prepared {
  std::shared_ptr<const ast::Document> document;  ///< null if the text is no document
  std::vector<QueryError> errors;  ///< of syntax and validation; it can be executed if there are none
};

std::shared_ptr<const Prepared> prepare(const Schema& schema, std::string text, const Limits& limits);

/// What comes with a document in a request.
struct Request {
  std::optional<std::string> operation_name = {};
  Value variables = {};        ///< null or an object
  void* context = nullptr;     ///< what resolvers find in Call::context
  const void* root = nullptr;  ///< the parent of root fields
  Limits limits = {};
};

struct Answer {
  std::string body;       ///< JSON
  bool has_data = false;  ///< false: nothing was executed; over HTTP that is the client's fault (400)
  std::vector<QueryError> errors;
};

/// The kind of the operation that a request means; nothing if it means none, which execute() says.
std::optional<ast::OperationKind> operation_kind(const Prepared& prepared,
                                                 const std::optional<std::string>& name);

/// Executes a query or a mutation; a subscription's selection too, with `root` as its one event. `memory` is
/// the body of an earlier answer, which saves growing a new one.
Answer execute(const Schema& schema, const Prepared& prepared, const Request& request,
               std::string memory = {});

/// A subscription that was begun. Needs the schema that it was made with.
struct Subscription {
  std::shared_ptr<const Prepared> prepared;
  const ast::Operation* operation = nullptr;
  Variables variables;
  std::string field;    ///< the name of the source
  Arguments arguments;  ///< and what it was asked for
};

/// Nothing but the errors' body if the operation is no subscription or may not be executed.
tl::expected<Subscription, Answer> subscribe(const Schema& schema, std::shared_ptr<const Prepared> prepared,
                                             const Request& request);

/// The answer for one event, which is the parent that the source field's resolver gets.
Answer execute_event(const Schema& schema, const Subscription& subscription, const void* event, void* context,
                     std::string memory = {});

}  // namespace racesim::graphql
