#include "run/generate/generator.h"

namespace racesim {
namespace {

/// Encodes rendered rows while they are still in the cache.
class EncodingConsumer final : public RowConsumer {
 public:
  EncodingConsumer(const std::vector<const Encoder*>& encoders, WireBatch& out)
      : encoders_(encoders), out_(out) {}
  void take(std::uint32_t stream, const RowBatch& rows) override {
    if (stream != last_) out_.spans.push_back({static_cast<std::uint32_t>(out_.size()), stream});
    last_ = stream;
    encoders_[stream]->encode(rows, out_);
  }

 private:
  const std::vector<const Encoder*>& encoders_;
  WireBatch& out_;
  std::uint32_t last_ = 0;
};

std::shared_ptr<const std::vector<StreamTag>> tags_of(const Scenario& scenario,
                                                      const std::vector<const Encoder*>& encoders) {
  auto tags = std::make_shared<std::vector<StreamTag>>();
  for (std::size_t i = 0; i < encoders.size(); ++i) {
    const StreamInfo& stream = scenario.streams()[i];
    const auto append_key = [&owners = scenario.owners(), index = static_cast<std::uint32_t>(i)](
                                std::uint32_t entity, std::string& out) {
      owners.append_key(index, entity, out);
    };
    tags->push_back(
        {std::string(stream.name), std::string(stream.topic), encoders[i]->id_rule(), append_key});
  }
  return tags;
}

}  // namespace

Generator::Generator(const Scenario& scenario, std::vector<const Encoder*> encoders, ShardRange shards,
                     std::uint32_t run, unsigned threads, std::uint64_t first_slice)
    : slices_(scenario.slices()),
      encoders_(std::move(encoders)),
      tags_(tags_of(scenario, encoders_)),
      run_(run),
      threads_(threads),
      walk_(scenario.walk(shards, first_slice)),
      window_(threads + kSlicesAhead),
      next_claim_(first_slice),
      next_read_(first_slice),
      read_(first_slice) {}

Generator::~Generator() {
  cancel();
  for (std::thread& worker : workers_) worker.join();
}

Done Generator::start() {
  try {
    for (unsigned i = 0; i < threads_; ++i) workers_.emplace_back([this] { work(); });
  } catch (const std::exception& e) {
    return fail(ErrorKind::runtime,
                "start thread " + std::to_string(workers_.size() + 1) + " of " + std::to_string(threads_) +
                    " that make events: " + e.what(),
                "lower --threads, or raise the limits of memory and processes (ulimit -v, ulimit -u)");
  }
  return {};
}

std::optional<Error> Generator::error() const {
  const std::scoped_lock lock(mutex_);
  return error_;
}

void Generator::cancel() {
  const std::scoped_lock lock(mutex_);
  cancelled_ = true;
  ready_.notify_all();
  room_.notify_all();
}

std::optional<std::uint64_t> Generator::claim() {
  std::unique_lock lock(mutex_);
  if (next_claim_ >= next_read_ + window_.size())
    room_.wait(lock, [&] { return cancelled_ || next_claim_ + kBurst <= next_read_ + window_.size(); });
  if (cancelled_ || next_claim_ >= slices_.count()) return std::nullopt;
  return next_claim_++;
}

std::shared_ptr<WireBatch> Generator::render(std::uint64_t slice) {
  std::shared_ptr<WireBatch> batch = pool_->take();
  batch->run = run_;
  batch->streams = tags_;
  EncodingConsumer consumer(encoders_, *batch);
  walk_->fill(slice, consumer);
  return batch;
}

bool Generator::has_burst() const {
  for (std::uint64_t slice = next_read_; slice < next_read_ + kBurst; ++slice) {
    if (slice >= slices_.count()) return true;
    if (!window_[slice % window_.size()]) return false;
  }
  return true;
}

void Generator::work() {
  std::string why;
  try {
    return render_all();
  } catch (const std::bad_alloc&) {
    why = "out of memory";
  } catch (const std::exception& e) {
    why = e.what();
  }
  {
    const std::scoped_lock lock(mutex_);
    if (!error_)
      error_ = Error{ErrorKind::runtime, "make events: " + why,
                     "lower --threads, or raise the limit of memory (ulimit -v)"};
  }
  cancel();
}

void Generator::render_all() {
  while (const auto slice = claim()) {
    std::shared_ptr<WireBatch> batch = render(*slice);
    const std::scoped_lock lock(mutex_);
    window_[*slice % window_.size()] = std::move(batch);
    if (reader_waits_ && has_burst()) ready_.notify_one();
  }
}

std::shared_ptr<WireBatch> Generator::next() {
  if (at_end()) return nullptr;
  std::unique_lock lock(mutex_);
  auto& slot = window_[next_read_ % window_.size()];
  if (!slot) {
    reader_waits_ = true;
    ready_.wait(lock, [&] { return cancelled_ || has_burst(); });
    reader_waits_ = false;
  }
  if (cancelled_) return nullptr;
  std::shared_ptr<WireBatch> batch = std::move(slot);
  slot = nullptr;
  read_ = ++next_read_;
  if (next_claim_ + kBurst <= next_read_ + window_.size()) room_.notify_all();
  return batch;
}

}  // namespace racesim
