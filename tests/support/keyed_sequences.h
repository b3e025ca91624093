// A topic in memory: three partitions whose records have keys.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/verify_world.h"

namespace racesim::verify_test {

class KeyedSequences final : public ArrivedSequences {
 public:
  class Sequence final : public ArrivedSequence {
   public:
    Result<bool> read(ByteBuffer& to) override {
      if (given) return false;
      given = true;
      for (const std::string& line : lines) {
        to.reserve_more(line.size());
        std::copy(line.begin(), line.end(), to.data() + to.size());
        to.set_size(to.size() + line.size());
      }
      return true;
    }
    std::string place(std::uint64_t line, std::uint64_t) const override {
      return "offset " + std::to_string(line);
    }
    std::string name() const override { return "topic [" + std::to_string(number) + "]"; }
    bool has_keys() const override { return true; }
    std::string_view key(std::uint64_t line) override { return keys[line]; }
    std::vector<std::string> lines, keys;
    bool given = false;
    std::size_t number = 0;
  };

  /// All that was sent, as it was sent.
  explicit KeyedSequences(const SmallRun& run) {
    for (const SentLine& line : run.sent) add(run, line);
  }
  /// The events with these indices, dealt out in this order.
  KeyedSequences(const SmallRun& run, const std::vector<std::size_t>& order) {
    for (const std::size_t i : order) add(run, run.sent[i]);
  }
  std::vector<ArrivedSequence*> sequences() override { return {&all[0], &all[1], &all[2]}; }
  std::uint32_t sequence_of(std::uint32_t, std::string_view key) const override {
    return static_cast<std::uint32_t>(topic_hash(key) % all.size());
  }
  bool has_header() const override { return false; }

  std::array<Sequence, 3> all;

 private:
  void add(const SmallRun& run, const SentLine& line) {
    std::string key;
    run.truth->scenario->owners().append_key(line.stream, line.head.entity, key);
    const std::size_t number = sequence_of(line.stream, key);
    Sequence& sequence = all[number];
    sequence.number = number;
    sequence.lines.push_back(line.text);
    sequence.keys.push_back(key);
  }
};

}  // namespace racesim::verify_test
