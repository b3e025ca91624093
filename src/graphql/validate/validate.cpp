#include "graphql/validate/validate.h"

#include "graphql/validate/rules.h"

namespace racesim::graphql {

std::vector<QueryError> validate(const Schema& schema, const ast::Document& document) {
  Report report(document.text);
  check_operations(schema, document, report);
  check_fragments(document, report);
  const Walked walked = check_types(schema, document, report);
  check_variables(document, walked, report);
  check_overlaps(schema, document, report);
  return report.take();
}

}  // namespace racesim::graphql
