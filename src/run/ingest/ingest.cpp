#include "run/ingest/ingest.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

namespace racesim {
namespace {

constexpr int kPull_ms = 100;  ///< how soon the reader sees that a resync is wanted
/// While the store is slow: how often the source is tended.
constexpr std::int64_t kTend_ns = 200'000'000;
constexpr std::int64_t kLookUpPause_ns = 200'000'000;  ///< before a store is asked again

}  // namespace

Ingest::Ingest(IngestConfig config, std::unique_ptr<Source> source, std::unique_ptr<Store> store,
               std::unique_ptr<BlockDecoder> decoder, Clock& clock)
    : config_(std::move(config)),
      source_(std::move(source)),
      target_(std::make_unique<Transaction>(*source_, std::move(store), config_.on_invalid)),
      decoder_(std::move(decoder)),
      clock_(clock),
      writer_(config_, *source_, *target_, queue_, clock) {}

Ingest::Ingest(IngestConfig config, std::unique_ptr<Source> source, std::unique_ptr<WorkTarget> target,
               std::unique_ptr<BlockDecoder> decoder, Clock& clock)
    : config_(std::move(config)),
      source_(std::move(source)),
      target_(std::move(target)),
      decoder_(std::move(decoder)),
      clock_(clock),
      writer_(config_, *source_, *target_, queue_, clock) {}

Ingest::~Ingest() {
  if (!started_) return;
  abandon();
  if (reader_thread_.joinable()) reader_thread_.join();
  if (writer_thread_.joinable()) writer_thread_.join();
}

void Ingest::share_decoding(std::unique_ptr<BlockDecoder> decoder) {
  if (config_.on_invalid == OnInvalid::fail) return;
  second_decoder_ = std::move(decoder);
  writer_.decode_with(*second_decoder_);
}

Done Ingest::open() {
  return source_->open(*this);
}

void Ingest::start() {
  begin_ns_ = clock_.now_ns();
  started_ = true;
  running_ = 2;
  const auto finish = [this] {
    const std::scoped_lock lock(mutex_);
    if (--running_ == 0) end_ns_ = clock_.now_ns();
    ended_.notify_all();
  };
  writer_thread_ = std::thread([this, finish] {
    writer_.run();
    finish();
  });
  reader_thread_ = std::thread([this, finish] {
    read();
    finish();
  });
}

bool Ingest::wait_for(std::int64_t ns) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, std::chrono::nanoseconds(ns), [&] { return running_ == 0; });
}

IngestResult Ingest::wait() {
  {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&] { return running_ == 0; });
  }
  IngestResult result;
  result.status = status();
  result.error = writer_.error();
  if (!result.error) result.error = read_error_;
  result.reached_end = reached_end_ && !result.error;
  result.drained = !abandoned_ && !writer_.error();
  result.unknown_fields = decoder_->unknown_fields();
  if (second_decoder_)
    for (const auto& [name, records] : second_decoder_->unknown_fields())
      result.unknown_fields[name] += records;
  return result;
}

void Ingest::stop() {
  stopping_ = true;
  source_->stop();
}

void Ingest::abandon() {
  stopping_ = abandoned_ = true;
  source_->stop();
  writer_.abandon();
}

IngestStatus Ingest::status() const {
  IngestStatus status;
  status.counts = writer_.counts();
  status.stopping = stopping_;
  status.lag = source_->lag();
  {
    const std::scoped_lock lock(mutex_);
    const std::int64_t now_ns = end_ns_ > 0 ? end_ns_ : clock_.now_ns();
    status.uptime_s = started_ ? static_cast<double>(now_ns - begin_ns_) / 1e9 : 0;
  }
  const auto note = [&](std::string who, std::optional<Wait> wait) {
    if (status.wait || !wait) return;
    status.wait = std::move(wait);
    status.waiting_for = std::move(who);
  };
  note(target_->name(), writer_.waits());
  if (target_->wait() != nullptr) note(target_->name(), target_->wait()->longest());
  if (source_->wait() != nullptr) note(source_->name(), source_->wait()->longest());
  return status;
}

void Ingest::read() {
  while (pull_one()) {
  }
  see_to_the_last();
  WorkItem end;
  end.kind = WorkItem::Kind::end;
  end.reached_end = reached_end_;
  static_cast<void>(push(end));
}

/// The source has ended, and what it gave may not be stored yet: the store may refuse to move a lane on. A
/// source that begins anew is read again to its end; one that cannot says why.
void Ingest::see_to_the_last() {
  while (reached_end_ && between_transactions([] {}) && writer_.wants_resync()) {
    reached_end_ = false;
    if (!resync()) return;
    while (pull_one()) {
    }
  }
}

/// False: nothing comes any more.
bool Ingest::pull_one() {
  if (writer_.wants_resync() && !resync()) return false;
  // Before anything is pulled: the source may have to give lanes away, and waits for all that was pulled.
  if (!queue_.wait_for_room(clock_.now_ns() + kTend_ns)) {
    if (Done ok = source_->tend(); !ok) {
      fail_reading(ok.error());
      return false;
    }
    return true;
  }
  std::unique_ptr<Work> work = queue_.fresh();
  // A transaction holds whole blocks.
  work->block.most_records = std::min<std::size_t>(kBlockRecords, config_.batch_records);
  const Result<Pulled> pulled = source_->pull(work->block, kPull_ms);
  if (!pulled) {
    fail_reading(pulled.error());
    return false;
  }
  if (*pulled == Pulled::ended) {
    reached_end_ = source_->is_bounded() && !stopping_;
    return false;
  }
  if (*pulled == Pulled::nothing) {
    queue_.recycle(std::move(work));
    return !abandoned_;
  }
  const LaneInfo& lane = source_->lane(work->block.lane);
  WorkItem item;
  if (second_decoder_ && queue_.is_short()) {
    work->undecoded = true;
    work->lane = lane;
    item.work = std::move(work);
    return push(item);
  }
  decoder_->decode(work->block, lane, work->decoded);
  target_->set_aside_unfit(*work);
  if (std::optional<Error> invalid = first_invalid(*work)) {
    source_->settled(work->block, tl::make_unexpected(*invalid));
    fail_reading(*invalid);
    return false;
  }
  item.work = std::move(work);
  return push(item);
}

bool Ingest::push(WorkItem& item) {
  if (queue_.push(item)) return true;
  if (item.work)
    source_->settled(item.work->block,
                     tl::make_unexpected(writer_.error().value_or(
                         Error{ErrorKind::runtime, "the ingest was ended before this was stored", ""})));
  return false;
}

std::optional<Error> Ingest::first_invalid(const Work& work) const {
  if (config_.on_invalid != OnInvalid::fail || work.decoded.rejects.empty()) return std::nullopt;
  const RecordFate& first = work.decoded.rejects.front();
  const std::string& lane = source_->lane(work.block.lane).name;
  return Error{ErrorKind::runtime,
               fmt::format("{}, offset {}: {}", lane.empty() ? source_->name() : lane,
                           work.block.offsets[first.index], first.reason),
               "correct the record, or keep such ones: --on-invalid dead-letter"};
}

void Ingest::fail_reading(const Error& error) {
  const std::scoped_lock lock(mutex_);
  read_error_ = error;
}

bool Ingest::resync() {
  decoder_->forget();
  WorkItem marker;
  marker.kind = WorkItem::Kind::resync;
  // Before the source asks for positions: only then the writer drops nothing more.
  if (!push(marker)) return false;
  if (Done ok = source_->restart(); !ok) {
    fail_reading(ok.error());
    return false;
  }
  return true;
}

bool Ingest::between_transactions(const std::function<void()>& task) {
  std::promise<bool> done;
  WorkItem item;
  item.kind = WorkItem::Kind::task;
  item.task = [&](bool alive) {
    if (alive) task();
    done.set_value(alive);
  };
  return queue_.push(item) && done.get_future().get();
}

Result<std::vector<std::optional<LanePosition>>> Ingest::look_up(std::span<const LanePosition> lanes) {
  std::vector<std::optional<LanePosition>> found;
  std::map<std::string, std::vector<LanePosition>> by_source;
  for (const LanePosition& lane : lanes) {
    auto known = by_source.find(lane.source);
    if (known == by_source.end()) {
      Result<std::vector<LanePosition>> all = target_->positions(lane.source);
      if (!all) return tl::make_unexpected(all.error());
      known = by_source.emplace(lane.source, std::move(*all)).first;
    }
    const auto at = std::find_if(known->second.begin(), known->second.end(),
                                 [&](const LanePosition& position) { return position.lane == lane.lane; });
    found.push_back(at == known->second.end() ? std::nullopt : std::optional(*at));
  }
  if (Done ok = target_->begin_lanes(lanes); !ok) return tl::make_unexpected(ok.error());
  return found;
}

/// Between two transactions; a store that is away for a while is waited for, as with a transaction.
Result<std::vector<std::optional<LanePosition>>> Ingest::positions(std::span<const LanePosition> lanes) {
  if (!started_) return look_up(lanes);
  const std::int64_t give_up_ns = clock_.now_ns() + config_.retry_max_ns;
  while (true) {
    Result<std::vector<std::optional<LanePosition>>> found;
    bool passes = false;
    const bool alive = between_transactions([&] {
      found = look_up(lanes);
      passes = !found && target_->worth_retrying();
    });
    if (!alive)
      return tl::make_unexpected(
          writer_.error().value_or(Error{ErrorKind::runtime, "the ingest was ended", ""}));
    if (!passes || stopping_ || clock_.now_ns() >= give_up_ns) return found;
    clock_.sleep_until(clock_.now_ns() + kLookUpPause_ns);
  }
}

Done Ingest::release(std::span<const std::uint32_t>) {
  decoder_->forget();
  if (!started_ || between_transactions([] {})) return {};
  return tl::make_unexpected(writer_.error().value_or(Error{ErrorKind::runtime, "the ingest was ended", ""}));
}

}  // namespace racesim
