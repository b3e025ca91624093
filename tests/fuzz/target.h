// What a fuzz target is: one function that takes any bytes, and ends the program if what it tries does not
// hold.
//
// Each target is a program of its own. Built as all other tests it tries the inputs of
// tests/fuzz/corpus/NAME.txt (replay.cpp); scripts/fuzz builds it with libFuzzer, which looks for further
// ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace racesim::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program if `holds` is false.
inline void must_hold(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace racesim::fuzz
