// Resumption: the partitions that a run writes to, as a process that goes on with a dead one's run needs
// them. docs/recovery-and-resume.md.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "io/kafka/cluster/settings.h"
#include "io/kafka/producing/keys.h"
#include "io/kafka/producing/sender.h"
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
  Result<std::vector<PartitionTail>> read_back(const std::vector<StreamPosition>& known) override;
  std::size_t partition_of(const WireBatch& batch, std::size_t i) override;
  void set_positions(std::vector<StreamPosition> positions) override { positions_ = std::move(positions); }
  /// Each partition's: behind what this process wrote there, else where it began.
  std::vector<StreamPosition> positions() const override;

 private:
  const KafkaOptions options_;
  Clock& clock_;
  const Delivery& delivery_;
  Destination destination_;
  std::vector<StreamPosition> positions_;     ///< of all partitions, when sending began
  std::vector<std::size_t> first_partition_;  ///< of each topic
  std::deque<RecordKeys> keys_;               ///< by topic
};

}  // namespace racesim::kafka
