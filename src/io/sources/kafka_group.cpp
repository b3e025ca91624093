#include "io/sources/kafka_group.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "io/kafka/cluster/names.h"
#include "io/sources/kafka_group_source.h"
#include "io/sources/kafka_lane_facts.h"

namespace racesim {

using namespace kafka;

namespace {

/// How long the library gets to fetch by itself, before it is woken.
constexpr int kFetch_ms = 2;

}  // namespace

Done KafkaGroup::open(LaneKeeper& keeper) {
  keeper_ = &keeper;
  Result<PartitionLookup> patient = PartitionLookup::open(request_.kafka);
  if (!patient) return tl::make_unexpected(patient.error());
  lookup_.emplace(*std::move(patient));
  if (Done ok = find_topics(); !ok) return ok;
  KafkaOptions brisk = request_.kafka;
  brisk.connect_grace_ns = std::min(brisk.connect_grace_ns, std::int64_t{kKafkaQuestion_ms} * 1'000'000);
  Result<PartitionLookup> lookup = PartitionLookup::open(brisk);
  if (!lookup) return tl::make_unexpected(lookup.error());
  lookup_.emplace(*std::move(lookup));
  auto consumer = GroupConsumer::open(request_.kafka, request_.group, request_.topics, ends_at_open_.size());
  if (!consumer) return tl::make_unexpected(consumer.error());
  consumer_ = *std::move(consumer);
  consumer_seen_ = consumer_.get();
  return {};
}

KafkaLane& KafkaGroup::lane_of(const TopicPartition& where) {
  const std::scoped_lock lock(mutex_);
  const auto known = std::find_if(lanes_.begin(), lanes_.end(),
                                  [&](const KafkaLane& lane) { return is_same(lane.where, where); });
  if (known != lanes_.end()) return *known;
  return lanes_.emplace_back(static_cast<std::uint32_t>(lanes_.size()), where, cluster_id_);
}

const LaneInfo& KafkaGroup::lane(std::uint32_t number) const {
  const std::scoped_lock lock(mutex_);
  return lanes_[number].info;
}

void KafkaGroup::settled(const RecordBlock& block, const Result<BlockOutcome>& outcome) {
  if (!outcome) return;
  const std::scoped_lock lock(mutex_);
  untold_[block.lane] = block.after.next;
}

// ---- Records.

Result<Pulled> KafkaGroup::pull(RecordBlock& to, int wait_ms) {
  to.clear();
  if (closed_) return Pulled::ended;
  const std::int64_t end_ns = clock_.now_ns() + std::int64_t{wait_ms} * 1'000'000;
  while (true) {
    if (stopped_) return finish();
    if (Done ok = serve(); !ok) return tl::make_unexpected(ok.error());
    // A stop ends a wait for the broker within serve(), and then lanes are ours that nothing was opened for.
    if (stopped_) return finish();
    const Result<bool> taken = take_records(to);
    if (!taken) return tl::make_unexpected(taken.error());
    note_lag();
    if (*taken) return Pulled::records;
    if (begin_again_) continue;
    const Result<bool> is_end = request_.exit_at_end ? is_all_read() : Result<bool>(false);
    if (!is_end) return tl::make_unexpected(is_end.error());
    if (*is_end) {
      const Result<bool> stored = is_own_stored();
      if (!stored) return tl::make_unexpected(stored.error());
      if (*stored) return finish();
      begin_again_ = true;
      continue;
    }
    const std::int64_t left_ns = end_ns - clock_.now_ns();
    if (left_ns <= 0) return Pulled::nothing;
    wait_for_more(static_cast<int>(left_ns / 1'000'000) + 1);
  }
}

/// A block of the lane whose turn it is. False: there is nothing yet.
Result<bool> KafkaGroup::take_records(RecordBlock& to) {
  for (KafkaLane* lane : own_)
    if (lane->tell_begin(to)) return true;
  for (std::size_t tried = 0; tried < own_.size() && !begin_again_; ++tried) {
    next_own_ = (next_own_ + 1) % own_.size();
    const Result<bool> taken = take_from(next_own_, to);
    if (!taken || *taken) return taken;
  }
  return false;
}

Result<bool> KafkaGroup::take_from(std::size_t i, RecordBlock& to) {
  KafkaLane& lane = *own_[i];
  switch (lane.take(*consumer_, i, to)) {
    case KafkaLane::Taken::all:
      break;
    case KafkaLane::Taken::jumped: {
      const Result<bool> accounted = account_for(lane, to);
      if (!accounted) return accounted;
      break;
    }
    case KafkaLane::Taken::gone:
      begin_again_ = true;
      return false;
    case KafkaLane::Taken::no_topic:
      ask_topics_ = true;
      return false;
    case KafkaLane::Taken::failed:
      return tl::make_unexpected(lane.failure());
  }
  const bool any = to.size() > 0 || to.empty > 0;
  if (any) wait_.end(this);
  return any;
}

/// Offsets are missing. Read once more with nothing of the group in between, they are missing again where
/// they hold no record (of transactions, or compacted away); what the library left out comes then.
Result<bool> KafkaGroup::account_for(KafkaLane& lane, RecordBlock& to) {
  using Records = decltype(lookup_->records(lane.where, 0, 0));
  bool gone = false;
  // Each time anew: what is there to be read may be deleted while the broker is waited for.
  const Records records = persist([&]() -> Records {
    const auto ends = lookup_->ends({lane.where});
    if (!ends) return tl::make_unexpected(ends.error());
    gone = ends->front().low > lane.from();
    if (gone) return {};
    return lookup_->records(lane.where, lane.from(), lane.expected());
  });
  if (!records) return tl::make_unexpected(records.error());
  if (gone) {
    // Nobody can tell any more: it is judged from where the store stands.
    to.clear();
    begin_again_ = true;
    return false;
  }
  if (records->size() > to.size() + to.empty) lane.take_again(*records, to);
  return true;
}

void KafkaGroup::wait_for_more(int ms) {
  if (consumer_->wait(std::min(ms, kFetch_ms))) return;
  const std::int64_t now_ns = clock_.now_ns();
  if (wait_.longest() && !own_.empty() && now_ns > asked_broker_ns_ + kNsPerSecond) {
    asked_broker_ns_ = now_ns;
    if (consumer_->wake_fetcher(0)) wait_.end(this);
  }
  for (std::size_t i = 0; i < own_.size(); ++i)
    if (own_[i]->expected() < consumer_->known_end(i) && !wait_.longest()) {
      consumer_->wake_fetcher(i);
      break;
    }
  if (ms > kFetch_ms) consumer_->wait(ms - kFetch_ms);
}

void KafkaGroup::note_lag() {
  if (!joined_) return;
  std::int64_t lag = 0;
  for (std::size_t i = 0; i < own_.size(); ++i)
    lag += std::max<std::int64_t>(0, std::max(own_[i]->end, consumer_->known_end(i)) - own_[i]->expected());
  lag_ = lag;
}

// ---- The end.

/// Everything that was there at the start is read by us, or stored by others.
Result<bool> KafkaGroup::is_all_read() {
  if (!joined_) return false;
  std::vector<PartitionOffset> of_others;
  for (const PartitionOffset& end : ends_at_open_) {
    const auto ours = std::find_if(own_.begin(), own_.end(),
                                   [&](const KafkaLane* lane) { return is_same(lane->where, end.where); });
    if (ours == own_.end())
      of_others.push_back(end);
    else if ((*ours)->expected() < end.next)
      return false;
  }
  if (of_others.empty()) return true;
  if (clock_.now_ns() < asked_others_ns_ + kNsPerSecond) return false;
  asked_others_ns_ = clock_.now_ns();
  std::vector<LanePosition> keys;
  for (const PartitionOffset& end : of_others) keys.push_back(lane_of(end.where).key());
  const auto known = keeper_->positions(keys);
  if (!known) return tl::make_unexpected(known.error());
  GroupConsumer* const group = request_.store_keeps_positions ? nullptr : consumer_.get();
  return are_read(*lookup_, group, of_others, *known, kKafkaQuestion_ms);
}

/// False: somebody else has our lanes now, and the last of what we read was given up.
Result<bool> KafkaGroup::is_own_stored() {
  if (own_.empty() || !request_.store_keeps_positions) return true;
  std::vector<LanePosition> keys;
  for (const KafkaLane* lane : own_) keys.push_back(lane->key());
  const auto known = keeper_->positions(keys);
  if (!known) return tl::make_unexpected(known.error());
  for (std::size_t i = 0; i < own_.size(); ++i)
    if (!(*known)[i] || (*known)[i]->next < own_[i]->position().next) return false;
  return true;
}

Result<Pulled> KafkaGroup::finish() {
  closed_ = true;
  const Done given = give_back();
  consumer_->close();
  wait_.end(this);
  if (!given) return tl::make_unexpected(given.error());
  return Pulled::ended;
}

Result<std::unique_ptr<Source>> make_kafka_group(const SourceRequest& request) {
  if (Done ok = check_kafka_group(request); !ok) return tl::make_unexpected(ok.error());
  return std::make_unique<KafkaGroup>(request);
}

Done check_kafka_group(const SourceRequest& request) {
  if (request.topics.empty())
    return fail(ErrorKind::usage, "--from kafka: no topic is named", "--topic f1-telemetry");
  for (const std::string& topic : request.topics)
    if (Done ok = check_topic_name(topic); !ok) return ok;
  if (request.group.empty())
    return fail(ErrorKind::usage, "--group is empty", "example: --group racesim-ingest");
  if (request.follow)
    return fail(ErrorKind::usage, "--follow is for files: a topic is read on and on anyway",
                "leave out --follow; --exit-at-end ends at what is there now");
  if (Done ok = check_brokers(request.kafka.brokers); !ok) return ok;
  return check_group_options(request.kafka);
}

}  // namespace racesim
