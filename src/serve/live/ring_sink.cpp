#include "serve/live/ring_sink.h"

#include <utility>

namespace racesim::serve {
namespace {

class RingSink final : public Sink {
 public:
  RingSink(EventRing& ring, const EventForms& forms, AckListener* acks) : ring_(ring), acks_(acks) {
    forms_.run = forms.run;
    forms_.schemas = forms.schemas;
  }

  std::string name() const override { return "live"; }

  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override {
    if (first >= last) return {};
    // Batches know their streams' names, which are the same for all of a run.
    if (shared_ == nullptr) {
      for (const StreamTag& stream : *batch->streams) forms_.stream_names.push_back(stream.name);
      shared_ = std::make_shared<const LiveForms>(std::move(forms_));
    }
    counters_.sent.fetch_add(last - first, std::memory_order_relaxed);
    ring_.append(shared_, *batch, first, last);
    counters_.acked.fetch_add(last - first, std::memory_order_relaxed);
    counters_.bytes.fetch_add(batch->lines(first, last).size(), std::memory_order_relaxed);
    if (acks_ != nullptr) acks_->on_acked(*batch, first, last);
    return {};
  }

  Done close() override {
    ring_.end_run();
    return {};
  }
  void abandon() override {}

 private:
  EventRing& ring_;
  AckListener* const acks_;
  LiveForms forms_;
  std::shared_ptr<const LiveForms> shared_;
};

}  // namespace

std::unique_ptr<Sink> make_ring_sink(EventRing& ring, const EventForms& forms, AckListener* acks) {
  return std::make_unique<RingSink>(ring, forms, acks);
}

}  // namespace racesim::serve
