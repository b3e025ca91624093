// The parameters of the gateway's paths, read and judged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "serve/replies.h"

namespace racesim::serve {

http::RouteParameter from_parameter();
http::RouteParameter to_parameter();

/// A moment of event time, UTC without an offset; none: it is not given. In microseconds since 1970.
Result<std::optional<std::int64_t>> read_moment(const Parameters& parameters, std::string_view name);
/// A whole number from 0 on; none: it is not given.
Result<std::optional<std::int64_t>> read_whole(const Parameters& parameters, std::string_view name);
/// 1 or 0; false where it is not given.
Result<bool> read_flag(const Parameters& parameters, std::string_view name);
/// "200ms" in microseconds; 0 where it is not given.
Result<std::int64_t> read_every(const Parameters& parameters);
/// Texts between commas.
std::vector<std::string> read_list(const Parameters& parameters, std::string_view name);
/// Empty where it is not given.
std::string read_text(const Parameters& parameters, std::string_view name);

}  // namespace racesim::serve
