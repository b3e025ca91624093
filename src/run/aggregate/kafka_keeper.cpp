#include "run/aggregate/kafka_keeper.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "io/kafka/records.h"
#include "run/aggregate/kept_state.h"
#include "run/aggregate/result_records.h"

namespace racesim {
namespace {

constexpr std::size_t kResultTopic = 0, kStateTopic = 1;

/// Chunk i of a state has the key "NAME/i".
std::string chunk_key(const std::string& name, std::size_t chunk) {
  return name + "/" + std::to_string(chunk);
}

/// Which chunk of that name the key is of; none: of another name.
std::optional<std::size_t> chunk_of(std::string_view key, std::string_view name) {
  if (!key.starts_with(name) || key.size() <= name.size() + 1 || key[name.size()] != '/') return std::nullopt;
  const std::string_view digits = key.substr(name.size() + 1);
  std::size_t chunk = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), chunk);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
  return chunk;
}

class KafkaKeeper final : public ResultKeeper {
 public:
  KafkaKeeper(const KafkaKeeperOptions& options, std::unique_ptr<RecordWriter> writer)
      : name_(options.name),
        writer_(std::move(writer)),
        records_(options.entries),
        kept_{options.options, {}, {}},
        place_("the state of " + options.name + " in topic " + state_topic_of(options.kafka.topic)) {}

  Done load(std::vector<KafkaRecord> records) {
    std::vector<std::string> chunks;
    for (KafkaRecord& record : records) {
      const std::optional<std::size_t> chunk = chunk_of(record.key, name_);
      if (!chunk || record.deleted) continue;
      chunks.resize(std::max(chunks.size(), *chunk + 1));
      chunks[*chunk] = std::move(record.value);
    }
    if (chunks.empty()) return {};
    std::string bytes;
    for (const std::string& chunk : chunks) bytes += chunk;
    Result<KeptState> kept = read_kept(bytes, place_, kept_.options);
    if (!kept) return tl::make_unexpected(kept.error());
    kept_ = std::move(*kept);
    chunks_ = chunks.size();
    return {};
  }

  std::string name() const override { return writer_->name(); }
  Result<std::vector<LanePosition>> positions(std::string_view source) override {
    return kept_.positions_of(source);
  }
  Result<std::optional<std::string>> state() override {
    return chunks_ > 0 ? std::optional<std::string>(kept_.state) : std::nullopt;
  }

  Result<bool> commit(const ResultCommit& what) override {
    std::optional<KeptState> next = kept_.after(what.steps, what.state);
    if (!next) return false;
    made_.clear();
    for (const ResultPart& part : what.results) records_.add(*part.entry, *part.rows, made_);
    const std::size_t results = made_.size();
    const std::size_t chunks = add_chunks(write_kept(*next));
    if (Done ok = writer_->begin(); !ok) return tl::make_unexpected(ok.error());
    for (std::size_t i = 0; i < made_.size(); ++i)
      if (Done ok = writer_->put(i < results ? kResultTopic : kStateTopic, std::move(made_[i])); !ok)
        return tl::make_unexpected(ok.error());
    if (Done ok = writer_->commit(); !ok) return tl::make_unexpected(ok.error());
    kept_ = std::move(*next);
    chunks_ = chunks;
    return true;
  }

  bool worth_retrying() const override { return writer_->worth_retrying(); }
  bool keeps_results() const override { return true; }
  bool keeps_dead_records() const override { return false; }
  Done close() override { return {}; }
  void abandon() override { writer_->abandon(); }
  const WaitNote* wait() const override { return writer_->wait(); }

 private:
  /// What an earlier, larger state has behind the last one is deleted. Returns how many there are.
  std::size_t add_chunks(const std::string& bytes) {
    const std::size_t most = writer_->value_bytes_max(kStateTopic);
    const std::size_t chunks = (bytes.size() + most - 1) / most;
    for (std::size_t i = 0; i < chunks; ++i)
      made_.push_back({chunk_key(name_, i), bytes.substr(i * most, most), false});
    for (std::size_t i = chunks; i < chunks_; ++i) made_.push_back({chunk_key(name_, i), {}, true});
    return chunks;
  }

  const std::string name_;
  std::unique_ptr<RecordWriter> writer_;
  ResultRecords records_;
  KeptState kept_;
  const std::string place_;
  std::size_t chunks_ = 0;  ///< of the last committed state; 0: there is none
  std::vector<KafkaRecord> made_;
};

}  // namespace

std::string state_topic_of(const std::string& topic) {
  return topic + "-racesim-state";
}

Result<std::unique_ptr<ResultKeeper>> open_kafka_keeper(KafkaKeeperOptions options, Clock& clock) {
  options.kafka.transactions = true;
  options.kafka.transactional_id = "racesim-" + options.kafka.topic + "-" + options.name;
  const std::string state_topic = state_topic_of(options.kafka.topic);
  auto writer = open_record_writer(options.kafka, {{options.kafka.topic, false}, {state_topic, true}}, clock);
  if (!writer) return tl::make_unexpected(writer.error());
  Result<std::vector<KafkaRecord>> records = read_last_records(options.kafka, state_topic, clock);
  if (!records) return tl::make_unexpected(records.error());
  auto keeper = std::make_unique<KafkaKeeper>(options, std::move(*writer));
  if (Done ok = keeper->load(std::move(*records)); !ok) return tl::make_unexpected(ok.error());
  return std::unique_ptr<ResultKeeper>(std::move(keeper));
}

}  // namespace racesim
