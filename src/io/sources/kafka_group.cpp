#include "io/sources/kafka_group.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "io/kafka/cluster/names.h"
#include "io/kafka/reading/group_consumer.h"
#include "io/kafka/reading/lane_start.h"
#include "io/kafka/reading/partition_lookup.h"
#include "io/sources/kafka_lane.h"
#include "io/sources/kafka_lane_facts.h"

namespace racesim {
namespace {

using namespace kafka;

/// Once it runs, a question to the cluster may take so long; then it is asked again.
constexpr int kQuestion_ms = 5'000;
constexpr int kBeforeNextQuestion_ms = 200;
/// How long the library gets to fetch by itself, before it is woken.
constexpr int kFetch_ms = 2;
constexpr int kGroupEventsAtOnce = 16;

class KafkaGroup final : public Source {
 public:
  explicit KafkaGroup(const SourceRequest& request)
      : request_(request), clock_(request.clock == nullptr ? system_clock() : *request.clock) {
    for (const std::string& topic : request.topics) name_ += (name_.empty() ? "kafka " : ",") + topic;
    name_ += " at " + request.kafka.brokers;
  }

  std::string name() const override { return name_; }
  Done open(LaneKeeper& keeper) override;
  Result<Pulled> pull(RecordBlock& to, int wait_ms) override;
  Done tend() override { return serve(); }
  const LaneInfo& lane(std::uint32_t number) const override;
  void settled(const RecordBlock& block, const Result<BlockOutcome>& outcome) override;
  bool is_bounded() const override { return request_.exit_at_end; }
  Done restart() override;
  void stop() override {
    stopped_ = true;
    if (GroupConsumer* consumer = consumer_seen_) consumer->wake();
  }
  std::optional<std::uint64_t> lag() const override {
    const std::int64_t lag = lag_;
    return lag < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(lag));
  }
  const WaitNote* wait() const override { return &wait_; }

 private:
  /// A lane that is ours now, as the consumer numbers it.
  using Own = std::vector<KafkaLane*>;

  template <class F>
  auto persist(F&& ask) -> decltype(ask());
  Done find_topics();
  Done check_topics();
  KafkaLane& lane_of(const TopicPartition& where);

  Done serve();
  Done take_event(const GroupEvent& event);
  Done take_trouble(const GroupEvent& event);
  Done take_over(const std::vector<TopicPartition>& partitions);
  Done give_back();
  Done begin_own();
  Done tell_group(bool sure);

  Result<bool> take_records(RecordBlock& to);
  Result<bool> take_from(std::size_t i, RecordBlock& to);
  Result<bool> account_for(KafkaLane& lane, RecordBlock& to);
  void wait_for_more(int ms);
  void note_lag();
  Result<bool> is_all_read();
  Result<bool> is_own_stored();
  Result<Pulled> finish();

  const SourceRequest request_;
  Clock& clock_;
  std::string name_;
  LaneKeeper* keeper_ = nullptr;
  std::optional<PartitionLookup> lookup_;
  std::unique_ptr<GroupConsumer> consumer_;
  std::atomic<GroupConsumer*> consumer_seen_{nullptr};  ///< for stop(), which any thread calls
  std::string cluster_id_;
  std::vector<PartitionOffset> ends_at_open_;
  Own own_;
  std::size_t next_own_ = 0;  ///< whose turn it is
  bool joined_ = false;       ///< the group has told us once what is ours
  bool begin_again_ = false;  ///< positions are to be asked for again
  bool ask_topics_ = false;   ///< one of them may be gone
  bool was_gone_ = false;     ///< the cluster said that one is not there
  bool closed_ = false;
  std::int64_t told_group_ns_ = 0, asked_others_ns_ = 0, asked_broker_ns_ = 0;
  std::atomic<bool> stopped_{false};
  std::atomic<std::int64_t> lag_{-1};
  WaitNote wait_;

  mutable std::mutex mutex_;  // guards all below
  std::deque<KafkaLane> lanes_;
  std::map<std::uint32_t, std::int64_t> untold_;  ///< lane → behind what is committed, not told to the group
};

/// Asks until there is an answer: a broker that is away comes back, or somebody stops us.
template <class F>
auto KafkaGroup::persist(F&& ask) -> decltype(ask()) {
  while (true) {
    auto answer = ask();
    if (answer || answer.error().kind != ErrorKind::runtime || stopped_) {
      wait_.end(this);
      return answer;
    }
    wait_.begin(this, {clock_.now_ns(), 0, answer.error().what});
    clock_.sleep_until(clock_.now_ns() + std::int64_t{kBeforeNextQuestion_ms} * 1'000'000);
    // What the topics are may be why.
    if (Done there = check_topics(); !there && there.error().kind != ErrorKind::runtime)
      return tl::make_unexpected(there.error());
  }
}

Done KafkaGroup::open(LaneKeeper& keeper) {
  keeper_ = &keeper;
  Result<PartitionLookup> patient = PartitionLookup::open(request_.kafka);
  if (!patient) return tl::make_unexpected(patient.error());
  lookup_.emplace(*std::move(patient));
  if (Done ok = find_topics(); !ok) return ok;
  KafkaOptions brisk = request_.kafka;
  brisk.connect_grace_ns = std::min(brisk.connect_grace_ns, std::int64_t{kQuestion_ms} * 1'000'000);
  Result<PartitionLookup> lookup = PartitionLookup::open(brisk);
  if (!lookup) return tl::make_unexpected(lookup.error());
  lookup_.emplace(*std::move(lookup));
  auto consumer = GroupConsumer::open(request_.kafka, request_.group, request_.topics, ends_at_open_.size());
  if (!consumer) return tl::make_unexpected(consumer.error());
  consumer_ = *std::move(consumer);
  consumer_seen_ = consumer_.get();
  return {};
}

/// What there is at the start; --exit-at-end reads up to these ends.
Done KafkaGroup::find_topics() {
  Cluster& cluster = lookup_->cluster();
  const auto states = cluster.topics(request_.topics);
  if (!states) return tl::make_unexpected(states.error());
  std::vector<TopicPartition> partitions;
  for (const TopicState& state : *states) {
    if (!state.exists)
      return fail(ErrorKind::usage,
                  fmt::format("the cluster at {} has no topic {}", request_.kafka.brokers, state.name),
                  "name the one that holds the events: --topic TOPIC; racesim run --create-topics makes one");
    for (std::int32_t p = 0; p < state.partitions; ++p) partitions.push_back({state.name, p});
  }
  cluster_id_ = cluster.id();
  const auto ends = lookup_->ends(partitions);
  if (!ends) return tl::make_unexpected(ends.error());
  for (std::size_t i = 0; i < partitions.size(); ++i)
    ends_at_open_.push_back({partitions[i], (*ends)[i].end});
  return {};
}

Done KafkaGroup::check_topics() {
  const auto states = lookup_->cluster().topics(request_.topics);
  if (!states) return tl::make_unexpected(states.error());
  for (const TopicState& state : *states)
    if (!state.exists)
      return fail(
          ErrorKind::partial, fmt::format("topic {} is gone: it was deleted while it was read", state.name),
          "what was read of it is stored; leave it out of --topic, or make it again and read it into another "
          "store");
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

// ---- What the group says.

Done KafkaGroup::serve() {
  for (int i = 0; i < kGroupEventsAtOnce; ++i) {
    const GroupEvent event = consumer_->poll();
    if (event.kind == GroupEvent::Kind::none) break;
    if (Done ok = take_event(event); !ok) return ok;
  }
  if (std::exchange(begin_again_, false))
    if (Done ok = begin_own(); !ok) return ok;
  if (std::exchange(ask_topics_, false)) {
    const Done there = check_topics();
    if (!there && there.error().kind != ErrorKind::runtime) return there;
    ask_topics_ = !there;
    // One that is there again may be another one: the record before each position tells.
    if (there && std::exchange(was_gone_, false)) begin_again_ = true;
  }
  if (clock_.now_ns() < told_group_ns_ + kNsPerSecond) return {};
  told_group_ns_ = clock_.now_ns();
  return tell_group(false);
}

Done KafkaGroup::take_event(const GroupEvent& event) {
  switch (event.kind) {
    case GroupEvent::Kind::assigned:
      return take_over(event.partitions);
    case GroupEvent::Kind::revoked:
      return give_back();
    case GroupEvent::Kind::trouble:
      return take_trouble(event);
    case GroupEvent::Kind::none:
      return {};
  }
  return {};
}

Done KafkaGroup::take_trouble(const GroupEvent& event) {
  if (std::optional<Error> error = final_error(event, name_, request_.group))
    return tl::make_unexpected(*std::move(error));
  if (is_about_topics(event.code)) ask_topics_ = was_gone_ = true;
  if (event.code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return {};
  const std::string why = consumer_->trouble();
  wait_.begin(this, {clock_.now_ns(), 0, why.empty() ? event.text : why});
  asked_broker_ns_ = clock_.now_ns();
  return {};
}

Done KafkaGroup::take_over(const std::vector<TopicPartition>& partitions) {
  own_.clear();
  for (const TopicPartition& partition : partitions) own_.push_back(&lane_of(partition));
  joined_ = true;
  ask_topics_ = true;  // of one that is deleted nobody is told in another way
  return begin_own();
}

Done KafkaGroup::give_back() {
  std::vector<std::uint32_t> numbers;
  for (const KafkaLane* lane : own_) numbers.push_back(lane->number);
  const Done released = keeper_->release(numbers);
  const Done told = tell_group(!request_.store_keeps_positions);
  own_.clear();
  consumer_->unassign();
  if (!released) return released;
  return told;
}

/// Where the members have come to; for others to see, and of a store that keeps no positions for us to go on.
Done KafkaGroup::tell_group(bool sure) {
  std::vector<PartitionOffset> offsets;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [number, next] : untold_) offsets.push_back({lanes_[number].where, next});
    untold_.clear();
  }
  // An error is told nobody: with the next answer the group knows again, and a new owner reads some twice.
  static_cast<void>(consumer_->commit(offsets, sure));
  return {};
}

// ---- Where lanes begin.

Done KafkaGroup::restart() {
  return closed_ || own_.empty() ? Done() : begin_own();
}

Done KafkaGroup::begin_own() {
  std::vector<LanePosition> keys;
  for (const KafkaLane* lane : own_) keys.push_back(lane->key());
  const auto known = keeper_->positions(keys);
  if (!known) return tl::make_unexpected(known.error());
  const auto facts = persist([&] {
    return find_lane_facts(*lookup_, *consumer_, own_, *known, request_.start_at, ends_at_open_,
                           kQuestion_ms);
  });
  if (!facts) return stopped_ ? Done() : tl::make_unexpected(facts.error());
  const LaneRules rules{request_.group, request_.store_keeps_positions, request_.start_at.is_given,
                        request_.allow_gap};
  std::vector<PartitionOffset> starts;
  for (std::size_t i = 0; i < own_.size(); ++i) {
    const Result<LaneStart> start = choose_start((*facts)[i], rules);
    if (!start) return tl::make_unexpected(start.error());
    LanePosition told = (*facts)[i].known.value_or(own_[i]->key());
    LanePosition at = told;
    at.next = start->next;
    if (start->gap > 0 || start->is_new) {
      at.last_hash = 0;
      at.last_time_ms = -1;
    }
    if (start->is_new) told = at;
    own_[i]->begin(told, at, start->gap, start->gap > 0 || start->is_new);
    own_[i]->end = (*facts)[i].end;
    starts.push_back({own_[i]->where, start->next});
  }
  return consumer_->assign(starts);
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
  consumer_->wait(std::min(ms, kFetch_ms));
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
  return are_read(*lookup_, group, of_others, *known, kQuestion_ms);
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

}  // namespace

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
