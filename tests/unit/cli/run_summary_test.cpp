// Goal: the summary tells how a run went, fits the screen and names the command that proves it; its JSON has
// the same. Method: made-up results.
#include "cli/commands/run/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/commands/run/next_step.h"

namespace racesim::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

RunConfig to_http() {
  RunConfig config;
  config.pace.live = false;
  config.content.end_ns = 86'400'000'000'000;
  config.delivery.sinks = {{"http", "http://localhost:8000/play"}};
  return config;
}

RunConfig to_file(const std::string& path = "out.ndjson") {
  RunConfig config = to_http();
  config.delivery.sinks = {{"file", path}};
  return config;
}

RunResult well() {
  RunResult result;
  result.seed = 42;
  result.run = "a1b2c3d4";
  RunStatus& s = result.status;
  s.generated = s.sent = s.acked = 48000;
  s.retried = 12;
  s.uptime_s = 24.04;
  s.target_rate = 2000;
  s.got_rate = 1999.6;
  s.send_lag = {48000, 0.1, 0.5, 1.2, 4};
  s.sinks = {{"http://localhost:8000/play", 48000, 48000, 0, 12, 0, 11'300'000}};
  return result;
}

Screen eighty() {
  Screen screen;
  screen.utf8 = true;
  return screen;
}

void expect_fits(const std::string& text, std::size_t columns) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) EXPECT_LE(display_width(line), columns) << line;
}

TEST(Summary, LooksAsDocumented) {
  EXPECT_EQ(summary_text(to_http(), well(), "", eighty()),
            "  generated 48,000  sent 48,000  acked 48,000  retried 12  dead-lettered 0\n"
            "  rate      target 2,000/s  got 1,999.6/s (−0.02%)\n"
            "  lag       p50 0.1 p99 1.2 max 4 ms\n"
            "  took      24 s  11.3 MB\n"
            "  run       a1b2c3d4 · seed 42\n");
}

TEST(Summary, NamesWhatWentWrong) {
  RunResult result = well();
  result.status.failed = result.status.dead_lettered = 7;
  result.status.shed = 5;
  const std::string text = summary_text(to_http(), result, "", eighty());
  EXPECT_THAT(text, HasSubstr("failed 7"));
  EXPECT_THAT(text, HasSubstr("left out 5"));
  EXPECT_THAT(text, HasSubstr("dead letters in dead-letter.ndjson"));
}

TEST(Summary, NeverWraps) {
  RunResult result = well();
  RunStatus& s = result.status;
  s.generated = s.sent = s.acked = s.retried = s.dead_lettered = s.failed = 123'456'789;
  s.sinks = {{"file:a/folder/with/a/long/name/that/goes/on/and/on/events.ndjson", 123'456'789, 123'456'789},
             {"http://a-receiver.example.com:8000/v1/play", 123'456'789, 1}};
  s.resumed = true;
  s.already = s.overdue = 1'000'000;
  for (const int columns : {40, 60, 80, 120}) {
    Screen screen = eighty();
    screen.columns = std::max(columns, 60);
    screen.line_columns = columns;
    // No word of it is longer than that.
    expect_fits(summary_text(to_file(), result, "m.json", screen), std::max<std::size_t>(columns, 66));
  }
  expect_fits(summary_text(to_file(), result, "m.json", eighty()), 80);
}

TEST(Summary, SeveralSinksHaveARowEach) {
  RunResult result = well();
  result.status.sinks = {{"file:a.ndjson", 48000, 48000, 0, 0, 0, 11'300'000},
                         {"http://localhost:8000/play", 48000, 47990, 10, 12, 10, 2'000'000}};
  EXPECT_THAT(summary_text(to_http(), result, "", eighty()),
              HasSubstr("  sink                          sent   acked  retried  failed    bytes\n"
                        "  file:a.ndjson               48,000  48,000        0       0  11.3 MB\n"
                        "  http://localhost:8000/play  48,000  47,990       12      10     2 MB\n"));
}

TEST(Summary, AResumedRunSaysWhatWasThereAndWhatItAdded) {
  RunResult result = well();
  result.status.resumed = true;
  result.status.already = 12345;
  EXPECT_THAT(summary_text(to_http(), result, "", eighty()),
              HasSubstr("  resumed   12,345 were there before  48,000 added now\n"));
  result.status.overdue = 6120;
  EXPECT_THAT(summary_text(to_http(), result, "", eighty()), HasSubstr("6,120 of them overdue"));
  RunConfig kafka = to_http();
  kafka.delivery.sinks = {{"kafka", ""}};
  EXPECT_THAT(summary_text(kafka, result, "", eighty()), HasSubstr("rested for 2s (--settle)"));
}

TEST(Summary, SaysWhatWasNotMeasured) {
  RunResult result = well();
  result.status.send_lag = {};
  result.status.target_rate = 0;
  const std::string text = summary_text(to_http(), result, "", eighty());
  EXPECT_THAT(text, HasSubstr("  rate      got 1,999.6/s\n"));
  EXPECT_THAT(text, Not(HasSubstr("lag")));
  const auto json = nlohmann::json::parse(summary_json(to_http(), result, "", {}, 0));
  EXPECT_TRUE(json["lag_ms"].is_null());
  EXPECT_TRUE(json["rate_error"].is_null());
}

TEST(Summary, ShowsTheLagOfAnswers) {
  RunResult result = well();
  result.status.ack_lag = {48000, 0.9, 2, 7.5, 30};
  EXPECT_THAT(summary_text(to_http(), result, "", eighty()),
              HasSubstr("  answers p50 0.9 p99 7.5 max 30 ms\n"));
  EXPECT_THAT(summary_text(to_file(), result, "", eighty()), Not(HasSubstr("answers")));
}

TEST(Summary, JsonHasTheSameFields) {
  const auto json =
      nlohmann::json::parse(summary_json(to_file(), well(), "m.json", {*parse_threshold("sent>1")}, 0));
  EXPECT_EQ(json["sent"], 48000);
  EXPECT_EQ(json["acked"], 48000);
  EXPECT_EQ(json["bytes"], 11'300'000);
  EXPECT_EQ(json["lag_ms"]["p99"], 1.2);
  EXPECT_EQ(json["sinks"][0]["retried"], 12);
  EXPECT_EQ(json["thresholds"][0]["holds"], true);
  EXPECT_TRUE(json["resumed"].is_null());
  EXPECT_EQ(json["manifest"], "m.json");
  EXPECT_EQ(json["verify"], "racesim verify --manifest m.json --against file:out.ndjson");
  EXPECT_EQ(json["exit_code"], 0);
}

TEST(NextStep, IsTheCommandForTheSink) {
  EXPECT_EQ(verify_command_line(to_file(), "m.json"),
            "racesim verify --manifest m.json --against file:out.ndjson");
  EXPECT_EQ(verify_command_line(to_file("it's here"), "my run.json"),
            "racesim verify --manifest 'my run.json' --against 'file:it'\\''s here'");
  EXPECT_EQ(verify_command_line(to_file(), ""), "");
  EXPECT_EQ(verify_command_line(to_http(), "m.json"), "");
  RunConfig kafka = to_http();
  kafka.delivery.sinks = {{"kafka", ""}};
  kafka.delivery.kafka.brokers = "a:9092,b:9092";
  kafka.delivery.kafka.topic = "laps";
  kafka.delivery.kafka.properties = {{"security.protocol", "SASL_SSL"}, {"sasl.password", "secret"}};
  EXPECT_EQ(verify_command_line(kafka, "m.json"),
            "racesim verify --manifest m.json --against kafka --brokers a:9092,b:9092 --topic laps "
            "-X security.protocol=SASL_SSL");
}

/// What does not fit goes on below, and a shell still reads one command.
TEST(NextStep, IsOneCommandAlsoInSeveralLines) {
  const std::string text =
      summary_text(to_file(std::string(50, 'x')), well(), std::string(40, 'm'), eighty());
  std::string command = text.substr(text.find("next:") + 5);
  for (std::size_t at = command.find("\\\n"); at != std::string::npos; at = command.find("\\\n"))
    command.erase(at, 2 + command.substr(at + 2).find_first_not_of(' '));
  command.erase(0, command.find_first_not_of(' '));
  EXPECT_EQ(command, verify_command_line(to_file(std::string(50, 'x')), std::string(40, 'm')) + "\n");
}

}  // namespace
}  // namespace racesim::cli
