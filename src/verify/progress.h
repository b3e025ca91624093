// What is told of a comparison while it goes on.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace racesim {

/// Called now and then, some thousand events apart, by the thread that compares: lines that were read, and
/// events that are to arrive, where that is known. May be empty.
using VerifyProgress = std::function<void(std::uint64_t lines, std::optional<std::uint64_t> expected)>;

}  // namespace racesim
