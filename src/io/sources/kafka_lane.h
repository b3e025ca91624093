// A partition as it is read: its records go into blocks, and each offset is accounted for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/kafka/reading/group_consumer.h"
#include "io/sources/record_block.h"
#include "io/sources/source.h"

namespace racesim {

/// One thread; but `number` and `info` never change.
class KafkaLane {
 public:
  KafkaLane(std::uint32_t number, kafka::TopicPartition where, const std::string& cluster_id);

  const std::uint32_t number;
  const kafka::TopicPartition where;
  const LaneInfo info;

  /// Goes on at `at`. What was read ahead is forgotten. With `told` unequal to `at`, or new, a block without
  /// records tells of it first.
  void begin(const LanePosition& told, const LanePosition& at, std::uint64_t gap, bool tell);
  /// Where the partition ended when it was begun, for who has nothing newer.
  std::int64_t end = 0;
  /// The block that tells where reading began. False: there is none.
  bool tell_begin(RecordBlock& to);

  enum class Taken : std::uint8_t {
    all,       ///< offsets follow one another, so far as there are any
    jumped,    ///< some offsets between from() and expected() hold no record, or the library left them out
    gone,      ///< the next record is not there any more
    no_topic,  ///< perhaps
    failed,    ///< see failure()
  };
  /// Fills the block with what is there of partition `i` of the consumer; never waits.
  Taken take(kafka::GroupConsumer& consumer, std::size_t i, RecordBlock& to);
  /// The same block again, out of what a second reading of the same offsets gave.
  void take_again(const std::vector<kafka::MessagePtr>& records, RecordBlock& to);
  /// What does not pass by itself.
  const Error& failure() const { return failure_; }
  /// Where the last take() began.
  std::int64_t from() const { return from_; }

  /// Behind the last record that was taken.
  const LanePosition& position() const { return at_; }
  /// Every record before it was taken; there may be none directly before it.
  std::int64_t expected() const { return expected_; }
  /// Source and number of the lane alone.
  LanePosition key() const;

 private:
  Taken trouble_of(const rd_kafka_message_t& message);
  void append(const rd_kafka_message_t& record, RecordBlock& to);
  void take_value(const rd_kafka_message_t& record, RecordBlock& to);

  std::string source_;
  LanePosition at_, told_;
  std::int64_t expected_ = 0, from_ = 0;
  std::uint64_t gap_ = 0;
  bool tell_ = false;
  Error failure_;
  std::vector<kafka::MessagePtr> read_;
  std::size_t used_ = 0;  ///< of read_
};

}  // namespace racesim
