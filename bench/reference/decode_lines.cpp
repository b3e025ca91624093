// What bench/decode.py measures: all lines of a file to rows, in memory, with all that ingest asks of a
// record. Usage: decode_lines FILE ROUNDS. Prints {"rows", "refused", "processor_s"} of all rounds.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "run/rows/block_decoder.h"

namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

/// The lines of `text`, cut into blocks as a source hands them out.
std::vector<racesim::RecordBlock> blocks_of(std::string_view text) {
  std::vector<racesim::RecordBlock> blocks;
  while (!text.empty()) {
    std::size_t size = text.size();
    if (size > kBlockBytes) size = text.rfind('\n', kBlockBytes) + 1;
    racesim::RecordBlock& block = blocks.emplace_back();
    block.text.reserve_more(size + racesim::kBlockReadAhead);
    std::memcpy(block.text.data(), text.data(), size);
    block.text.set_size(size);
    for (std::size_t at = 0; at < size; ++at) {
      at = text.find('\n', at);
      block.ends.push_back(static_cast<std::uint32_t>(at + 1));
      block.offsets.push_back(0);
    }
    text.remove_prefix(size);
  }
  return blocks;
}

double processor_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: decode_lines FILE ROUNDS\n", stderr);
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  auto decoder = racesim::BlockDecoder::make({});
  if (text.empty() || text.back() != '\n' || !decoder) {
    std::fputs("decode_lines: no lines\n", stderr);
    return 1;
  }
  const auto blocks = blocks_of(text);
  racesim::DecodedBlock out;
  std::uint64_t rows = 0, refused = 0;
  const double begin_s = processor_s();
  for (int round = 0; round < std::atoi(argv[2]); ++round) {
    for (const racesim::RecordBlock& block : blocks) {
      (*decoder)->decode(block, {}, out);
      for (const auto& part : out.parts) rows += part->rows.size();
      refused += out.rejects.size();
    }
  }
  std::printf("{\"rows\": %llu, \"refused\": %llu, \"processor_s\": %.6f}\n",
              static_cast<unsigned long long>(rows), static_cast<unsigned long long>(refused),
              processor_s() - begin_s);
  return 0;
}
