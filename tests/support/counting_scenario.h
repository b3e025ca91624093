// A scenario of numbered events with slices of any size, and the encoder that writes just the number: what
// the parts of run/ need to be tested without a model.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/encoder.h"
#include "model/play.h"
#include "sim/scenario.h"

namespace racesim::test {

/// Event k of the run is the line "k". Slice i lasts `slice_ns` and holds sizes[i] events, spread evenly.
class CountingScenario final : public Scenario, public Owners, public Outlook {
 public:
  CountingScenario(std::vector<std::size_t> sizes, std::int64_t slice_ns, std::int64_t begin_ns = 0)
      : sizes_(std::move(sizes)), slice_ns_(slice_ns), begin_ns_(begin_ns) {}

  /// Called by workers before they render a slice.
  std::function<void(std::uint64_t index)> before_fill;
  /// Slices after the last size are empty and never end.
  bool endless = false;

  std::span<const StreamInfo> streams() const override { return streams_; }
  std::uint32_t shard_count() const override { return 1; }
  std::optional<std::uint32_t> shard_of(std::uint32_t) const override { return 0; }
  SliceGrid slices() const override {
    const auto length_ns = static_cast<std::int64_t>(sizes_.size()) * slice_ns_;
    return {begin_ns_, endless ? INT64_MAX : begin_ns_ + length_ns, slice_ns_};
  }
  const Owners& owners() const override { return *this; }
  const Outlook& outlook() const override { return *this; }
  std::uint64_t planned_events() const override { return first_event(sizes_.size()); }
  std::unique_ptr<racesim::Walk> walk(ShardRange, std::uint64_t) const override {
    return std::make_unique<Walk>(*this);
  }

  /// The lines of the events [first, last).
  static std::string text(std::uint64_t first, std::uint64_t last) {
    std::string all;
    for (std::uint64_t k = first; k < last; ++k) all += std::to_string(k) + "\n";
    return all;
  }
  std::string text() const { return text(0, planned_events()); }

 private:
  class Walk final : public racesim::Walk {
   public:
    explicit Walk(const CountingScenario& scenario) : scenario_(scenario) {}
    void fill(std::uint64_t index, RowConsumer& out) override { scenario_.fill(index, out); }

   private:
    const CountingScenario& scenario_;
  };

  std::uint64_t first_event(std::uint64_t slice) const {
    std::uint64_t first = 0;
    for (std::size_t i = 0; i < std::min<std::uint64_t>(slice, sizes_.size()); ++i) first += sizes_[i];
    return first;
  }

  void fill(std::uint64_t index, RowConsumer& out) const {
    constexpr std::size_t kRowsPerCall = 7;  // so that a slice takes several calls
    if (before_fill) before_fill(index);
    const std::size_t count = index < sizes_.size() ? sizes_[index] : 0;
    const std::uint64_t first = first_event(index);
    RowBatch rows(schema_info<PlayRow>());
    for (std::size_t done = 0; done < count; done += rows.size()) {
      rows.clear();
      rows.resize(std::min(kRowsPerCall, count - done));
      for (std::size_t i = done; i < done + rows.size(); ++i) {
        EventHead head;
        head.emit_time_ns = slices().at(index).begin_ns +
                            slice_ns_ * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(count);
        head.seq = first + i;
        rows.heads.push_back(head);
      }
      out.take(0, rows);
    }
  }

  std::array<StreamInfo, 1> streams_{StreamInfo{"counting", &schema_info<PlayRow>(), "counting"}};
  std::vector<std::size_t> sizes_;
  std::int64_t slice_ns_;
  std::int64_t begin_ns_;
};

class CountingEncoder final : public Encoder {
 public:
  void encode(const RowBatch& rows, WireBatch& out) const override {
    for (const EventHead& head : rows.heads) {
      const std::string line = std::to_string(head.seq) + "\n";
      out.text.reserve_more(line.size());
      line.copy(out.text.data() + out.text.size(), line.size());
      out.text.set_size(out.text.size() + line.size());
      out.ends.push_back(static_cast<std::uint32_t>(out.text.size()));
      out.heads.push_back(head);
    }
  }
};

}  // namespace racesim::test
