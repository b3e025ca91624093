// JSON: read into values, and written by appending.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "graphql/values/value.h"

namespace racesim::graphql {

/// The deepest JSON that is read.
inline constexpr std::size_t JSON_DEPTH_MAX = 64;

/// A whole JSON text (ErrorKind::usage with its reason if it is not one). Of equal names in an object the
/// last one counts.
Result<Value> parse_json(std::string_view text);

/// With quotes. Bytes that are not UTF-8 become U+FFFD.
void append_json_text(std::string& out, std::string_view text);
void append_json_number(std::string& out, std::int64_t number);
/// The shortest text that reads back as the same number; null for what is not finite, which JSON cannot say.
void append_json_number(std::string& out, double number);
void append_json(std::string& out, const Value& value);

}  // namespace racesim::graphql
