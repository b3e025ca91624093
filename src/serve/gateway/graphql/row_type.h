// GraphQL types made from the schemas of rows: a field more in a row is one more here.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "graphql/schema/builder.h"
#include "model/schema.h"
#include "serve/history/history_rows.h"

namespace racesim::serve {

/// "lap_time_s" → "lapTimeS", "location.lat" → "locationLat", "rate-hz" → "rateHz".
std::string camel_name(std::string_view path);
/// "road_type" → "RoadType".
std::string pascal_name(std::string_view path);

/// What the resolvers of a row type get as their parent.
struct TypedRow {
  const HistoryRows* rows = nullptr;
  std::size_t row = 0;
  const std::vector<int>* columns = nullptr;  ///< of each field of the type; -1: the rows have none
  const std::string* key = nullptr;           ///< for cursors; null where nobody asks
};

/// Rows of one type, ready to be written. Does not move while somebody reads it.
struct RowSet {
  HistoryRows rows;
  std::vector<int> columns;
  std::vector<std::string> keys;
  std::vector<TypedRow> refs;
};

struct RowTypeOptions {
  std::string description;
  bool may_miss = false;            ///< any field may be null: clients choose fields, sources differ
  bool spread = false;              ///< with FIELDMin and FIELDMax of numbers
  std::vector<std::string> more{};  ///< names of further text columns
};

/// Names that several row types share.
class RowTypeNames {
 public:
  /// Declares the scalars that rows need. `taken`: names of types that are no enumerations.
  RowTypeNames(graphql::SchemaBuilder& builder, std::set<std::string> taken);
  /// The type of an enumeration, which is declared with its first use; "String" where its values cannot be
  /// names.
  std::string enumeration(graphql::SchemaBuilder& builder, const std::string& owner, const FieldInfo& field);

 private:
  std::map<const std::string_view*, std::string> enumerations_;  // by where their names lie
  std::set<std::string> taken_;
};

/// One type; lives as long as the schema.
class RowType {
 public:
  /// Declares the object type `name`.
  RowType(graphql::SchemaBuilder& builder, RowTypeNames& names, std::string name, const SchemaInfo& schema,
          const RowTypeOptions& options);

  const std::string& name() const { return name_; }
  /// Columns that the request asks for, or of these the numbers.
  std::vector<std::string> asked_columns(const graphql::Call& call, bool only_numbers) const;
  /// Does it ask for the least or the greatest values of buckets?
  bool asks_spread(const graphql::Call& call) const;
  std::unique_ptr<RowSet> bind(HistoryRows rows) const;

 private:
  struct Member {
    std::string column, field;
    bool is_spread = false, is_number = false;
  };
  Member& add_field(graphql::FieldsOf<TypedRow>& type, std::string column, std::string of,
                    std::string description);
  std::string base_type(graphql::SchemaBuilder& builder, RowTypeNames& names, const FieldInfo& field) const;

  std::string name_;
  std::vector<Member> members_;
};

}  // namespace racesim::serve
