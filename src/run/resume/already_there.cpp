#include "run/resume/already_there.h"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace racesim {
namespace {

struct HashOfHash {
  std::size_t operator()(const LineHash& hash) const { return static_cast<std::size_t>(hash[0]); }
};

/// What is left of a partition to be recognised.
struct Partition {
  std::unordered_map<LineHash, std::uint32_t, HashOfHash> left;
  std::uint64_t left_in_all = 0;
  StreamPosition settled;   ///< its sends before are settled
  std::uint64_t floor = 0;  ///< so are those before this ordinal: the sink was done with them
  StreamPosition end;       ///< where the partition ended when it was read
  bool is_changed = false;  ///< it does not hold what was known of it: nothing else known of it counts
  // Sends of this partition, behind the last one that was found, that are not there.
  struct Missing {
    SharedBatch batch;
    std::size_t event;
  };
  std::vector<Missing> missing;
};

std::string_view without_end(std::string_view line) {
  return line.substr(0, line.size() - 1);
}

class Search {
 public:
  Search(const SinkCheckpoint& known, Resumable& place, const std::vector<PartitionTail>& tails,
         DeadLetter& dead_letter)
      : name_(known.name),
        place_(place),
        dead_letter_(dead_letter),
        lettered_(known.dead_lettered),
        partitions_(tails.size()) {
    already_.below = known.ordinal;
    for (std::size_t i = 0; i < tails.size(); ++i) {
      const bool changed = !tails[i].changed.empty();
      partitions_[i].is_changed = changed;
      partitions_[i].settled = partitions_[i].end = tails[i].from;
      partitions_[i].end.next_offset = tails[i].end_offset;
      partitions_[i].end.record = tails[i].last;
      if (!changed) partitions_[i].floor = std::max(known.ordinal, tails[i].from.next_ordinal);
      if (changed) {
        already_.below = std::min(already_.below, tails[i].from.next_ordinal);
        already_.read_anew.push_back(tails[i].from);
        already_.changes.push_back(tails[i].changed);
      }
      partitions_[i].left_in_all = tails[i].records.size();
      left_ += tails[i].records.size();
      for (const LineHash& record : tails[i].records) ++partitions_[i].left[record];
      furthest_ = std::max(furthest_, tails[i].from.next_ordinal);
    }
    furthest_ = std::max(furthest_, lettered_.empty() ? known.ordinal : lettered_.back().last);
    last_ = furthest_ + left_ + place.destination().most_on_the_way;
  }

  /// Of the first send to look for.
  std::uint64_t begin() const { return already_.below; }
  bool is_done(std::uint64_t ordinal) const {
    return ordinal >= furthest_ && (left_ == 0 || ordinal >= last_);
  }
  void take(const SharedBatch& batch, std::size_t i) {
    Partition& partition = partitions_[place_.partition_of(*batch, i)];
    bool there = batch->first_ordinal + i < std::max(partition.floor, partition.settled.next_ordinal);
    if (!there && partition.left_in_all > 0) {
      const auto found = partition.left.find(hash_line(without_end(batch->line(i))));
      if (found != partition.left.end() && found->second > 0) {
        there = true;
        --found->second;
        --left_;
        last_ = std::max(last_, batch->first_ordinal + i + left_ + place_.destination().most_on_the_way);
        if (--partition.left_in_all == 0) partition.settled = partition.end;
        partition.settled.next_ordinal = batch->first_ordinal + i + 1;
        refuse(partition);
      }
    }
    if (!there && !partition.is_changed) there = is_in(lettered_, batch->first_ordinal + i);
    if (!there && partition.left_in_all > 0) partition.missing.push_back({batch, i});
    already_.there.push_back(there);
    already_.found += there ? 1 : 0;
  }
  Result<AlreadyThere> finish() {
    if (left_ > 0 && place_.destination().is_alone)
      return fail(ErrorKind::usage,
                  name_ + " holds " + std::to_string(left_) + " lines that this run does not write",
                  "remove the partial file and the checkpoint to start over");
    if (Done synced = dead_letter_.sync(); !synced) return tl::make_unexpected(synced.error());
    std::vector<StreamPosition> positions;
    for (const Partition& partition : partitions_) positions.push_back(partition.settled);
    place_.set_positions(std::move(positions));
    while (!already_.there.empty() && !already_.there.back()) already_.there.pop_back();
    return std::move(already_);
  }

 private:
  /// The partition keeps the order of sending: what is missing before one that is there was refused for good.
  void refuse(Partition& partition) {
    for (const Partition::Missing& missing : partition.missing) {
      const DeadEvent dead{missing.batch.get(), missing.event};
      dead_letter_.add({&dead, 1}, name_, "refused before the run was resumed", Persisted::no);
      const std::uint64_t ordinal = missing.batch->first_ordinal + missing.event;
      already_.there[static_cast<std::size_t>(ordinal - already_.below)] = true;
      ++already_.refused;
    }
    partition.missing.clear();
  }

  const std::string name_;
  Resumable& place_;
  DeadLetter& dead_letter_;
  const std::vector<OrdinalRange>& lettered_;
  std::vector<Partition> partitions_;
  AlreadyThere already_;
  std::uint64_t left_ = 0;      ///< records that are not recognised yet
  std::uint64_t furthest_ = 0;  ///< up to it some partition is settled
  std::uint64_t last_ = 0;      ///< no later send can be among the records
};

}  // namespace

AlreadyThere already_there_by(const SinkCheckpoint& known) {
  AlreadyThere already;
  already.below = known.ordinal;
  for (const OrdinalRange& range : known.dead_lettered) {
    already.there.resize(range.first - known.ordinal, false);
    already.there.resize(range.last - known.ordinal, true);
    already.found += range.last - range.first;
  }
  return already;
}

Result<AlreadyThere> find_already_there(
    const SinkCheckpoint& known, Resumable& place,
    const std::function<std::unique_ptr<EventFeed>(std::uint64_t ordinal)>& feed_at, PlaceLog& places,
    DeadLetter& dead_letter) {
  Result<std::vector<PartitionTail>> tails = place.read_back(known.positions, known.origins);
  if (!tails) return tl::make_unexpected(tails.error());
  Search search(known, place, *tails, dead_letter);
  const std::uint64_t begin = search.begin();
  const std::unique_ptr<EventFeed> feed = feed_at(begin);
  if (Done started = feed->start(); !started) return tl::make_unexpected(started.error());
  std::uint64_t ordinal = begin;
  while (!search.is_done(ordinal)) {
    if (const std::optional<FeedPlace> next = feed->next_place()) places.note(*next);
    const SharedBatch batch = feed->next();
    if (!batch) break;
    for (std::size_t i = 0; i < batch->size(); ++i) {
      if (batch->first_ordinal + i < begin) continue;
      if (search.is_done(batch->first_ordinal + i)) break;
      search.take(batch, i);
    }
    ordinal = std::max(ordinal, batch->first_ordinal + batch->size());
  }
  feed->cancel();
  feed->wait();
  if (const auto error = feed->error()) return tl::make_unexpected(*error);
  return search.finish();
}

}  // namespace racesim
