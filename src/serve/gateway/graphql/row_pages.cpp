#include "serve/gateway/graphql/row_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/time_text.h"

namespace racesim::serve {
namespace {

/// Rows that are looked through for a page that does not begin at a moment.
constexpr std::size_t kRowsMost = 200'000;
constexpr char kSeparator = '\x1f';

/// Texts that are ordered as the rows are.
std::string key_of(const HistoryRows& rows, std::size_t row, const RowOrder& order) {
  std::string key;
  for (const std::string& name : order.columns) {
    const int column = rows.column(name);
    if (column < 0) continue;
    const auto place = static_cast<std::size_t>(column);
    const HistoryValue value = rows.at(row, place);
    if (rows.columns[place].is_number())
      key += fmt::format("{:020}", static_cast<std::uint64_t>(value.number) ^ (std::uint64_t{1} << 63));
    else
      key += value.text;
    key += kSeparator;
  }
  return key;
}

/// Rows that are alike are told apart by their number.
void number_keys(std::vector<std::string>& keys) {
  std::unordered_map<std::string, unsigned> counts;
  for (std::string& key : keys) key += fmt::format("{:06}", counts[key]++);
}

std::optional<std::int64_t> moment_of(const std::optional<std::string>& key) {
  if (!key) return std::nullopt;
  const Result<std::int64_t> time_ns = parse_datetime(key->substr(0, key->find(kSeparator)), "UTC");
  return time_ns ? std::optional(*time_ns / 1000) : std::nullopt;
}

bool is_asked(const std::string& key, const graphql::PageRequest& request) {
  return (!request.after || key > *request.after) && (!request.before || key < *request.before);
}

std::unique_ptr<RowSet> with_keys(const RowType& type, const RowOrder& order, HistoryRows rows) {
  std::unique_ptr<RowSet> set = type.bind(std::move(rows));
  for (std::size_t row = 0; row < set->refs.size(); ++row) set->keys.push_back(key_of(set->rows, row, order));
  number_keys(set->keys);
  for (std::size_t row = 0; row < set->refs.size(); ++row) set->refs[row].key = &set->keys[row];
  return set;
}

}  // namespace

Result<RowPage> read_page(const RowType& type, const RowOrder& order, const graphql::PageRequest& request,
                          const FetchRows& fetch) {
  const bool goes_on = order.by_time && !request.is_backward;
  std::optional<std::int64_t> from_us = goes_on ? moment_of(request.after) : std::nullopt;
  for (std::size_t limit = goes_on ? request.count + 1 : kRowsMost;; limit *= 4) {
    Result<HistoryRows> rows = fetch(from_us, limit);
    if (!rows) return tl::make_unexpected(rows.error());
    const bool is_all = rows->size() < limit && !rows->next;
    RowPage result{with_keys(type, order, std::move(*rows)), {}};
    std::vector<TypedRow> found;
    for (const TypedRow& row : result.set->refs)
      if (is_asked(*row.key, request)) found.push_back(row);
    // A moment with many rows that lie before the cursor: more of them have to be read.
    if (goes_on && !is_all && found.size() <= request.count && limit < kRowsMost) continue;
    if (request.is_backward && !is_all)
      return fail(ErrorKind::usage,
                  fmt::format("a page from the end would have to pass more than {} rows", kRowsMost),
                  "give from, or go forward with first and after");
    std::sort(found.begin(), found.end(),
              [](const TypedRow& a, const TypedRow& b) { return *a.key < *b.key; });
    if (request.is_backward) std::reverse(found.begin(), found.end());
    if (found.size() > request.count + 1) found.resize(request.count + 1);
    result.page = graphql::make_page(request, std::move(found));
    return result;
  }
}

}  // namespace racesim::serve
