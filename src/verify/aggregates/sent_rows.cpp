#include "verify/aggregates/sent_rows.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "codec/encoder.h"
#include "io/kafka/producing/murmur2.h"
#include "run/generate/feed.h"
#include "verify/matching/expected.h"

namespace racesim {
namespace {

/// One lane's records of a batch.
struct LaneRecords {
  RecordBlock block;
  DecodedBlock decoded;
  std::vector<std::int64_t> emit_ns;
};

class SentRows {
 public:
  SentRows(const Manifest& manifest, const Content& truth, std::uint32_t lanes)
      : manifest_(manifest), truth_(truth), records_(lanes) {}

  Done prepare(unsigned threads) {
    Result<std::unique_ptr<BlockDecoder>> decoder = BlockDecoder::make({});
    if (!decoder) return tl::make_unexpected(decoder.error());
    decoder_ = std::move(*decoder);
    const Scenario& scenario = *truth_.scenario;
    std::vector<const Encoder*> encoders;
    for (const StreamInfo& stream : scenario.streams()) {
      // Whatever the run wrote, aggregations see its values.
      Result<std::unique_ptr<Encoder>> encoder = make_encoder(*stream.schema, "json");
      if (!encoder) return tl::make_unexpected(encoder.error());
      encoders_.push_back(std::move(*encoder));
      encoders.push_back(encoders_.back().get());
    }
    feed_ = std::make_unique<Feed>(
        scenario, std::move(encoders), shard_range(manifest_.shard, scenario.shard_count()), truth_.run,
        threads, manifest_.faults, manifest_.content.seed, FeedPlace{}, manifest_.content.limit);
    range_.set(*manifest_.totals);
    return feed_->start();
  }

  Done visit_all(const std::function<Done(const SentBlock&)>& visit) {
    while (SharedBatch batch = feed_->next()) {
      for (LaneRecords& lane : records_) {
        lane.block.clear();
        lane.emit_ns.clear();
      }
      range_.each_part(batch->first_ordinal, batch->first_ordinal + batch->size(),
                       [&](std::uint64_t first, std::uint64_t last) {
                         deal(*batch, first - batch->first_ordinal, last - batch->first_ordinal);
                       });
      for (std::uint32_t lane = 0; lane < records_.size(); ++lane)
        if (Done ok = hand_out(lane, visit); !ok) return ok;
    }
    if (const std::optional<Error> error = feed_->error()) return tl::make_unexpected(*error);
    return {};
  }

 private:
  void deal(const WireBatch& batch, std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t i = first; i < last; ++i) {
      LaneRecords& lane = records_[lane_of(batch, i)];
      lane.block.text.append(batch.line(i));
      // A damaged event may have lost its line end.
      if (lane.block.text.view().back() != '\n') lane.block.text.append("\n");
      lane.block.ends.push_back(static_cast<std::uint32_t>(lane.block.text.size()));
      lane.block.offsets.push_back(static_cast<std::int64_t>(batch.first_ordinal + i));
      lane.emit_ns.push_back(batch.heads[i].emit_time_ns);
    }
  }

  std::uint32_t lane_of(const WireBatch& batch, std::uint64_t i) {
    if (records_.size() == 1) return 0;
    const std::uint32_t stream = batch.stream_of(i);
    const std::uint64_t entity = std::uint64_t{stream} << 32 | batch.heads[i].entity;
    const auto known = lane_of_entity_.find(entity);
    if (known != lane_of_entity_.end()) return known->second;
    std::string key;
    (*batch.streams)[stream].append_key(batch.heads[i].entity, key);
    const auto lane =
        static_cast<std::uint32_t>(kafka::partition_of(key, static_cast<std::int32_t>(records_.size())));
    return lane_of_entity_.emplace(entity, lane).first->second;
  }

  Done hand_out(std::uint32_t lane, const std::function<Done(const SentBlock&)>& visit) {
    LaneRecords& records = records_[lane];
    if (records.block.size() == 0) return {};
    records.block.pad();
    decoder_->decode(records.block, {}, records.decoded);
    return visit({lane, &records.decoded, records.emit_ns});
  }

  const Manifest& manifest_;
  const Content& truth_;
  std::vector<LaneRecords> records_;  // by lane
  std::unique_ptr<BlockDecoder> decoder_;
  std::vector<std::unique_ptr<Encoder>> encoders_;
  std::unique_ptr<Feed> feed_;
  SentRange range_;
  std::unordered_map<std::uint64_t, std::uint32_t> lane_of_entity_;
};

}  // namespace

std::uint32_t lanes_of(const Manifest& manifest) {
  std::uint32_t lanes = 0;
  for (const StreamPosition& origin : manifest.origins)
    if (!origin.topic.empty() && origin.topic == manifest.origins.front().topic) ++lanes;
  return std::max<std::uint32_t>(1, lanes);
}

Done each_sent_block(const Manifest& manifest, const Content& truth, unsigned threads,
                     const std::function<Done(const SentBlock&)>& visit) {
  if (!manifest.totals)
    return fail(ErrorKind::usage,
                "the manifest does not say what was sent: the run has not ended, or was killed",
                "wait for its end, or end it with racesim run --resume");
  SentRows rows(manifest, truth, lanes_of(manifest));
  if (Done ok = rows.prepare(threads); !ok) return ok;
  return rows.visit_all(visit);
}

}  // namespace racesim
