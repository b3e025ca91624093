// Goal: --threshold reads the conditions that cli.md shows, refuses others, and judges them by the result.
// Method: a made-up result.
#include "cli/commands/run/thresholds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace racesim::cli {
namespace {

using testing::HasSubstr;

RunResult measured() {
  RunResult result;
  result.status.sent = 200;
  result.status.failed = 3;
  result.status.target_rate = 100;
  result.status.got_rate = 98;
  result.status.send_lag.count = 200;
  result.status.send_lag.p99_ms = 4.5;
  return result;
}

bool judged(const std::string& text) {
  const Result<Threshold> threshold = parse_threshold(text);
  EXPECT_TRUE(threshold) << text;
  return threshold && holds(*threshold, metric_value(threshold->metric, measured()));
}

TEST(Threshold, ComparesTheMetric) {
  EXPECT_FALSE(judged("error_rate<0.01"));
  EXPECT_TRUE(judged("error_rate<0.02"));
  EXPECT_TRUE(judged("error_rate < 2%"));
  EXPECT_TRUE(judged("lag_p99_ms<=4.5"));
  EXPECT_FALSE(judged("lag_p99_ms<4.5"));
  EXPECT_TRUE(judged("failed==3"));
  EXPECT_TRUE(judged("failed!=0"));
  EXPECT_TRUE(judged("sent>=200"));
  EXPECT_FALSE(judged("sent>200"));
  EXPECT_TRUE(judged("rate_error<=2%"));
}

TEST(Threshold, EveryMetricHasAValue) {
  for (const std::string& name : metric_names()) EXPECT_TRUE(parse_threshold(name + ">=0")) << name;
}

TEST(Threshold, WhatWasNotMeasuredHoldsNothing) {
  RunResult result = measured();
  result.status.send_lag = {};
  result.status.target_rate = result.status.got_rate = 0;
  for (const char* text : {"lag_p99_ms<1", "lag_p99_ms>=0", "lag_max_ms!=7", "ack_lag_p50_ms<1",
                           "rate_error<1", "got_rate<1", "got_rate>0"}) {
    const Threshold threshold = *parse_threshold(text);
    EXPECT_FALSE(metric_value(threshold.metric, result)) << text;
    EXPECT_FALSE(holds(threshold, metric_value(threshold.metric, result))) << text;
  }
}

TEST(Threshold, KnowsWhatNeedsDueTimes) {
  for (const char* metric : {"lag_p50_ms", "lag_max_ms", "ack_lag_p99_ms", "rate_error"})
    EXPECT_TRUE(needs_plan(metric)) << metric;
  for (const char* metric : {"error_rate", "got_rate", "sent", "uptime_s"})
    EXPECT_FALSE(needs_plan(metric)) << metric;
}

TEST(Threshold, NothingSentIsNoError) {
  EXPECT_EQ(metric_value("error_rate", RunResult{}), 0);
}

TEST(Threshold, RefusesWhatIsNoCondition) {
  for (const char* text : {"", "error_rate", "error_rate<", "error_rate<x", "error_rate=1", "<5",
                           "error_rate<inf", "error_rate<1 2"})
    EXPECT_FALSE(parse_threshold(text)) << text;
}

TEST(Threshold, SuggestsTheMetric) {
  const Error error = parse_threshold("eror_rate<1").error();
  EXPECT_EQ(error.kind, ErrorKind::usage);
  EXPECT_EQ(error.what, "unknown metric 'eror_rate'");
  EXPECT_THAT(error.hint, HasSubstr("did you mean: error_rate"));
}

}  // namespace
}  // namespace racesim::cli
