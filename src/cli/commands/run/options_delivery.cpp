// racesim run, groups "Pace", "Delivery" and "Proof".
#include "cli/commands/run/options.h"
#include "cli/values.h"
#include "codec/encoder.h"
#include "io/http/endpoint.h"
#include "io/http/server/listen_address.h"

namespace racesim::cli {
namespace {

OptionSpec repeatable(OptionSpec option) {
  option.repeatable = true;
  return option;
}

OptionSpec suggesting(std::vector<std::string> words, OptionSpec option) {
  option.suggestions = std::move(words);
  return option;
}

OptionSpec target(OptionSpec option) {
  option.complete = Complete::target;
  return option;
}

OptionSpec list(OptionSpec option) {
  option.list = true;
  return option;
}

/// Spellings are those of the registry of sinks.
Setter add_sink(std::vector<SinkText>& target) {
  return [&target](const std::string& text) -> Done {
    Result<SinkText> sink = parse_sink(text);
    if (!sink) return tl::make_unexpected(sink.error());
    target.push_back(std::move(*sink));
    return {};
  };
}

/// Checked here so that the error names the option; the sink takes the URL apart again.
Setter set_endpoint(std::string& target) {
  return [&target](const std::string& text) -> Done {
    const auto endpoint = http::parse_endpoint(text);
    if (!endpoint) return tl::make_unexpected(endpoint.error());
    target = text;
    return {};
  };
}

Setter add_threshold(std::vector<Threshold>& target) {
  return [&target](const std::string& text) -> Done {
    Result<Threshold> threshold = parse_threshold(text);
    if (!threshold) return tl::make_unexpected(threshold.error());
    target.push_back(std::move(*threshold));
    return {};
  };
}

Setter set_faults(FaultRules& target) {
  return [&target](const std::string& text) -> Done {
    target = FaultRules{};
    return parse_faults(text, target);
  };
}

/// There is no token that could protect another address.
Setter set_loopback(std::string& target) {
  return [&target](const std::string& text) -> Done {
    const auto address = http::parse_listen_address(text);
    constexpr const char* kExample = "example: --metrics-listen 127.0.0.1:9100";
    if (!address) return fail(ErrorKind::usage, address.error().what, kExample);
    if (!address->loopback)
      return fail(ErrorKind::usage, "'" + text + "': other machines can reach it",
                  std::string(kExample) + ", behind a proxy if others shall see it");
    target = text;
    return {};
  };
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const std::string_view name : encoder_formats()) names.emplace_back(name);
  return names;
}

}  // namespace

std::vector<OptionSpec> pace_options(RunOptions& o) {
  const auto pace = [](const OptionText& text, Setter set) {
    return option_of("Pace", text, std::move(set));
  };
  return {
      noted(pace({"posting-rate", "RATE", "",
                  "Events per second over all threads, at most: 500, 0.2/s, 50k/s, 600/min; 0: no limit"},
                 set_parsed(o.posting_rate, &parse_rate)),
            "10/s for historical runs to http, else no limit"),
      pace({"stages", "LIST", "", "Rates in sequence, such as 30s:100,2m:1000; the last one continues"},
           set_parsed(o.stages, &parse_stages)),
      chosen(
          pace({"arrivals", "LAW", "constant", "Spacing of events when a rate or stages are given"}, nullptr),
          o.arrivals, {"constant", "poisson"}),
      pace({"speed", "X", "1", "Live: event time runs X times as fast as the clock"},
           set_positive(o.speed, 1e6)),
      chosen(pace({"catch-up", "HOW", "paced",
                   "After a stall, catch up at no more than twice the rate (paced) or all at once (burst)"},
                  nullptr),
             o.catch_up, {"paced", "burst"}),
      chosen(pace({"on-overload", "HOW", "block",
                   "If a sink cannot keep up: wait (block), leave events out (drop), or end the run (fail)"},
                  nullptr),
             o.on_overload, {"block", "drop", "fail"}),
      pace({"max-lag", "DURATION", "1s", "Lag above which --on-overload drop or fail acts"},
           set_parsed(o.max_lag_ns, &parse_duration_ns)),
      pace({"realtime", "", "", "Ask the kernel for real-time scheduling of the pacing thread"},
           set_flag(o.realtime)),
  };
}

std::vector<OptionSpec> delivery_options(RunOptions& o) {
  const auto how = [](const OptionText& text, Setter set) {
    return option_of("Delivery", text, std::move(set));
  };
  return {
      suggesting(
          {"stdout", "file:", "http", "kafka", "null"},
          target(repeatable(noted(how({"sink", "SINK", "",
                                       "Where to send events: stdout, file:PATH (compressed if it ends in "
                                       ".gz or .zst), http, kafka, null"},
                                      add_sink(o.sinks)),
                                  "stdout; http with --api-endpoint, kafka with --brokers")))),
      how({"api-endpoint", "URL", "http://localhost:8000/play",
           "URL to which the http sink sends POSTs; implies --sink http"},
          set_endpoint(o.endpoint)),
      how({"batch", "N", "1", "Events per POST; more than 1 are sent as a JSON array"},
          set_number(o.http.batch, std::uint32_t{1}, std::uint32_t{10000})),
      how({"connections", "N", "16",
           "HTTP connections of all threads together, each with one request in flight"},
          set_number(o.http.connections, std::uint32_t{1}, std::uint32_t{4096})),
      how({"retries", "N", "5", "Retries after an answer 5xx, 429 or 408, or a timeout"},
          set_number(o.http.retries, std::uint32_t{0}, std::uint32_t{1000})),
      how({"retry-max-time", "DURATION", "5m", "How long to retry refused or reset connections"},
          set_parsed(o.http.retry_max_time_ns, &parse_duration_ns)),
      how({"timeout", "DURATION", "10s", "Time limit for one try, from connecting to the end of the answer"},
          set_parsed(o.http.timeout_ns, &parse_duration_ns)),
      how({"connect-timeout", "DURATION", "10s",
           "Time at the start for brokers and endpoint to be there; 0: as long as it takes"},
          set_parsed(o.connect_timeout_ns, &parse_duration_ns)),
      file(how({"token-file", "FILE", "", "File with the bearer token for the endpoint"},
               set_text(o.http.token_file))),
      file(
          noted(how({"ca-file", "FILE", "", "PEM certificates to trust for https"}, set_text(o.http.ca_file)),
                "the system's certificates")),
      how({"drain-timeout", "DURATION", "30s", "Time after a signal to deliver the events already made"},
          set_parsed(o.drain_timeout_ns, &parse_duration_ns)),
      how({"unordered", "", "",
           "Do not keep the order of a user's events, so that a retry does not delay other events"},
          set_flag(o.http.unordered)),
      how({"threads", "N", "4", "Threads that make and deliver events; their number never changes an event"},
          set_number(o.threads, std::uint32_t{1}, std::uint32_t{256})),
      chosen(
          how({"format", "FORMAT", "json",
               "Format of events: one JSON object per line, CSV with a header, or InfluxDB's line protocol"},
              nullptr),
          o.format, format_names()),
      file(how({"dead-letter", "FILE", "dead-letter.ndjson",
                "File for events that could not be delivered; created only when needed"},
               set_text(o.dead_letter))),
      how({"strict-pipe", "", "", "Treat a reader of stdout that closes early as an error (exit 4)"},
          set_flag(o.strict_pipe)),
  };
}

std::vector<OptionSpec> proof_options(RunOptions& o) {
  const auto proof = [](const OptionText& text, Setter set) {
    return option_of("Proof", text, std::move(set));
  };
  return {
      suggesting(
          {"late=", "duplicate=", "reorder=", "drop=", "corrupt="},
          list(proof({"faults", "LIST", "",
                      "Disturb events on purpose: late=1%,duplicate=0.5%,reorder=2%,drop=0.1%,corrupt=0.01%"},
                     set_faults(o.faults)))),
      proof({"late-delay", "DURATION", "30s",
             "Maximum delay of late events; reordered events wait no longer than this"},
            set_parsed(o.late_delay_ns, &parse_duration_ns)),
      file(proof({"checkpoint", "FILE", "",
                  "Record the run's progress in this file once a second, so that --resume can continue it"},
                 set_text(o.checkpoint))),
      proof(
          {"resume", "", "", "Continue from the checkpoint if it exists: no event is missing or sent twice"},
          set_flag(o.resume)),
      proof({"settle", "DURATION", "2s",
             "With --resume to Kafka: how long the end of a topic must not move before it is read back"},
            set_parsed(o.kafka.settle_ns, &parse_duration_ns)),
      file(proof({"lock", "FILE", "",
                  "Run only if no other process holds this lock, otherwise exit with 6; useful in cron"},
                 set_text(o.lock))),
      file(proof({"manifest", "FILE", "",
                  "Write the run's options and what it sent to this file, for racesim verify; called "
                  "FILE.partial until the run ends"},
                 set_text(o.manifest))),
      proof({"digest", "", "", "Add a digest of all sent lines to the manifest, for racesim verify --fast"},
            set_flag(o.digest)),
      file(proof({"summary-export", "FILE", "", "Write the result as JSON to this file"},
                 set_text(o.summary_export))),
      proof({"metrics-listen", "HOST:PORT", "",
             "Serve /metrics (Prometheus), /healthz and /readyz at this address, which must be loopback"},
            set_loopback(o.metrics_listen)),
      repeatable(
          proof({"threshold", "CONDITION", "",
                 "Exit with 5 unless this condition holds, such as 'error_rate<0.01' or 'lag_p99_ms<5'"},
                add_threshold(o.thresholds))),
  };
}

}  // namespace racesim::cli
