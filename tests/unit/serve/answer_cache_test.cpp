// Goal: an answer that is given again is the one that would be made afresh, whatever has changed meanwhile,
// and what is kept has a bound. Method: random changes and questions against a plain execution of each
// question; with threads against numbers that only grow, so that an old answer shows.
#include "serve/gateway/answer_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gateway_world.h"
#include "serve/gateway/graphql/graphql_service.h"
#include "serve/gateway/run_json.h"
#include "serve/gateway/typed_rows.h"

namespace racesim::serve {
namespace {

http::Response answer_with(std::string body) {
  return {200, "text/plain", std::move(body), {}, false};
}

/// A number that is read and changed under a lock, as the sources of answers are.
struct CountedNumber {
  mutable std::mutex mutex;
  std::uint64_t value = 0;
  ChangeCount changes;

  void add(std::uint64_t more) {
    const std::lock_guard lock(mutex);
    changes.note();
    value += more;
  }
  std::uint64_t read(AnswerBasis& basis) const {
    basis.add(changes);
    const std::lock_guard lock(mutex);
    return value;
  }
};

TEST(AnswerCacheTest, GivesWhatWouldBeMadeAfresh) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    std::mt19937 random(seed);
    std::array<CountedNumber, 5> sources;
    constexpr AnswerCacheLimits kLimits{.bytes = 20'000, .answer_bytes = 300, .key_bytes = 40};
    AnswerCache cache(kLimits);
    int given_again = 0;
    for (int step = 0; step < 3'000; ++step) {
      if (random() % 15 == 0) sources[random() % sources.size()].add(random() % 2);
      // A question is a set of sources, in a wording; in the last one the answer is too long to be kept.
      const std::size_t asked = random() % 32, wording = random() % 3;
      const std::string key = std::to_string(asked) + std::string(wording * 20, '.');
      AnswerBasis basis;
      std::string fresh(wording == 2 ? 301 : 0, ' ');
      for (std::size_t i = 0; i < sources.size(); ++i)
        if ((asked >> i & 1) != 0) fresh += std::to_string(sources[i].read(basis)) + ",";
      const auto known = cache.find(key);
      if (known != nullptr) {
        ++given_again;
        ASSERT_EQ(known->body, fresh) << "seed " << seed << ", step " << step;
      } else {
        cache.keep(key, basis, answer_with(fresh));
      }
      ASSERT_LE(cache.bytes(), kLimits.bytes);
    }
    EXPECT_GT(given_again, 300) << "seed " << seed;
  }
}

TEST(AnswerCacheTest, KeepsNothingThatNobodyCountsAndNoFailure) {
  AnswerCache cache;
  AnswerBasis uncounted;
  uncounted.add_uncounted();
  cache.keep("store", uncounted, answer_with("rows"));
  http::Response failure = answer_with("no");
  failure.status = 503;
  cache.keep("failure", AnswerBasis(), failure);
  CountedNumber source;
  AnswerBasis old;
  source.read(old);
  source.add(1);
  cache.keep("old", old, answer_with("0"));
  EXPECT_EQ(cache.bytes(), 0u);
  cache.keep("always", AnswerBasis(), answer_with("the schema"));
  ASSERT_NE(cache.find("always"), nullptr);
  EXPECT_EQ(cache.find("always")->body, "the schema");
}

TEST(AnswerCacheTest, TheAnswerUsedLongestAgoMakesRoom) {
  AnswerCache cache({.bytes = 3'000});
  for (const char* key : {"a", "b", "c"}) cache.keep(key, AnswerBasis(), answer_with(std::string(300, '.')));
  ASSERT_NE(cache.find("a"), nullptr);
  cache.keep("d", AnswerBasis(), answer_with(std::string(300, '.')));
  EXPECT_EQ(cache.find("b"), nullptr);
  for (const char* key : {"a", "c", "d"}) EXPECT_NE(cache.find(key), nullptr) << key;
}

TEST(AnswerCacheTest, NoThreadGetsAnAnswerOlderThanItsQuestion) {
  AnswerCache cache;
  CountedNumber source;
  std::atomic<std::uint64_t> told{0};  // what everybody may know of already
  std::atomic<bool> ended{false};
  std::thread writer([&] {
    for (std::uint64_t i = 1; i <= 20'000; ++i) {
      source.add(1);
      told = i;
    }
    ended = true;
  });
  std::vector<std::thread> readers;
  std::atomic<std::uint64_t> stale{0};
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] {
      while (!ended) {
        const std::uint64_t least = told;
        std::string body;
        if (const auto known = cache.find("number")) {
          body = known->body;
        } else {
          AnswerBasis basis;
          body = std::to_string(source.read(basis));
          cache.keep("number", basis, answer_with(body));
        }
        if (std::stoull(body) < least) ++stale;
      }
    });
  writer.join();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(stale, 0u);
}

/// What clients ask, as REST and GraphQL do it; a text of each answer.
class Asking {
 public:
  explicit Asking(GatewayWorld& world)
      : world_(world),
        schema_(
            std::move(*make_gateway_schema(Resolvers(world.parts(), nullptr), {{"scenario", "Which one"}}))),
        service_(*schema_, {}) {
    for (const char* name : {"live", "00000001", "00000002"})
      for (const char* fields :
           {"run started live stored", "run events", "standings { position car driver driverName gapS laps }",
            "laps(first: 3) { nodes { car lap lapTimeS } pageInfo { hasNextPage } }",
            "telemetry(every: \"1s\", last: 2) { nodes { eventTime driver speedKmh } }"})
        questions_.push_back("{ race(run: \"" + std::string(name) + "\") { " + fields + " } }");
    for (const char* query : {"{ races { run track started } }", "{ drivers { name } }",
                              "{ topSongs { rank } }", "{ runs { run live } }", "{ pipeline { name in } }"})
      questions_.emplace_back(query);
    for (const std::string& question : questions_)
      EXPECT_TRUE(service_.prepare(question)->errors.empty()) << question;
  }

  std::size_t count() const { return questions_.size(); }
  std::string answer(std::size_t question, AnswerBasis* basis) {
    const GraphqlRequest request{questions_[question], {}, {}};
    const Resolvers resolvers(world_.parts(), nullptr, basis);
    return service_.execute(*service_.prepare(request.query), request, resolvers).body;
  }

 private:
  GatewayWorld& world_;
  std::unique_ptr<const GatewaySchema> schema_;
  GraphqlService service_;
  std::vector<std::string> questions_;
};

TEST(AnswerCacheTest, QuestionsAboutARaceAreAnsweredAsAfresh) {
  race_test::RaceConfig config = race_test::race_config(3, 2);
  config.run = 1;
  config.race.rate.mhz = 4'000;
  const RaceLines first(config);
  config.run = 2;
  config.seed = 7;
  const RaceLines second(config);
  ASSERT_GT(second.lines.size(), 500u);
  GatewayWorld world;
  Asking asking(world);
  AnswerCache cache;
  std::mt19937 random(11);
  std::map<std::size_t, std::string> last;
  std::size_t at = 0, given_again = 0, changed = 0;
  for (std::uint32_t run = 0; run < 2 || at < second.lines.size();) {
    const WireBatch& lines = run < 2 ? first.lines : second.lines;
    if (run == 0 || (run == 1 && at == lines.size())) {
      world.begin_race(++run);
      at = 0;
    } else if (random() % 4 == 0) {
      const std::size_t end = std::min(at + 1 + random() % 60, lines.size());
      world.show(lines, at, end);
      at = end;
    }
    if (random() % 50 == 0) {
      Manifest ended;
      ended.totals.emplace().released = random() % 1'000;
      world.book.note_end(run, std::move(ended));
    }
    const std::size_t question = random() % asking.count();
    const std::string key = std::to_string(question), fresh = asking.answer(question, nullptr);
    if (const auto known = cache.find(key)) {
      ++given_again;
      ASSERT_EQ(known->body, fresh) << "question " << question << " at " << at;
    } else {
      AnswerBasis basis;
      ASSERT_EQ(asking.answer(question, &basis), fresh);
      cache.keep(key, basis, answer_with(fresh));
    }
    if (last[question] != fresh) ++changed;
    last[question] = fresh;
  }
  EXPECT_GT(given_again, 100u);
  EXPECT_GT(changed, 100u);
}

}  // namespace
}  // namespace racesim::serve
