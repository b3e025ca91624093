#include "cli/commands/ingest/options.h"

#include <utility>

#include "base/quantity.h"
#include "cli/commands/ingest/report.h"
#include "cli/values.h"
#include "sim/registry.h"

namespace racesim::cli {
namespace {

constexpr const char* kFrom = "From";
constexpr const char* kWhat = "What";
constexpr const char* kTo = "To";
constexpr const char* kOutput = "Output";

OptionSpec ingest_option(const char* group, const OptionText& text, Setter set) {
  return option_of(group, text, std::move(set));
}

Setter add_ingest_threshold(std::vector<Threshold>& target) {
  return [&target](const std::string& text) -> Done {
    Result<Threshold> threshold = parse_threshold(text, ingest_metric_names());
    if (!threshold) return tl::make_unexpected(threshold.error());
    target.push_back(std::move(*threshold));
    return {};
  };
}

std::vector<std::string> store_words() {
  std::vector<std::string> words;
  for (const StoreInfo& store : store_registry()) words.push_back(std::string(store.name) + ":");
  return words;
}

std::vector<std::string> schema_names() {
  std::vector<std::string> names{"auto"};
  for (const ScenarioEntry* entry : scenarios()) names.emplace_back(entry->name);
  return names;
}

constexpr SourceTexts kSourceTexts{
    "Where events come from: stdin, file:PATH (a pattern, compressed, several times), kafka, http, "
    "sqlite:PATH, "
    "postgres:DSN",
    "stdin if that is a pipe or a file, else http",
    "Files: go on with what is appended, also when a file is rotated",
    "the topic of --schema, else f1-telemetry",
    "racesim-ingest",
};

std::vector<OptionSpec> from_options(IngestOptions& o) {
  SourceRequest& s = o.from.request;
  std::vector<OptionSpec> all = source_options(o.from, kSourceTexts);
  all.push_back(ingest_option(kFrom,
                              {"listen", "HOST:PORT", "127.0.0.1:8000", "Address for POST /play and /events"},
                              set_text(s.listen)));
  all.push_back(file(
      ingest_option(kFrom,
                    {"token-file", "FILE", "",
                     "File with the bearer token: for http what requests must carry (needed unless --listen "
                     "is a loopback address), for influx what is sent"},
                    set_text(o.token_file))));
  all.push_back(file(
      ingest_option(kFrom,
                    {"cert", "FILE", "",
                     "Listen for https: PEM file of the certificate, the server's own first; with --key"},
                    set_text(o.certificate))));
  all.push_back(file(
      ingest_option(kFrom, {"key", "FILE", "", "PEM file of the certificate's key, without a passphrase"},
                    set_text(o.key))));
  all.push_back(ingest_option(kFrom, {"max-clients", "N", "1024", "HTTP connections at a time"},
                              set_number(s.max_clients, std::uint32_t{1}, std::uint32_t{1'000'000})));
  return all;
}

std::vector<OptionSpec> what_to_take_options(IngestOptions& o) {
  OptionSpec master =
      ingest_option(kWhat,
                    {"master-data-dir", "DIR", "",
                     "Refuse events that name a song, user or location that is not in this folder"},
                    set_text(o.master_data_dir));
  master.complete = Complete::directory;
  return {
      chosen(ingest_option(kWhat,
                           {"schema", "NAME", "auto",
                            "Events to take: those of one scenario, or whatever is recognised (auto)"},
                           nullptr),
             o.schema, schema_names()),
      chosen(
          ingest_option(kWhat,
                        {"on-invalid", "HOW", "dead-letter",
                         "Records that are no events: keep them with the reason (dead-letter), refuse their "
                         "whole HTTP request (reject), or end (fail)"},
                        nullptr),
          o.on_invalid, {"dead-letter", "reject", "fail"}),
      ingest_option(kWhat, {"check-laws", "", "", "Also refuse events that break a law of their scenario"},
                    set_flag(o.check_laws)),
      master,
  };
}

std::vector<OptionSpec> to_options(IngestOptions& o) {
  return {
      offering(store_words(), ingest_option(kTo,
                                            {"to", "STORE", "sqlite:racesim.db",
                                             "Where events go: sqlite:PATH, postgres:DSN, influx:URL"},
                                            set_parsed(o.to, &parse_store))),
      ingest_option(kTo, {"batch", "N", "10000", "Records in a transaction, about"},
                    set_number(o.batch, std::uint32_t{1}, std::uint32_t{1'000'000})),
      ingest_option(kTo, {"flush-ms", "MS", "250", "Longest time that a record waits for its transaction"},
                    set_number(o.flush_ms, std::uint32_t{0}, std::uint32_t{3'600'000})),
      chosen(
          ingest_option(kTo,
                        {"durability", "HOW", "full",
                         "full: what is committed survives a power cut; normal: the last commits may be read "
                         "again after one"},
                        nullptr),
          o.durability, {"full", "normal"}),
      noted(ingest_option(kTo,
                          {"keep", "DURATION", "",
                           "Remove events older than this behind the newest one of their table"},
                          set_parsed(o.store.keep_ns, &parse_duration_ns)),
            "for ever"),
      ingest_option(
          kTo, {"retry-max-time", "DURATION", "5m", "How long a store that is away or locked is waited for"},
          set_parsed(o.retry_max_ns, &parse_duration_ns)),
      file(ingest_option(kTo, {"password-file", "FILE", "", "File with the password for postgres"},
                         set_text(o.password_file))),
      ingest_option(kTo, {"org", "NAME", "racesim", "Organisation, for influx"}, set_text(o.store.org)),
      ingest_option(kTo, {"bucket", "NAME", "racesim", "Bucket, for influx"}, set_text(o.store.bucket)),
      noted(
          file(ingest_option(kTo, {"ca-file", "FILE", "", "PEM certificates to trust, for influx:https://…"},
                             set_text(o.store.ca_file))),
          "the system's certificates"),
      file(ingest_option(kTo,
                         {"dead-letter", "FILE", "dead-letter.ndjson",
                          "For influx: file for records that are no events; databases have a table for them"},
                         set_text(o.store.dead_letter_path))),
  };
}

std::vector<OptionSpec> output_options(IngestOptions& o) {
  OptionSpec threshold = ingest_option(
      kOutput,
      {"threshold", "CONDITION", "", "Exit with 5 unless this condition holds, such as 'dead_lettered==0'"},
      add_ingest_threshold(o.thresholds));
  threshold.repeatable = true;
  return {
      file(ingest_option(
          kOutput,
          {"lock", "FILE", "",
           "Run only if no other process holds this lock, otherwise exit with 6; useful in cron"},
          set_text(o.lock))),
      file(ingest_option(kOutput, {"summary-export", "FILE", "", "Write the result as JSON to this file"},
                         set_text(o.summary_export))),
      threshold,
      ingest_option(
          kOutput,
          {"metrics-listen", "HOST:PORT", "",
           "Serve /metrics (Prometheus), /healthz and /readyz at this address; --from http has them anyway"},
          set_text(o.metrics_listen)),
  };
}

}  // namespace

std::vector<OptionSpec> ingest_options(IngestOptions& options) {
  std::vector<OptionSpec> all;
  for (const auto part : {from_options, what_to_take_options, to_options, output_options})
    for (OptionSpec& option : part(options)) all.push_back(std::move(option));
  return all;
}

}  // namespace racesim::cli
