// Encoded batches for tests of sinks, and a listener that notes what was acknowledged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/sink.h"
#include "model/batch.h"

namespace racesim::test {

/// A batch of these lines; each gets its '\n'. Event i is seq first_ordinal + i of owner 0.
inline SharedBatch make_batch(const std::vector<std::string>& lines, std::uint64_t first_ordinal = 0) {
  auto batch = std::make_shared<WireBatch>();
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
    batch->ends.push_back(static_cast<std::uint32_t>(text.size()));
    EventHead head;
    head.seq = first_ordinal + batch->heads.size();
    batch->heads.push_back(head);
  }
  batch->text.reserve_more(text.size());
  text.copy(batch->text.data(), text.size());
  batch->text.set_size(text.size());
  batch->first_ordinal = first_ordinal;
  return batch;
}

/// `count` lines of different lengths, about `mean_bytes` each, that hardly compress.
inline SharedBatch make_bulk_batch(std::size_t count, std::size_t mean_bytes,
                                   std::uint64_t first_ordinal = 0) {
  std::vector<std::string> lines;
  std::uint64_t state = first_ordinal * 2654435761u + 1;
  for (std::size_t i = 0; i < count; ++i) {
    std::string line = "event " + std::to_string(first_ordinal + i) + " ";
    const std::size_t length = mean_bytes / 2 + i % (mean_bytes + 1);
    while (line.size() < length) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      line += static_cast<char>('!' + (state >> 33) % 90);
    }
    lines.push_back(std::move(line));
  }
  return make_batch(lines, first_ordinal);
}

/// Counts acknowledged events and checks that they come in order and without a gap.
class AckLog final : public AckListener {
 public:
  void on_acked(const WireBatch& batch, std::size_t first, std::size_t last) override {
    in_order_ = in_order_ && batch.first_ordinal + first == next_ordinal_ && first < last;
    next_ordinal_ = batch.first_ordinal + last;
    ++calls_;
  }
  /// How many events were acked; valid while in_order().
  std::uint64_t events() const { return next_ordinal_; }
  bool in_order() const { return in_order_; }
  std::size_t calls() const { return calls_; }

 private:
  std::uint64_t next_ordinal_ = 0;
  std::size_t calls_ = 0;
  bool in_order_ = true;
};

/// sent, acked, failed as one value that gtest prints.
inline std::vector<std::uint64_t> tally(const Sink& sink) {
  const SinkCounters& c = sink.counters();
  return {c.sent.load(), c.acked.load(), c.failed.load()};
}

}  // namespace racesim::test
