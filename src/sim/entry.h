// How a scenario is declared: one ScenarioEntry, data and a few pure functions, in sim/<name>/entry.cpp. What
// the rest of the program knows of a scenario it knows from here: flags, help, configuration, errors, plans,
// manifests, checkpoints, keys, verification, laws.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/quantity.h"
#include "model/master_tables.h"
#include "model/option.h"
#include "model/question.h"
#include "model/table.h"
#include "sim/laws.h"
#include "sim/scenario.h"

namespace racesim {

/// A scenario's options, checked and in its own form. Only the scenario itself looks inside.
class ScenarioContent {
 public:
  virtual ~ScenarioContent() = default;
};

/// What content is read from.
struct ContentInput {
  const OptionValues& values;
  std::optional<Volume> volume;  ///< of scenarios whose volume is content
  bool live = false;             ///< the run follows the clock; false also when it is made again later
};

/// What a scenario is made for, besides its content.
struct Frame {
  std::uint64_t seed = 42;
  std::uint32_t run = 0;               ///< carried by every event
  std::int64_t start_ms = 0;           ///< epoch
  std::optional<std::int64_t> end_ms;  ///< exclusive; none: endless
  MasterTables master;                 ///< of the entities that the scenario reads; empty: its own
};

/// What --volume means.
struct VolumeRule {
  /// True: it decides the events. False: the run ends behind so many events in time order, which a part of a
  /// run (--shard) cannot know.
  bool is_content = false;
  Volume historical{}, live{};  ///< of a content volume where none is given
  std::string_view help;        ///< what it does, without the scenario's name
  std::string_view fallback;    ///< "10000 historical, 60/min live"; "no limit"
};

/// A form of rows that the scenario makes, and how verify reads of a row which event it is. Paths of fields;
/// empty: there is none.
struct RowForm {
  const SchemaInfo& (*schema)();
  std::string_view event_id{};  ///< carries run, owner and seq (model/event_id.h)
  std::string_view run{};
  std::string_view owner{};   ///< read by Owners::owner_of()
  std::string_view seq{};     ///< of the owner, from 0, without a gap
  std::string_view entity{};  ///< whose order of time is kept
  std::string_view time{};    ///< event time; a number is seconds since the run's start
  /// The events of an owner are in the order of their numbers.
  bool seq_in_time_order = true;
  TableInfo table{};         ///< how stores keep it
  std::string_view topic{};  ///< of the stream that such rows are of

  bool has_identity() const { return !event_id.empty() || !seq.empty(); }
};

/// An end that the content has, whenever that is.
struct Ending {
  std::string what;  ///< such as "day", as in "the end of the day"
};

/// How manifests and checkpoints of format 1 call an option's value.
struct FormatOneMember {
  std::string_view option;
  std::string_view member;  ///< in the object that has the scenario's name
};
struct FormatOne {
  std::span<const FormatOneMember> members;
  std::string_view streams{}, columns{};  ///< what a checkpoint says of them
};

/// A command of this scenario, for the help of racesim run.
struct ScenarioExample {
  std::string_view command;
  std::string_view text;  ///< what it does
};

struct ScenarioEntry {
  std::string_view name;
  std::string_view summary;  ///< one line, no full stop
  int version = 1;           ///< a change of any byte is a new version
  std::span<const ContentOption> options;
  VolumeRule volume;
  std::span<const RowForm> rows;                      ///< all that it can make, under every set of names
  std::span<const std::string_view> master_entities;  ///< what it reads, "songs" …
  bool needs_master = false;       ///< false: it has rows of its own when no folder is named
  std::string_view topic{};        ///< of its main stream
  std::string_view slower_hint{};  ///< what a user may lower: "--rate-hz or --cars"
  /// The first one stands in the help of racesim itself.
  std::span<const ScenarioExample> examples{};
  std::span<const Question> questions{};  ///< of its rows in a store
  FormatOne format_one{};

  /// Errors (usage) name the option.
  Result<std::shared_ptr<const ScenarioContent>> (*read)(const ContentInput& input);
  /// Errors: usage, for content that the frame does not allow, naming option or time; master_data.
  Result<std::unique_ptr<Scenario>> (*make)(const ScenarioContent& content, const Frame& frame);
  /// The laws of its rows; null: it has none.
  std::unique_ptr<Laws> (*laws)(const LawInput& input) = nullptr;
  /// What beside seed and start decides the events, as a text: the run's name is a hash of it. Null: the
  /// values of the options with Effect::bytes that differ from their fallbacks, and the volume if it is
  /// content. What only cuts the stream short is left out.
  std::string (*identity)(const ScenarioContent& content, const Frame& frame) = nullptr;
  /// Null: it has no end of its own.
  std::optional<Ending> (*ends)(const ScenarioContent& content) = nullptr;
  /// Events per second of event time, about.
  double (*event_rate)(const ScenarioContent& content) = nullptr;
  /// What is made, in a few words; for --dry-run.
  std::string (*describe)(const ScenarioContent& content) = nullptr;
  /// The map that such content moves on, or where there is none (null) the built-in one, as a JSON text for
  /// pages that draw it: GeoJSON of roads, or a track file. Null: it has none.
  std::string (*map)(const ScenarioContent* content) = nullptr;
};

/// The content option of that name, or null.
const ContentOption* find_option(const ScenarioEntry& entry, std::string_view name);

/// See ScenarioEntry::identity.
std::string identity_of(const ScenarioEntry& entry, const ScenarioContent& content, const ContentInput& input,
                        const Frame& frame);

}  // namespace racesim
