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

template <class Row, std::size_t I>
constexpr std::string_view path_of() {
  if constexpr (I < field_count<Row>)
    return std::get<I>(Schema<Row>::fields).path;
  else
    return {};
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

/// What JSON shows before field I; for I == field_count what ends the line.
template <class Row, std::size_t I>
constexpr Fragment json() {
  Fragment out;
  constexpr std::string_view here = path_of<Row, I>();
  std::size_t shared = 0;
  if constexpr (I == 0) {
    out.add("{");
  } else {
    constexpr std::string_view before = path_of<Row, I - 1>();
    if (scalar_quoted<Row, I - 1>()) out.add("\"");
    shared = I < field_count<Row> ? shared_levels(before, here) : 0;
    for (std::size_t level = depth(before); level > shared; --level) out.add("}");
    out.add(I < field_count<Row> ? "," : "}\n");
  }
  if constexpr (I < field_count<Row>) {
    std::size_t level = 0;
    std::size_t from = 0;
    for (std::size_t i = 0; i < here.size(); ++i) {
      if (here[i] != '.') continue;
      if (level++ >= shared) {
        out.add("\"");
        out.add(here.substr(from, i - from));
        out.add("\":{");
      }
      from = i + 1;
    }
    out.add("\"");
    out.add(here.substr(from));
    out.add("\":");
    if (scalar_quoted<Row, I>()) out.add("\"");
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
