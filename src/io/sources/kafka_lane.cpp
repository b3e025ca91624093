#include "io/sources/kafka_lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "io/kafka/reading/partition_lookup.h"

namespace racesim {
namespace {

using namespace kafka;

constexpr std::size_t kTakenAtOnce = 1'000;

bool is_empty(const RecordBlock& block) {
  return block.size() == 0 && block.empty == 0;
}

}  // namespace

KafkaLane::KafkaLane(std::uint32_t lane, TopicPartition place, const std::string& cluster_id)
    : number(lane),
      where(std::move(place)),
      info{fmt::format("{} [{}]", where.topic, where.partition), {}},
      source_(fmt::format("kafka {} {}", cluster_id, where.topic)) {}

LanePosition KafkaLane::key() const {
  LanePosition key;
  key.source = source_;
  key.lane = std::to_string(where.partition);
  return key;
}

void KafkaLane::begin(const LanePosition& told, const LanePosition& at, std::uint64_t gap, bool tell) {
  told_ = told;
  at_ = at;
  expected_ = at.next;
  gap_ = gap;
  tell_ = tell;
  read_.clear();
  used_ = 0;
}

bool KafkaLane::tell_begin(RecordBlock& to) {
  if (!tell_) return false;
  tell_ = false;
  to.lane = number;
  to.before = told_;
  to.after = at_;
  to.gap = gap_;
  return true;
}

KafkaLane::Taken KafkaLane::take(GroupConsumer& consumer, std::size_t i, RecordBlock& to) {
  Taken taken = Taken::all;
  to.lane = number;
  to.before = at_;
  from_ = expected_;
  while (to.size() < to.most_records && to.text.size() < kBlockBytes) {
    if (used_ == read_.size()) {
      read_.clear();
      used_ = 0;
      consumer.read(i, read_, kTakenAtOnce);
      if (read_.empty()) break;
    }
    const Taken trouble = trouble_of(*read_[used_]);
    // Told of once what was taken before it is accounted for.
    if (trouble != Taken::all && (!is_empty(to) || taken == Taken::jumped)) break;
    const MessagePtr record = std::move(read_[used_++]);
    if (trouble != Taken::all) return trouble;
    const bool is_end = record->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    // Other errors pass by themselves; what lies before was taken, and comes again after a change of owners.
    if ((record->err != RD_KAFKA_RESP_ERR_NO_ERROR && !is_end) || record->offset < expected_) continue;
    if (record->offset > expected_) taken = Taken::jumped;
    if (is_end)
      expected_ = record->offset;
    else
      append(*record, to);
  }
  to.after = at_;
  return taken;
}

void KafkaLane::take_again(const std::vector<MessagePtr>& records, RecordBlock& to) {
  const std::int64_t expected_before = expected_;
  at_ = to.before;
  const LanePosition before = at_;
  to.clear();
  to.lane = number;
  to.before = before;
  for (const MessagePtr& record : records) append(*record, to);
  expected_ = expected_before;
  to.after = at_;
}

KafkaLane::Taken KafkaLane::trouble_of(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR || message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
    return Taken::all;
  if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
      message.err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
    return Taken::gone;
  if (is_about_topics(message.err)) return Taken::no_topic;
  GroupEvent event;
  event.code = message.err;
  event.text = rd_kafka_message_errstr(&message);
  std::optional<Error> error = final_error(event, "read " + info.name, "of --group");
  if (!error) return Taken::all;
  failure_ = *std::move(error);
  return Taken::failed;
}

void KafkaLane::append(const rd_kafka_message_t& record, RecordBlock& to) {
  if (record.payload == nullptr)
    ++to.empty;
  else
    take_value(record, to);
  const RecordSeen mark = mark_of(record);
  at_.last_hash = mark.hash;
  at_.last_time_ms = mark.time_ms;
  at_.next = expected_ = record.offset + 1;
}

void KafkaLane::take_value(const rd_kafka_message_t& record, RecordBlock& to) {
  const std::size_t size = std::min(record.len, kLongestRecord + 1);
  to.text.reserve_more(size + 1 + kBlockReadAhead);
  char* const begin = to.text.data() + to.text.size();
  std::memcpy(begin, record.payload, size);
  begin[size] = '\n';
  to.text.set_size(to.text.size() + size + 1);
  to.ends.push_back(static_cast<std::uint32_t>(to.text.size()));
  to.offsets.push_back(record.offset);
  ++at_.consumed;
}

}  // namespace racesim
