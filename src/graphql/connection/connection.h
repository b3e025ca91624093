// The types of a cursor connection, declared for one type of row, and a page of rows as its resolver returns
// it.
//
//   declare_page_info(builder);                                         // once
//   declare_connection<Lap>(builder, "Lap", [](const Lap& lap) { return std::to_string(lap.seq); });
//   add_page_arguments(query.field("laps", "LapConnection!", "…", [](const Call& call, ValueWriter& to) ->
//   Done {
//     auto request = read_page_request(call.arguments, 100, 1000);
//     if (!request) return tl::make_unexpected(request.error());
//     to.object(&page);   // made by make_page() of request->count + 1 rows
//   }), 100);
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "graphql/connection/cursor.h"
#include "graphql/execute/value_writer.h"
#include "graphql/schema/builder.h"

namespace racesim::graphql {

/// Rows in the order of their keys.
template <class Row>
struct Page {
  std::vector<Row> rows;
  bool has_next = false;
  bool has_previous = false;
};

/// `found`: up to count + 1 rows that the request asks for (the one more says that there are more), nearest
/// first: in the order of keys going forward, against it going backward.
template <class Row>
Page<Row> make_page(const PageRequest& request, std::vector<Row> found) {
  Page<Row> page;
  const bool has_more = found.size() > request.count;
  if (has_more) found.resize(request.count);
  if (request.is_backward) std::reverse(found.begin(), found.end());
  page.rows = std::move(found);
  page.has_next = request.is_backward ? request.before.has_value() : has_more;
  page.has_previous = request.is_backward ? has_more : request.after.has_value();
  return page;
}

struct PageInfo {
  bool has_next = false;
  bool has_previous = false;
  std::string start, end;  ///< cursors; empty without rows
};

/// The type PageInfo, which all connections share.
void declare_page_info(SchemaBuilder& builder);

/// first, after, last and before; below the field everything comes `assumed` times if neither first nor last
/// is given.
FieldDef& add_page_arguments(FieldDef& field, std::uint32_t assumed);

/// The types NAMEConnection and NAMEEdge of the object type NAME, whose values are `Row`s; the former's are
/// Page<Row>s. `key(const Row&)` is the text that a cursor holds.
template <class Row, class KeyOf>
void declare_connection(SchemaBuilder& builder, const std::string& name, KeyOf key) {
  auto edge = builder.object<Row>(name + "Edge", "A row of a page, and where it is.");
  edge.field("cursor", "String!", "For `after` and `before`.",
             [key](const Row& row, const Call&, ValueWriter& to) { to.text(encode_cursor(key(row))); });
  edge.field("node", name + "!", "", [](const Row& row, const Call&, ValueWriter& to) { to.object(&row); });
  auto connection = builder.object<Page<Row>>(name + "Connection", "A page of a long list.");
  connection.field("edges", "[" + name + "Edge!]!", "The rows with their cursors.",
                   [](const Page<Row>& page, const Call&, ValueWriter& to) { to.objects(page.rows); });
  connection.field("nodes", "[" + name + "!]!", "The rows.",
                   [](const Page<Row>& page, const Call&, ValueWriter& to) { to.objects(page.rows); });
  connection.field("pageInfo", "PageInfo!", "What lies around the page.",
                   [key](const Page<Row>& page, const Call&, ValueWriter& to) {
                     PageInfo info{page.has_next, page.has_previous, {}, {}};
                     if (!page.rows.empty()) {
                       info.start = encode_cursor(key(page.rows.front()));
                       info.end = encode_cursor(key(page.rows.back()));
                     }
                     to.object(&info);
                   });
}

}  // namespace racesim::graphql
