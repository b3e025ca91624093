// The constant text between the values of a row, built at compile time from its schema: closing quote and
// braces of the field before, comma, opening braces, key, opening quote.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/schema.h"

namespace racesim::fragments {

inline constexpr std::size_t kLimit = 160;  ///< bytes of one fragment; a longer key does not compile

/// Padded with zeros to a multiple of 16, so that it can be copied in blocks.
struct Fragment {
  std::array<char, kLimit> text{};
  std::size_t size = 0;

  constexpr void add(std::string_view s) {
    for (const char c : s) text[size++] = c;
  }
};

template <class Row>
inline constexpr std::size_t field_count = std::tuple_size_v<decltype(Schema<Row>::fields)>;

template <class Row, std::size_t I>
constexpr auto member_type(const std::tuple_element_t<I, decltype(Schema<Row>::fields)>&) ->
    typename std::remove_cvref_t<decltype(std::declval<Row>().*(std::get<I>(Schema<Row>::fields).member))>;

template <class Row, std::size_t I>
using Member = decltype(member_type<Row, I>(std::get<I>(Schema<Row>::fields)));

/// True where JSON shows the value between quotes.
constexpr bool is_quoted(FieldType type) {
  return type != FieldType::signed_int && type != FieldType::unsigned_int && type != FieldType::boolean;
}
template <class Row, std::size_t I>
constexpr bool scalar_quoted() {
  using Traits = schema_detail::ListTraits<Member<Row, I>>;
  return Traits::limit == 0 && is_quoted(schema_detail::type_of<typename Traits::Item>());
}

/// Levels that `a` and `b` share above their last key: "x.y.a" and "x.y.b" share two.
constexpr std::size_t shared_levels(std::string_view a, std::string_view b) {
  std::size_t levels = 0;
  for (std::size_t i = 0; i < a.size() && i < b.size() && a[i] == b[i]; ++i)
    if (a[i] == '.') ++levels;
  return levels;
}
constexpr std::size_t depth(std::string_view path) {
  std::size_t dots = 0;
  for (const char c : path) dots += c == '.';
  return dots;
}

/// A field as the text around it sees it.
struct Neighbour {
  std::string_view path;
  bool quoted;  ///< a scalar that JSON shows between quotes
};

/// Adds what JSON shows between two fields; null: the line begins or ends there.
template <class Out>
constexpr void add_json(Out& out, const Neighbour* before, const Neighbour* here) {
  std::size_t shared = 0;
  if (before == nullptr) {
    out.add("{");
  } else {
    if (before->quoted) out.add("\"");
    if (here != nullptr) shared = shared_levels(before->path, here->path);
    for (std::size_t level = depth(before->path); level > shared; --level) out.add("}");
    out.add(here != nullptr ? "," : "}\n");
  }
  if (here == nullptr) return;
  std::size_t level = 0;
  std::size_t from = 0;
  for (std::size_t i = 0; i < here->path.size(); ++i) {
    if (here->path[i] != '.') continue;
    if (level++ >= shared) {
      out.add("\"");
      out.add(here->path.substr(from, i - from));
      out.add("\":{");
    }
    from = i + 1;
  }
  out.add("\"");
  out.add(here->path.substr(from));
  out.add("\":");
  if (here->quoted) out.add("\"");
}

/// The same of CSV, where only the ends count.
template <class Out>
constexpr void add_csv(Out& out, const Neighbour* before, const Neighbour* here) {
  if (here == nullptr)
    out.add("\n");
  else if (before != nullptr)
    out.add(",");
}

template <class Row, std::size_t I>
constexpr Neighbour neighbour() {
  return {std::get<I>(Schema<Row>::fields).path, scalar_quoted<Row, I>()};
}

/// What JSON shows before field I; for I == field_count what ends the line.
template <class Row, std::size_t I>
constexpr Fragment json() {
  Fragment out;
  if constexpr (I == 0) {
    constexpr Neighbour here = neighbour<Row, 0>();
    add_json(out, nullptr, &here);
  } else if constexpr (I == field_count<Row>) {
    constexpr Neighbour before = neighbour<Row, I - 1>();
    add_json(out, &before, nullptr);
  } else {
    constexpr Neighbour before = neighbour<Row, I - 1>();
    constexpr Neighbour here = neighbour<Row, I>();
    add_json(out, &before, &here);
  }
  return out;
}

/// What CSV shows before field I: a comma, or at the end the line end.
template <class Row, std::size_t I>
constexpr Fragment csv() {
  Fragment out;
  if (I == field_count<Row>)
    out.add("\n");
  else if (I > 0)
    out.add(",");
  return out;
}

}  // namespace racesim::fragments
