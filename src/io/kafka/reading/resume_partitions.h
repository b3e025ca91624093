// The partitions that a run writes to, as a run that goes on after a kill needs them.
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

/// All partitions, topic by topic. One thread, but for positions(), which any may call once sending
/// has begun.
class Partitions final : public Resumable {
 public:
  /// `cluster_id`: what the cluster calls itself.
  Partitions(const std::vector<Route>& routes, KafkaOptions options, std::string cluster_id, Clock& clock);

  std::string identity() const override { return identity_; }
  Result<std::vector<PartitionTail>> read_back(const std::vector<StreamPosition>& known) override;
  void set_positions(std::vector<StreamPosition> positions) override { positions_ = std::move(positions); }
  std::size_t partition_of(const WireBatch& batch, std::size_t i) override;
  bool is_alone() const override { return false; }
  std::uint64_t most_on_the_way() const override { return most_pending(options_); }

  const std::vector<StreamPosition>& origins() const { return origins_; }
  /// Each partition's place: the one in `written` if there is one, else that of the start.
  std::vector<StreamPosition> positions(const std::vector<StreamPosition>& written) const;

 private:
  const KafkaOptions options_;
  Clock& clock_;
  std::string identity_;
  std::vector<StreamPosition> positions_;     ///< of all partitions
  std::vector<StreamPosition> origins_;       ///< of all partitions, when this process began
  std::vector<std::size_t> first_partition_;  ///< of each topic
  std::deque<KeyTable> keys_;                 ///< by topic
};

}  // namespace racesim::kafka
