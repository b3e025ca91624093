// Events with ids and entities for the tests of the http sink, and a listener that notes what was
// acknowledged.
#pragma once

#include <atomic>
#include <cstdio>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "io/http/event_queue.h"
#include "io/sink.h"
#include "model/batch.h"
#include "support/scratch_dir.h"

namespace racesim::test {

/// A made-up id in the form of a UUID.
inline std::string event_id_of(std::uint64_t ordinal) {
  char text[37];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012llx",
                static_cast<unsigned long long>(ordinal));
  return text;
}

/// {"event_id":"…","user":3,"seq":7}: event `first + i` of the run belongs to entity (first + i) % entities,
/// and `seq` counts per entity.
inline SharedBatch make_plays(std::size_t count, std::uint32_t entities, std::uint64_t first = 0) {
  auto batch = std::make_shared<WireBatch>();
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    EventHead head;
    head.entity = static_cast<std::uint32_t>((first + i) % entities);
    head.seq = (first + i) / entities;
    batch->heads.push_back(head);
    text += "{\"event_id\":\"" + event_id_of(first + i) + "\",\"user\":" + std::to_string(head.entity) +
            ",\"seq\":" + std::to_string(head.seq) + "}\n";
    batch->ends.push_back(static_cast<std::uint32_t>(text.size()));
  }
  batch->text.reserve_more(text.size());
  text.copy(batch->text.data(), text.size());
  batch->text.set_size(text.size());
  batch->first_ordinal = first;
  batch->streams = std::make_shared<std::vector<StreamTag>>(1, StreamTag{"plays", "song-plays", {13, 36}});
  return batch;
}

/// The events of a request's body.
inline std::vector<nlohmann::json> events_of(const std::string& body) {
  const nlohmann::json parsed = nlohmann::json::parse(body);
  if (parsed.is_array()) return parsed.get<std::vector<nlohmann::json>>();
  return {parsed};
}

/// Notes every acknowledged event by id, and counts what is told to go out.
class AckedIds final : public AckListener {
 public:
  void on_sent(const WireBatch&, std::size_t first, std::size_t last) override { sent += last - first; }
  std::atomic<std::uint64_t> sent{0};
  void on_acked(const WireBatch& batch, std::size_t first, std::size_t last) override {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = first; i < last; ++i) ++ids_[batch.event_id(i)];
  }
  std::map<std::string, int> ids() const {
    const std::lock_guard lock(mutex_);
    return ids_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int> ids_;
};

/// The records of a dead-letter file; none if there is no file.
inline std::vector<nlohmann::json> dead_letters(const std::string& path) {
  std::vector<nlohmann::json> records;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) records.push_back(nlohmann::json::parse(line));
  return records;
}

/// sent = acked + failed, and these are the figures.
inline void expect_counts(const Sink& sink, std::uint64_t acked, std::uint64_t failed) {
  const SinkCounters& counters = sink.counters();
  EXPECT_EQ(counters.acked.load(), acked);
  EXPECT_EQ(counters.failed.load(), failed);
  EXPECT_EQ(counters.sent.load(), acked + failed);
  EXPECT_EQ(counters.dead_lettered.load(), failed);
}

}  // namespace racesim::test
