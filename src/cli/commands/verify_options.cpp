#include "cli/commands/verify_options.h"

#include <utility>

#include "base/quantity.h"
#include "cli/commands/kafka_property.h"
#include "cli/values.h"

namespace racesim::cli {
namespace {

OptionSpec verify_option(const char* group, const char* name, const char* metavar, const char* help,
                         Setter set) {
  return option_of(group, {name, metavar, "", help}, std::move(set));
}

}  // namespace

std::vector<OptionSpec> verify_options(VerifyCommand& c) {
  OptionSpec against =
      verify_option("What", "against", "SOURCE",
                    "What arrived: file:PATH (gzip and zstd are decompressed), kafka (the run's "
                    "topics), - (standard input), or the tables of a store: sqlite:PATH, postgres:DSN",
                    set_against(c.input.against));
  against.suggestions = {"file:", "kafka", "-", "sqlite:", "postgres:"};
  against.complete = Complete::target;
  OptionSpec allow =
      verify_option("How", "allow", "KINDS", "Kinds of differences to accept: late,duplicated,…",
                    set_parsed(c.allowed, &parse_allowed));
  for (const std::string_view name : kFindingNames) allow.suggestions.emplace_back(name);
  allow.list = true;
  OptionSpec brokers = verify_option("What", "brokers", "HOST:PORT,…", "Kafka cluster, for --against kafka",
                                     set_text(c.input.kafka.brokers));
  brokers.default_value = c.input.kafka.brokers;
  brokers.alias_variable = "KAFKA_BOOTSTRAP_SERVERS";
  OptionSpec connect_timeout =
      verify_option("What", "connect-timeout", "DURATION",
                    "Time at the start for the brokers to be there; 0: as long as it takes",
                    set_parsed(c.connect_timeout_ns, &parse_duration_ns));
  connect_timeout.default_value = "10s";
  OptionSpec threads = verify_option("How", "threads", "N", "Threads that regenerate the events",
                                     set_number(c.threads, std::uint32_t{1}, std::uint32_t{256}));
  threads.default_value = "2";
  return {
      file(verify_option("What", "manifest", "FILE",
                         "File that racesim run --manifest wrote; for a killed run: FILE.partial",
                         set_text(c.input.manifest))),
      against,
      file(verify_option("What", "master-data-dir", "DIR",
                         "Folder with the run's master data, if it has moved",
                         set_text(c.input.master_data_dir))),
      file(verify_option("What", "password-file", "FILE",
                         "File with the password for postgres:", set_text(c.input.password_file))),
      brokers,
      verify_option("What", "topic", "TOPIC",
                    "Topic of the main stream, if it is not the one the run wrote to",
                    set_text(c.input.kafka.topic)),
      kafka_property_option(c.input.kafka.properties),
      connect_timeout,
      verify_option("How", "full", "", "Compare every byte (the default)", set_flag(c.full)),
      verify_option("How", "by-value", "",
                    "Compare the value of every field, however it is spelled: for stores and consumers that "
                    "parse events and write them again",
                    set_flag(c.by_value)),
      verify_option(
          "How", "fast", "",
          "Read only the identity of each line; compare bytes by the manifest's digest, if it has one",
          set_flag(c.fast)),
      verify_option("How", "invariants", "",
                    "Without a manifest: check the laws that hold in every stream (physics, numbers, times, "
                    "references)",
                    set_flag(c.invariants)),
      verify_option(
          "How", "watermark", "DURATION",
          "A missing event that was delayed on purpose by more than this counts as late, not lost; with "
          "--aggregates the engine's watermark [10s]",
          set_parsed(c.watermark_ns, &parse_duration_ns)),
      allow,
      threads,
      file(verify_option("Output", "report", "FILE", "Write the result as JSON to this file",
                         set_text(c.report))),
      file(verify_option("Output", "junit", "FILE", "Write the result as JUnit XML to this file",
                         set_text(c.junit))),
  };
}

}  // namespace racesim::cli
