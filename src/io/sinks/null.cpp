#include "io/sinks/null.h"

namespace racesim {
namespace {

class NullSink final : public Sink {
 public:
  explicit NullSink(AckListener* acks) : acks_(acks) {}

  std::string name() const override { return "null"; }

  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override {
    if (first >= last) return {};
    counters_.sent.fetch_add(last - first, std::memory_order_relaxed);
    if (abandoned_.load(std::memory_order_acquire)) {
      counters_.failed.fetch_add(last - first, std::memory_order_relaxed);
      return {};
    }
    counters_.acked.fetch_add(last - first, std::memory_order_relaxed);
    counters_.bytes.fetch_add(batch->lines(first, last).size(), std::memory_order_relaxed);
    if (acks_ != nullptr) acks_->on_acked(*batch, first, last);
    return {};
  }

  Done close() override { return {}; }
  void abandon() override { abandoned_.store(true, std::memory_order_release); }

 private:
  AckListener* acks_;
  std::atomic<bool> abandoned_{false};
};

}  // namespace

std::unique_ptr<Sink> make_null_sink(AckListener* acks) {
  return std::make_unique<NullSink>(acks);
}

}  // namespace racesim
