// Resumption: the partitions that a run writes to, as a process that goes on with a dead one's run needs
// them. docs/recovery-and-resume.md.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "io/kafka/cluster/cluster.h"
#include "io/kafka/cluster/settings.h"
#include "io/kafka/producing/keys.h"
#include "io/kafka/producing/sender.h"
#include "io/kafka/reading/tail.h"
#include "io/resumable.h"

namespace racesim::kafka {

/// All partitions, topic by topic.
class ResumablePartitions final : public Resumable {
 public:
  /// `cluster_id`: what the cluster calls itself. `delivery` knows how far this process has written, and
  /// outlives this, as does the clock.
  ResumablePartitions(const std::vector<Route>& routes, KafkaOptions options, std::string cluster_id,
                      Clock& clock, const Delivery& delivery);

  const Destination& destination() const override { return destination_; }
  Result<std::vector<PartitionTail>> read_back(const std::vector<StreamPosition>& known,
                                               const std::vector<StreamPosition>& origins) override;
  std::size_t partition_of(const WireBatch& batch, std::size_t i) override;
  void set_positions(std::vector<StreamPosition> positions) override { positions_ = std::move(positions); }
  /// Each partition's: behind what this process wrote there, else where it began.
  std::vector<StreamPosition> positions() const override;

 private:
  /// What a partition holds now, as offsets, and what a checkpoint tells of it.
  struct Found {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::optional<StreamPosition> known;
    std::optional<StreamPosition> origin;
  };
  Result<PartitionTail> read_partition(Cluster& cluster, const TopicPartition& partition,
                                       const Found& found) const;
  /// With an empty `changed`, unless the known place has another record before it now.
  Result<PartitionTail> read_behind(Cluster& cluster, const StreamPosition& known, const Found& found) const;
  Result<PartitionTail> read_anew(const TopicPartition& partition, const Found& found,
                                  std::string changed) const;
  Result<std::vector<TailRecord>> read(const StreamPosition& place, std::int64_t from_offset,
                                       std::int64_t end_offset) const;

  const KafkaOptions options_;
  Clock& clock_;
  const Delivery& delivery_;
  Destination destination_;
  std::vector<StreamPosition> positions_;     ///< of all partitions, when sending began
  std::vector<std::size_t> first_partition_;  ///< of each topic
  std::deque<RecordKeys> keys_;               ///< by topic
};

}  // namespace racesim::kafka
