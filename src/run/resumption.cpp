#include "run/resumption.h"

#include <algorithm>
#include <utility>

#include "run/skipping_sink.h"

namespace racesim {
namespace {

bool is_compressed(const std::string& path) {
  return path.size() > 4 && path.compare(path.size() - 4, 4, ".zst") == 0;
}

/// Sinks whose content cannot be told from what they were given.
Done check_sinks(const RunConfig& config) {
  for (const SinkSpec& sink : config.delivery.sinks) {
    if (sink.kind == "stdout")
      return fail(ErrorKind::usage, "--checkpoint: a pipe cannot be gone on with",
                  "choose --sink file:PATH, kafka or http");
    if (sink.kind == "file" && is_compressed(sink.target))
      return fail(ErrorKind::usage, "--checkpoint: a compressed file cannot be gone on with",
                  "write " + sink.target.substr(0, sink.target.size() - 4) + " and compress it afterwards");
  }
  if (config.pace.on_overload == Overload::drop)
    return fail(ErrorKind::usage, "--checkpoint and --on-overload drop exclude each other",
                "what was left out cannot be told from what was lost: --on-overload block");
  return {};
}

/// A live run began when it did; its end moves with it.
void restore_window(const Checkpoint& known, RunConfig& config) {
  if (!config.pace.live) return;
  ContentOptions& content = config.content;
  if (content.end_ns) *content.end_ns += known.start_ns - content.start_ns;
  content.start_ns = known.start_ns;
  config.pace.start_when_ready = false;
}

}  // namespace

Resumption::Resumption(std::string path, std::optional<Checkpoint> known)
    : path_(std::move(path)), known_(std::move(known)), log_(known_ ? known_->place : FeedPlace{}) {}

Result<std::unique_ptr<Resumption>> Resumption::open(RunConfig& config) {
  if (Done ok = check_sinks(config); !ok) return tl::make_unexpected(ok.error());
  const std::string& path = config.checkpoint.path;
  Result<std::optional<Checkpoint>> known = load_checkpoint(path);
  if (!known) return tl::make_unexpected(known.error());
  if (*known && !config.checkpoint.resume)
    return fail(ErrorKind::usage, "--checkpoint " + path + ": there is one already, of run " + (*known)->run,
                "go on from it: --resume   or remove it to begin anew");
  if (*known) restore_window(**known, config);
  return std::unique_ptr<Resumption>(new Resumption(path, std::move(*known)));
}

Done Resumption::check(const RunConfig& config, const std::string& run) {
  next_.run = run;
  next_.content = content_text(config, run);
  if (!known_) return {};
  if (known_->content != next_.content)
    return fail(
        ErrorKind::usage,
        "--checkpoint " + path_ + " is of another run: " + known_->content + "; this is " + next_.content,
        "give the options of that run, or remove the checkpoint to begin anew");
  return {};
}

FeedPlace Resumption::place_before(std::uint64_t ordinal) const {
  return known_ && known_->place.ordinal <= ordinal ? known_->place : FeedPlace{};
}

Result<std::unique_ptr<Sink>> Resumption::resume(std::unique_ptr<Sink> sink, const FeedAt& feed_at,
                                                 DeadLetter& dead_letter) {
  dead_letter_ = &dead_letter;
  log_.origins.push_back(sink->origins());
  if (!known_) return sink;
  const std::size_t index = log_.sinks.size() - 1;
  if (index >= known_->sinks.size() || known_->sinks[index].name != sink->name())
    return fail(ErrorKind::usage, "--checkpoint " + path_ + " does not know " + sink->name(),
                "give the sinks of that run, in its order, or remove the checkpoint to begin anew");
  const SinkCheckpoint& known = known_->sinks[index];
  log_.origins.back() = known.origins;
  Backlog backlog;
  backlog.below = known.ordinal;
  if (sink->resumable() != nullptr) {
    if (known.identity != sink->resumable()->identity())
      return fail(ErrorKind::usage,
                  "--checkpoint " + path_ + " was made for " + known.identity + "; now it is " +
                      sink->resumable()->identity(),
                  "give the run the same place to write to, or remove the checkpoint to begin anew");
    const auto feed_from = [&](std::uint64_t ordinal) { return feed_at(place_before(ordinal)); };
    Result<Backlog> found = find_backlog(known, *sink, feed_from, log_.places, dead_letter);
    if (!found) return tl::make_unexpected(found.error());
    backlog = std::move(*found);
    refused_ += backlog.refused;
  }
  first_ordinal_ = std::min(first_ordinal_.value_or(UINT64_MAX), backlog.first_missing());
  return std::make_unique<SkippingSink>(std::move(sink), std::move(backlog), log_.sinks.back());
}

FeedPlace Resumption::place() const {
  return place_before(first_ordinal());
}

Done Resumption::start(std::vector<std::unique_ptr<Sink>>& sinks, std::int64_t start_ns,
                       std::optional<std::int64_t> end_ns) {
  for (SettledEvents& sink : log_.sinks) sink.settle(0, first_ordinal());
  next_.start_ns = start_ns;
  next_.end_ns = end_ns;
  checkpointer_ = std::make_unique<Checkpointer>(path_, next_, sinks, log_, *dead_letter_);
  return checkpointer_->start();
}

Done Resumption::finish(bool complete) {
  if (Done saved = checkpointer_->finish(complete); !saved) return saved;
  return {};
}

}  // namespace racesim
