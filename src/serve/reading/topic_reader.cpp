#include "serve/reading/topic_reader.h"

#include <utility>

#include "run/rows/block_decoder.h"
#include "serve/reading/shown_decoder.h"
#include "serve/reading/unkept_target.h"

namespace racesim::serve {

TopicReader::TopicReader(SourceRequest source, std::optional<StorePlan> store, LiveFeed& feed, Clock& clock,
                         std::function<void(const Error&)> warn)
    : source_(std::move(source)),
      store_(std::move(store)),
      feed_(feed),
      clock_(clock),
      warn_(std::move(warn)) {}

TopicReader::~TopicReader() {
  abandon();
  close();
}

Result<std::unique_ptr<Ingest>> TopicReader::make_ingest() {
  Result<std::unique_ptr<BlockDecoder>> decoder = BlockDecoder::make({});
  if (!decoder) return tl::make_unexpected(decoder.error());
  std::unique_ptr<BlockDecoder> shown = show_decoded(std::move(*decoder), feed_);
  std::unique_ptr<Store> store;
  if (store_) {
    Result<std::unique_ptr<Store>> opened = store_->store->open(store_->options);
    if (!opened) return tl::make_unexpected(opened.error());
    store = std::move(*opened);
  }
  source_.store_keeps_positions = store != nullptr && store->is_exact();
  Result<std::unique_ptr<Source>> source = make_source(source_);
  if (!source) return tl::make_unexpected(source.error());
  IngestConfig config = store_ ? store_->config : IngestConfig();
  config.commit_at_once = store == nullptr;
  if (store != nullptr)
    return std::make_unique<Ingest>(config, std::move(*source), std::move(store), std::move(shown), clock_);
  return std::make_unique<Ingest>(config, std::move(*source), make_unkept_target(), std::move(shown), clock_);
}

Done TopicReader::open() {
  Result<std::unique_ptr<Ingest>> made = make_ingest();
  if (!made) return tl::make_unexpected(made.error());
  if (Done ok = (*made)->open(); !ok) return ok;
  ingest_ = std::move(*made);
  ingest_->start();
  thread_ = std::thread([this] {
    const IngestResult result = ingest_->wait();
    if (result.error) warn_(*result.error);
    const std::lock_guard lock(mutex_);
    ended_ = true;
    error_ = result.error;
  });
  return {};
}

ReadingStatus TopicReader::status() const {
  ReadingStatus now;
  if (ingest_ == nullptr) return now;
  now.name = ingest_->source().name();
  now.ingest = ingest_->status();
  const std::lock_guard lock(mutex_);
  now.reads = !ended_ && !now.ingest.stopping;
  now.error = error_;
  return now;
}

void TopicReader::stop() {
  if (ingest_ != nullptr) ingest_->stop();
}

void TopicReader::abandon() {
  if (ingest_ != nullptr) ingest_->abandon();
}

void TopicReader::close() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace racesim::serve
