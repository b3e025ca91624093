#include "verify/truth.h"

#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include "run/generate/feed.h"
#include "run/replay/recording.h"
#include "run/replay/unchanged.h"
#include "verify/verifier.h"

namespace racesim {
namespace {

class ScenarioTruth final : public Truth {
 public:
  ScenarioTruth(const Manifest& manifest, const Content& content) : manifest_(manifest), content_(&content) {}
  ScenarioTruth(const Manifest& manifest, std::unique_ptr<Content> content)
      : manifest_(manifest), owned_(std::move(content)), content_(owned_.get()) {}

  std::span<const StreamInfo> streams() const override { return content_->scenario->streams(); }
  const Owners& owners() const override { return content_->scenario->owners(); }
  std::uint32_t run() const override { return content_->run; }
  std::string header() const override { return std::string(content_->encoders.front()->header()); }
  std::unique_ptr<EventFeed> feed(unsigned threads, const Encoder* instead) override {
    std::vector<const Encoder*> encoders;
    for (const auto& encoder : content_->encoders)
      encoders.push_back(instead != nullptr ? instead : encoder.get());
    const Scenario& scenario = *content_->scenario;
    return std::make_unique<Feed>(
        scenario, std::move(encoders), shard_range(manifest_.shard, scenario.shard_count()), content_->run,
        threads, manifest_.faults, manifest_.content.seed, FeedPlace{}, manifest_.content.limit);
  }
  const Content* content() const override { return content_; }

 private:
  const Manifest& manifest_;
  const std::unique_ptr<Content> owned_;
  const Content* const content_;
};

/// Keys are all that is known of them.
class RecordedOwners final : public Owners {
 public:
  explicit RecordedOwners(const Recording& recording) : recording_(recording) {}
  std::optional<std::uint32_t> shard_of(std::uint32_t) const override { return std::nullopt; }
  std::optional<std::uint32_t> owner_of(std::string_view) const override { return std::nullopt; }
  void append_key(std::uint32_t, std::uint32_t entity, std::string& out) const override {
    recording_.append_key(entity, out);
  }

 private:
  const Recording& recording_;
};

class RecordedTruth final : public Truth {
 public:
  static Result<std::unique_ptr<Truth>> open(const Manifest& manifest, const SourceAccess& access) {
    std::unique_ptr<RecordedTruth> truth(new RecordedTruth(config_of(manifest)));
    ReplayConfig& replay = *truth->config_.replay;
    SourceAccess here = access;
    here.kafka.brokers = replay.source_brokers;
    if (Done ok = make_source_requests(here, replay); !ok) return tl::make_unexpected(ok.error());
    if (Done ok = check_unchanged(replay); !ok) return tl::make_unexpected(ok.error());
    auto recording = Recording::open(truth->config_);
    if (!recording) return tl::make_unexpected(recording.error());
    truth->recording_ = std::move(*recording);
    truth->owners_.emplace(*truth->recording_);
    truth->describe_streams();
    return std::unique_ptr<Truth>(std::move(truth));
  }

  std::span<const StreamInfo> streams() const override { return streams_; }
  const Owners& owners() const override { return *owners_; }
  std::uint32_t run() const override { return recording_->forms().run; }
  std::string header() const override { return recording_->forms().header; }
  std::unique_ptr<EventFeed> feed(unsigned, const Encoder*) override { return recording_->feed_again(); }
  const Content* content() const override { return nullptr; }

 private:
  explicit RecordedTruth(RunConfig config) : config_(std::move(config)) {}

  /// CSV has cells under the names of its header; other lines name their fields.
  void describe_streams() {
    std::string_view rest = columns_ = recording_->forms().header;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find_first_of(",\n"), rest.size());
      FieldInfo& field = fields_.emplace_back();
      field.path = rest.substr(0, end);
      field.type = FieldType::text;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    schema_.fields = fields_;
    for (const StreamTag& tag : recording_->tags()) streams_.push_back({tag.name, &schema_, tag.topic});
  }

  RunConfig config_;
  std::unique_ptr<Recording> recording_;
  std::optional<RecordedOwners> owners_;
  std::string columns_;
  std::vector<FieldInfo> fields_;
  SchemaInfo schema_{};
  std::vector<StreamInfo> streams_;
};

}  // namespace

std::unique_ptr<Truth> truth_of(const Manifest& manifest, const Content& content) {
  return std::make_unique<ScenarioTruth>(manifest, content);
}

Result<std::unique_ptr<Truth>> open_whole_truth(const Manifest& manifest, const SourceAccess& access) {
  if (manifest.replay) return RecordedTruth::open(manifest, access);
  auto content = open_truth(manifest);
  if (!content) return tl::make_unexpected(content.error());
  return std::unique_ptr<Truth>(std::make_unique<ScenarioTruth>(manifest, std::move(*content)));
}

}  // namespace racesim
