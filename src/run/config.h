// The checked form of everything `racesim run` can be told. cli/ fills it; run/ trusts it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "io/sink.h"
#include "io/sinks/http_options.h"
#include "io/sinks/kafka_options.h"
#include "run/outlets/event_forms.h"
#include "run/replay/replay_config.h"
#include "sim/faults/faults.h"
#include "sim/registry.h"

namespace racesim {

/// Behind which event a run ends. What faults make of those before it is sent whole.
struct EventLimit {
  std::uint64_t most = 0;  ///< events in the scenario's own order; 0: no limit
  /// What counts are the sends that faults have made of the events, and the rest of them is left out: so did
  /// manifests and checkpoints without `most_events_of`.
  bool of_sends = false;
};

/// Content options: they decide the bytes (with the scenario's version and the master data).
struct ContentOptions {
  /// All options of the scenario at their fallbacks.
  explicit ContentOptions(const ScenarioEntry& entry = *scenarios().front())
      : scenario(&entry), values(entry.options) {
    if (entry.volume.is_content) volume = entry.volume.historical;
  }

  const ScenarioEntry* scenario;  ///< never null
  OptionValues values;            ///< of the scenario's options
  std::optional<Volume> volume;   ///< of scenarios whose volume is content
  bool live = false;              ///< the events follow the clock, or did when they were first made
  std::uint64_t seed = 42;
  std::int64_t start_ns = 0;           ///< whole milliseconds
  std::optional<std::int64_t> end_ns;  ///< exclusive, whole milliseconds; none: until stopped
  std::string master_data_dir = "data/master/";
  bool master_data_named = false;  ///< the folder was asked for: what the scenario reads must be there
  EventLimit limit;                ///< not with shards
};

/// Which part of the entities this process makes: 1-based i of n. Never changes a byte of an event.
struct ShardOption {
  std::uint32_t index = 1;
  std::uint32_t count = 1;
};

enum class Arrivals : std::uint8_t { constant, poisson };
enum class CatchUp : std::uint8_t { paced, burst };
enum class Overload : std::uint8_t { block, drop, fail };

/// Pace options: when events are sent. None changes a byte.
struct PaceOptions {
  bool live = true;
  Rate posting_rate;              ///< over all threads; 0 events: no limit (live: event time leads)
  std::vector<StageText> stages;  ///< excludes posting_rate; after the last one its rate goes on
  Arrivals arrivals = Arrivals::constant;
  double speed = 1;  ///< live: event time runs so many times as fast as the clock
  CatchUp catch_up = CatchUp::paced;
  Overload on_overload = Overload::block;
  std::int64_t max_lag_ns = 1'000'000'000;
  bool realtime = false;
  /// Live: so much of event time lies before the moment at which event time is the clock's. It is sent at
  /// once.
  std::int64_t backfill_ns = 0;
  /// Live: the run starts when it is ready; content.start_ns and end_ns only tell how long it is.
  bool start_when_ready = false;
  /// Live: the first moment of event time is that at which the run starts, whenever that moment was: what is
  /// made again leaves with the pace that it had.
  bool starts_anew = false;
};

struct SinkSpec {
  std::string kind;    ///< a name of the registry: stdout, file, http, kafka, null
  std::string target;  ///< file: path; http: URL; else empty
};

/// Makes a sink that is not of the registry; it is told of the events to come, and tells `acks`.
using OwnSink = std::function<std::unique_ptr<Sink>(const EventForms& forms, AckListener* acks)>;

struct DeliveryOptions {
  std::vector<SinkSpec> sinks;     ///< at least one, or one of `own_sinks`
  std::vector<OwnSink> own_sinks;  ///< beside `sinks`; what one's submit() blocks on holds up those behind it
  std::string format = "json";     ///< a name of the codec registry
  std::uint32_t threads = 4;       ///< 1..256
  HttpOptions http;
  KafkaOptions kafka;
  std::string dead_letter_path = "dead-letter.ndjson";
  std::int64_t drain_timeout_ns = 30'000'000'000;
  bool strict_pipe = false;
};

/// How a run that is killed can go on.
struct CheckpointOptions {
  std::string path;     ///< empty: none
  bool resume = false;  ///< go on from the file, if it is there
};

struct RunConfig {
  ContentOptions content;
  ShardOption shard;
  PaceOptions pace;
  DeliveryOptions delivery;
  CheckpointOptions checkpoint;
  bool log_releases = false;           ///< for a manifest
  bool digest = false;                 ///< of all lines sent, in the manifest
  FaultRules faults;                   ///< what is done to the events on their way to the sinks
  std::optional<std::string> run_id;   ///< 8 hex digits; else derived from the content options
  std::string master_hash;             ///< that the master data must have; empty: any
  std::optional<ReplayConfig> replay;  ///< what is sent is recorded; then `content` says nothing
  std::string program, commit;         ///< who runs: "racesim 0.1.0"; for manifest and checkpoint
};

}  // namespace racesim
