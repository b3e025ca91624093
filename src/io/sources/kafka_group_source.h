// The source of kafka_group.h as a class; its members are defined by what they do: kafka_group.cpp reads
// records up to the end, kafka_group_members.cpp follows what the group and the cluster say.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/kafka/reading/group_consumer.h"
#include "io/kafka/reading/partition_lookup.h"
#include "io/sources/kafka_lane.h"
#include "io/sources/registry.h"
#include "io/sources/source.h"

namespace racesim {

/// Once it runs, a question to the cluster may take so long; then it is asked again.
constexpr int kKafkaQuestion_ms = 5'000;

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
    if (kafka::GroupConsumer* consumer = consumer_seen_) consumer->wake();
  }
  std::optional<std::uint64_t> lag() const override {
    const std::int64_t lag = lag_;
    return lag < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(lag));
  }
  const WaitNote* wait() const override { return &wait_; }

 private:
  /// A lane that is ours now, as the consumer numbers it.
  using Own = std::vector<KafkaLane*>;
  static constexpr int kBeforeNextQuestion_ms = 200;

  template <class F>
  auto persist(F&& ask) -> decltype(ask());
  Done find_topics();
  Done check_topics();
  KafkaLane& lane_of(const kafka::TopicPartition& where);

  Done serve();
  Done take_event(const kafka::GroupEvent& event);
  Done take_trouble(const kafka::GroupEvent& event);
  Done take_over(const std::vector<kafka::TopicPartition>& partitions);
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
  std::optional<kafka::PartitionLookup> lookup_;
  std::unique_ptr<kafka::GroupConsumer> consumer_;
  std::atomic<kafka::GroupConsumer*> consumer_seen_{nullptr};  ///< for stop(), which any thread calls
  std::string cluster_id_;
  std::vector<kafka::PartitionOffset> ends_at_open_;
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

}  // namespace racesim
