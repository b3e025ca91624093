// Goal: what is known of a recording's records does not hang on who looks at them, nor on how many do.
// Method: random blocks, given in random order to workers of several numbers of threads, with some dropped on
// the way, against one scan that looks at them one after the other.
#include "run/replay/scan_workers.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace racesim {
namespace {

std::string random_record(std::mt19937& random) {
  const auto number = [&](int most) { return std::uniform_int_distribution(0, most)(random); };
  switch (number(5)) {
    case 0:
      return "no json";
    case 1:
      return fmt::format(R"({{"when":"{}","who":"{}"}})", number(1) == 0 ? "soon" : "2024-05-01", number(9));
    case 2:
      return R"({"who":"nobody"})";
    default:
      return fmt::format(R"({{"who":"{}","lap":{},"when":"2024-05-01T10:{:02}:{:02}.{:03}Z"}})", number(30),
                         number(50), number(59), number(59), number(999));
  }
}

RecordBlock random_block(std::mt19937& random) {
  RecordBlock block;
  const int records = std::uniform_int_distribution(1, 40)(random);
  for (int i = 0; i < records; ++i) {
    block.text.append(random_record(random) + '\n');
    block.ends.push_back(static_cast<std::uint32_t>(block.text.size()));
  }
  block.pad();
  return block;
}

ReplayConfig config_for_records() {
  ReplayConfig config;
  config.time_field = "when";
  config.key_field = "who";
  config.from = {SeekPoint::Kind::lap, 3};
  return config;
}

using Fact = std::tuple<std::int64_t, int, std::uint32_t, int, std::string>;

std::vector<Fact> facts_of(const TimedBlock& block) {
  std::vector<Fact> facts;
  for (std::size_t i = 0; i < block.facts.size(); ++i) {
    const RecordFact& fact = block.facts[i];
    facts.emplace_back(fact.time_ns, fact.lap, fact.stream, static_cast<int>(fact.kind),
                       std::string(block.key(i)));
  }
  return facts;
}

TEST(ReplayScanWorkers, FindWhatOneScanFinds) {
  const ReplayConfig config = config_for_records();
  ReplayStreams streams;
  streams.set_single("any");
  const RecordedLane lane;
  std::mt19937 random(7);
  for (const std::size_t threads : {0u, 1u, 3u}) {
    ScanWorkers workers(config, streams, threads);
    FactScan plain(config, streams);
    for (int round = 0; round < 20; ++round) {
      std::vector<std::unique_ptr<ScanJob>> jobs;
      for (int i = 0; i < 12; ++i) {
        auto& job = jobs.emplace_back(std::make_unique<ScanJob>());
        job->lane = &lane;
        job->block.records = random_block(random);
        workers.begin(*job);
      }
      for (const auto& job : jobs) {
        if (std::bernoulli_distribution(0.2)(random)) {
          workers.drop(*job);
          continue;
        }
        workers.finish(*job);
        const std::vector<Fact> found = facts_of(job->block);
        const std::vector<std::string> refusals = job->block.refusals;
        plain.scan(lane, job->info, job->block);
        ASSERT_EQ(found, facts_of(job->block)) << threads;
        ASSERT_EQ(refusals, job->block.refusals) << threads;
      }
    }
  }
}

// The end of the workers waits for nobody, and whoever began a job takes it back first.
TEST(ReplayScanWorkers, EndWithJobsThatWereDropped) {
  const ReplayConfig config = config_for_records();
  const ReplayStreams streams;
  const RecordedLane lane;
  std::mt19937 random(8);
  for (int round = 0; round < 50; ++round) {
    ScanWorkers workers(config, streams, 2);
    ScanJob job;
    job.lane = &lane;
    job.block.records = random_block(random);
    workers.begin(job);
    workers.drop(job);
    EXPECT_EQ(job.state, ScanJob::State::done);
  }
}

}  // namespace
}  // namespace racesim
