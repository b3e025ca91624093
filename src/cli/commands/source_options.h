// Where events come from: the options that ingest and aggregate have alike.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.h"
#include "io/sources/registry.h"

namespace racesim::cli {

struct SourceOptions {
  std::vector<SourceText> from;
  SourceRequest request;
  std::string topics;
  std::int64_t connect_timeout_ns = 0;
};

/// What differs between the commands.
struct SourceTexts {
  const char* from_help;
  const char* from_note;  ///< where nothing is given
  const char* follow_help;
  const char* topic_note;
  const char* group;  ///< the consumer group where none is named
};

/// In the group "From": --from to --connect-timeout. `target` outlives them.
std::vector<OptionSpec> source_options(SourceOptions& target, const SourceTexts& texts);

/// Kinds of sources as the shell offers them: "stdin", "file:".
std::vector<std::string> source_words();
/// The shell offers these words.
OptionSpec offering(std::vector<std::string> words, OptionSpec option);

/// "earliest", "latest", a time.
Setter set_start_at(StartAt& target);

/// "a, b" as topics, `fallback` where it is empty. Errors: usage, for what is no topic's name.
Result<std::vector<std::string>> parse_topics(const std::string& list, std::string_view fallback);

/// Somebody gave it, on the line, in the environment or in a file.
bool is_given(const Settings& settings, const char* option);
/// It was typed.
bool is_typed(const Settings& settings, const char* option);

/// Which of the kinds of sources or stores an option is for; refused on the command line with another.
struct OptionFor {
  const char* option;
  const char* kind;
};
/// Errors: usage. `chosen_by`: the option that chooses the kind.
Done check_kind(std::span<const OptionFor> options, const Settings& settings, std::string_view kind,
                const std::string& chosen_by);
/// The options of source_options() that are for one kind of source.
std::span<const OptionFor> options_of_sources();

}  // namespace racesim::cli
