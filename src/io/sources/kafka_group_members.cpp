#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "io/kafka/reading/lane_start.h"
#include "io/sources/kafka_group_source.h"
#include "io/sources/kafka_lane_facts.h"

namespace racesim {

using namespace kafka;

namespace {

constexpr int kGroupEventsAtOnce = 16;

}  // namespace

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
                           kKafkaQuestion_ms);
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

}  // namespace racesim
