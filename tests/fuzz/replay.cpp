// Tries the inputs of a corpus, a line of hexadecimal digits each: fuzz_NAME CORPUS…
#include <charconv>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "target.h"

namespace {

std::optional<std::vector<std::uint8_t>> bytes_of(const std::string& line) {
  std::vector<std::uint8_t> bytes(line.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char* const at = line.data() + 2 * i;
    if (std::from_chars(at, at + 2, bytes[i], 16).ptr != at + 2) return std::nullopt;
  }
  if (line.size() % 2 != 0) return std::nullopt;
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t tried = 0;
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i]);
    for (std::string line; std::getline(file, line);) {
      const auto bytes = bytes_of(line);
      if (!bytes) {
        std::cerr << argv[i] << ": a line is no hexadecimal text: " << line.substr(0, 80) << "\n";
        return 2;
      }
      LLVMFuzzerTestOneInput(bytes->data(), bytes->size());
      ++tried;
    }
  }
  std::cout << tried << " inputs\n";
  return tried > 0 ? 0 : 2;
}
