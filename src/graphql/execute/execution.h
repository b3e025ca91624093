// One execution of one operation.
#pragma once

#include <string>
#include <vector>

#include "graphql/execute/plan.h"
#include "graphql/execute/query_error.h"
#include "graphql/execute/value_writer.h"

namespace racesim::graphql {

/// All that it is given must outlive it. Used by one thread.
class Execution {
 public:
  /// One more says that there were more.
  static constexpr std::size_t ERRORS_MAX = 1'000;

  Execution(const Schema& schema, const ast::Document& document, const Variables& variables, void* context)
      : schema_(schema),
        document_(document),
        locator_(document.text),
        planner_(schema, document, variables),
        context_(context) {}

  /// Appends the value of `data` to `out`; what went wrong is in errors().
  void run(const ast::Operation& operation, const void* root, std::string& out);

  std::vector<QueryError>& errors() { return errors_; }

 private:
  friend class ValueWriter;
  friend class ListWriter;
  friend struct Call;

  /// False if the whole object has to become null.
  bool write_fields(SelectionPlan& plan, const void* parent, const PathLink* path);
  bool write_field(PlannedField& field, const void* parent, const PathLink* path_above);
  void add_error(std::string message, const PlannedField& field, const PathLink& path);
  void add_error(const PlannedError& error, const PathLink* path);
  void add_error(QueryError error);

  const Schema& schema_;
  const ast::Document& document_;
  Locator locator_;
  Planner planner_;
  void* context_;
  std::string* out_ = nullptr;
  std::vector<QueryError> errors_;
};

}  // namespace racesim::graphql
