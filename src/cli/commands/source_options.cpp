#include "cli/commands/source_options.h"

#include <algorithm>
#include <utility>

#include "base/quantity.h"
#include "base/time_text.h"
#include "cli/commands/kafka_property.h"
#include "cli/values.h"
#include "io/kafka/cluster/names.h"

namespace racesim::cli {
namespace {

constexpr const char* kFromGroup = "From";

OptionSpec from_option(const OptionText& text, Setter set) {
  return option_of(kFromGroup, text, std::move(set));
}

OptionSpec many(OptionSpec option) {
  option.repeatable = true;
  return option;
}

OptionSpec also_named(const char* variable, OptionSpec option) {
  option.alias_variable = variable;
  return option;
}

Setter add_source(std::vector<SourceText>& target) {
  return [&target](const std::string& text) -> Done {
    Result<SourceText> source = parse_source(text);
    if (!source) return tl::make_unexpected(source.error());
    target.push_back(std::move(*source));
    return {};
  };
}

Setter set_brokers(std::string& target) {
  return [&target](const std::string& text) -> Done {
    if (Done ok = kafka::check_brokers(text); !ok) return ok;
    target = text;
    return {};
  };
}

constexpr OptionFor kOfSources[] = {
    {"brokers", "kafka"},     {"topic", "kafka"},     {"group", "kafka"},    {"start-at", "kafka"},
    {"exit-at-end", "kafka"}, {"allow-gap", "kafka"}, {"property", "kafka"}, {"connect-timeout", "kafka"},
};

}  // namespace

Setter set_start_at(StartAt& target) {
  return [&target](const std::string& text) -> Done {
    target = {};
    if (text == "latest") target.place = StartAt::Place::latest;
    if (text == "earliest" || text == "latest") return {};
    const Result<std::int64_t> time_ns = parse_datetime(text, "UTC");
    if (!time_ns)
      return fail(ErrorKind::usage, "'" + text + "' is neither a place nor a time",
                  "write earliest, latest or a time such as 2026-07-05T14:00:00Z");
    target = {StartAt::Place::time, *time_ns, false};
    return {};
  };
}

OptionSpec offering(std::vector<std::string> words, OptionSpec option) {
  option.suggestions = std::move(words);
  option.complete = Complete::target;
  return option;
}

std::vector<std::string> source_words() {
  std::vector<std::string> words;
  for (const SourceInfo& source : source_registry())
    words.push_back(std::string(source.name) + (source.target.empty() ? "" : ":"));
  return words;
}

std::vector<OptionSpec> source_options(SourceOptions& target, const SourceTexts& texts) {
  SourceRequest& s = target.request;
  return {
      offering(source_words(),
               many(noted(from_option({"from", "SOURCE", "", texts.from_help}, add_source(target.from)),
                          texts.from_note))),
      from_option({"follow", "", "", texts.follow_help}, set_flag(s.follow)),
      also_named("KAFKA_BOOTSTRAP_SERVERS",
                 from_option({"brokers", "HOST:PORT,…", "localhost:9092", "Kafka cluster to read from"},
                             set_brokers(s.kafka.brokers))),
      also_named("KAFKA_TOPIC",
                 noted(from_option({"topic", "TOPIC,…", "", "Topics to read, separated by commas"},
                                   set_text(target.topics)),
                       texts.topic_note)),
      from_option(
          {"group", "NAME", texts.group, "Consumer group: processes with the same one share the work"},
          set_text(s.group)),
      from_option({"start-at", "WHERE", "earliest",
                   "Where to begin with partitions that the store does not know: earliest, latest or a time"},
                  set_start_at(s.start_at)),
      from_option({"exit-at-end", "", "", "Kafka: end with the last record that is there now"},
                  set_flag(s.exit_at_end)),
      from_option({"allow-gap", "", "",
                   "Go on where records were deleted before they were read; otherwise exit with 4"},
                  set_flag(s.allow_gap)),
      kafka_property_option(s.kafka.properties),
      from_option({"connect-timeout", "DURATION", "10s",
                   "Time at the start for the brokers to be there; 0: as long as it takes"},
                  set_parsed(target.connect_timeout_ns, &parse_duration_ns)),
  };
}

Result<std::vector<std::string>> parse_topics(const std::string& given, std::string_view fallback) {
  const std::string list = given.empty() ? std::string(fallback) : given;
  std::vector<std::string> topics;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    std::string topic = list.substr(begin, end - begin);
    topic.erase(0, std::min(topic.find_first_not_of(' '), topic.size()));
    topic.erase(topic.find_last_not_of(' ') + 1);
    if (Done ok = kafka::check_topic_name(topic); !ok)
      return fail(ErrorKind::usage, "--topic: " + ok.error().what, ok.error().hint);
    topics.push_back(std::move(topic));
    begin = end + 1;
  }
  return topics;
}

bool is_given(const Settings& settings, const char* option) {
  const auto at = settings.find(option);
  return at != settings.end() && at->second.source != Source::builtin;
}

bool is_typed(const Settings& settings, const char* option) {
  const auto at = settings.find(option);
  return at != settings.end() && at->second.source == Source::flag;
}

Done check_kind(std::span<const OptionFor> options, const Settings& settings, std::string_view kind,
                const std::string& chosen_by) {
  for (const OptionFor& one : options) {
    if (!is_typed(settings, one.option) || kind == one.kind) continue;
    return fail(ErrorKind::usage,
                "--" + std::string(one.option) + " is for " + one.kind + ", not for " + std::string(kind),
                "leave it out, or give " + chosen_by + " " + one.kind);
  }
  return {};
}

std::span<const OptionFor> options_of_sources() {
  return kOfSources;
}

}  // namespace racesim::cli
