// Goal: songs are chosen by the law that --popularity names, with the head and tail that the facts give, and
// most plays repeat songs of the listener. Method: shares of the top ranks over five seeds against sums of
// the law written out here; a catalogue so large that only favourites can repeat. The model was tuned on
// seeds 1 to 20; here are 101 to 105.
#include "sim/plays/plan/popularity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>

#include "base/random.h"
#include "sim/plays/entry.h"
#include "sim/plays/plan/catalog.h"
#include "support/plays_checks.h"
#include "support/plays_stats.h"

namespace racesim::plays_test {
namespace {

using plays::parse_popularity;
using plays::PopularityLaw;

TEST(PlaysPopularityText, AcceptsTheLaws) {
  struct Case {
    const char* text;
    PopularityLaw::Kind kind;
    double exponent, offset;
  };
  using Kind = PopularityLaw::Kind;
  for (const Case& c :
       {Case{"zipf", Kind::zipf_mandelbrot, 1, 10}, Case{"zipf:s=1.0,q=10", Kind::zipf_mandelbrot, 1, 10},
        Case{"zipf:s=1.2", Kind::zipf_mandelbrot, 1.2, 10}, Case{"zipf:q=0", Kind::zipf_mandelbrot, 1, 0},
        Case{"zipf:q=2.5,s=0", Kind::zipf_mandelbrot, 0, 2.5},
        Case{"zipf:s=5,q=1000000000", Kind::zipf_mandelbrot, 5, 1e9}, Case{"uniform", Kind::uniform, 1, 10},
        Case{"stretched", Kind::stretched, 1, 10}}) {
    const auto law = parse_popularity(c.text);
    ASSERT_TRUE(law) << c.text;
    EXPECT_EQ(law->kind, c.kind) << c.text;
    EXPECT_EQ(law->exponent, c.exponent) << c.text;
    EXPECT_EQ(law->offset, c.offset) << c.text;
  }
}

TEST(PlaysPopularityText, RefusesAnythingElse) {
  for (const char* text : {"",
                           "Zipf",
                           "zipf ",
                           "zipfian",
                           "pareto",
                           "uniform:s=1",
                           "stretched:",
                           "zipf:s",
                           "zipf:s=",
                           "zipf:s=x",
                           "zipf:s=1;q=2",
                           "zipf:s=1.0.0",
                           "zipf:t=1",
                           "zipf:s=-0.1",
                           "zipf:s=5.1",
                           "zipf:q=-1",
                           "zipf:q=1e10",
                           "zipf:s=nan",
                           "zipf:q=nan",
                           "zipf:s=inf",
                           "zipf:q=inf",
                           "zipf:s= 1",
                           "zipf:s=1,,q=2",
                           "zipf:=1",
                           ":s=1",
                           "uniform,stretched"}) {
    const auto law = parse_popularity(text);
    ASSERT_FALSE(law) << text;
    EXPECT_EQ(law.error().kind, ErrorKind::usage) << text;
    EXPECT_NE(law.error().what.find(text), std::string::npos) << text;
    EXPECT_FALSE(law.error().hint.empty()) << text;
  }
}

TEST(PlaysPopularityText, ARefusalReachesTheCaller) {
  OptionValues values(plays::entry().options);
  values.set("popularity", std::string("normal"));
  const auto content = plays::read_content({values, Volume{10, false}, false});
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().kind, ErrorKind::usage);
}

/// Shares of the most played song, the top 1 % and the top 10 %.
struct Head {
  double first = 0, hundredth = 0, tenth = 0;
};

Head head_of_law(std::size_t songs, const std::function<double(double)>& weight_of_rank) {
  std::vector<double> weights(songs);
  for (std::size_t i = 0; i < songs; ++i) weights[i] = weight_of_rank(static_cast<double>(i + 1));
  return {top_share(weights, 1.0 / static_cast<double>(songs)), top_share(weights, 0.01),
          top_share(weights, 0.1)};
}

constexpr std::uint64_t kPopularitySeeds[]{101, 102, 103, 104, 105};

/// Mean over the seeds of what is played in four weeks.
Head head_of_plays(const char* popularity) {
  const World& world = usual_world();
  Head mean_head;
  for (const std::uint64_t seed : kPopularitySeeds) {
    auto config = window_config(world, at("2024-03-04T00:00:00Z"), at("2024-04-01T00:00:00Z"), 200'000, seed);
    config.plays.popularity = popularity;
    std::vector<double> plays(world.songs.size());
    for (const Event& event : play_all(*make(config))) ++plays[world.song_index.at(event.row.song_id)];
    constexpr double kPart = 1.0 / std::size(kPopularitySeeds);
    mean_head.first += kPart * top_share(plays, 0.001);
    mean_head.hundredth += kPart * top_share(plays, 0.01);
    mean_head.tenth += kPart * top_share(plays, 0.1);
  }
  return mean_head;
}

TEST(PlaysPopularity, TheDefaultHasTheHeadOfTheFacts) {
  const Head law = head_of_law(1000, [](double rank) { return 1 / (rank + 10); });
  EXPECT_NEAR(law.first, 0.020, 0.0005);
  EXPECT_NEAR(law.hundredth, 0.15, 0.005);
  EXPECT_NEAR(law.tenth, 0.52, 0.005);
  const Head seen = head_of_plays("zipf:s=1.0,q=10");
  EXPECT_NEAR(seen.first, law.first, 0.0015);
  EXPECT_NEAR(seen.hundredth, law.hundredth, 0.006);
  EXPECT_NEAR(seen.tenth, law.tenth, 0.015);
}

TEST(PlaysPopularity, SteeperZipf) {
  const Head law = head_of_law(1000, [](double rank) { return std::pow(rank + 2, -1.2); });
  const Head seen = head_of_plays("zipf:s=1.2,q=2");
  EXPECT_NEAR(seen.first / law.first, 1, 0.05);
  EXPECT_NEAR(seen.hundredth / law.hundredth, 1, 0.04);
  EXPECT_NEAR(seen.tenth / law.tenth, 1, 0.03);
}

TEST(PlaysPopularity, StretchedExponential) {
  const Head law = head_of_law(
      1000, [](double rank) { return std::pow(1 - 0.99 * std::log(rank) / std::log(1000.0), 1 / 0.3); });
  const Head seen = head_of_plays("stretched");
  EXPECT_NEAR(seen.first / law.first, 1, 0.05);
  EXPECT_NEAR(seen.hundredth / law.hundredth, 1, 0.04);
  EXPECT_NEAR(seen.tenth / law.tenth, 1, 0.03);
}

TEST(PlaysPopularity, UniformHasNoHead) {
  const Head seen = head_of_plays("uniform");
  // Favourites are repeated, so the counts of 200 plays spread more than by chance alone.
  EXPECT_LT(seen.first, 0.002);
  EXPECT_LT(seen.hundredth, 0.018);
  EXPECT_NEAR(seen.tenth, 0.1, 0.05);
}

TEST(PlaysPopularity, EachSeedHasItsOwnHits) {
  const World& world = usual_world();
  std::set<std::uint32_t> hits;
  for (const std::uint64_t seed : kPopularitySeeds) {
    const auto config =
        window_config(world, at("2024-03-04T00:00:00Z"), at("2024-03-11T00:00:00Z"), 50'000, seed);
    std::vector<std::size_t> plays(world.songs.size());
    for (const Event& event : play_all(*make(config))) ++plays[world.song_index.at(event.row.song_id)];
    hits.insert(static_cast<std::uint32_t>(std::max_element(plays.begin(), plays.end()) - plays.begin()));
  }
  EXPECT_GE(hits.size(), 4U);
}

// In 60,000 equally popular songs nobody meets the same one twice by chance: who repeats, repeats a
// favourite.
TEST(PlaysPopularity, MostPlaysRepeatOwnFavourites) {
  MasterPlan plan;
  plan.songs = 60'000;
  plan.users = 200;
  const World world(plan);
  auto config = window_config(world, at("2024-03-04T00:00:00Z"), at("2024-09-02T00:00:00Z"), 200'000, 106);
  config.plays.popularity = "uniform";
  std::vector<std::set<std::uint32_t>> known(world.users.size());
  std::vector<std::size_t> plays(world.users.size());
  double later = 0, repeated = 0;
  for (const Event& event : play_all(*make(config))) {
    const std::uint32_t user = world.user_index.at(event.row.user_id);
    const bool is_new = known[user].insert(world.song_index.at(event.row.song_id)).second;
    if (++plays[user] <= 400) continue;  // by then all favourites have been played
    ++later;
    repeated += is_new ? 0 : 1;
  }
  EXPECT_GT(later, 50'000);
  EXPECT_GT(repeated / later, 0.60);
  EXPECT_LT(repeated / later, 0.70);
}

TEST(PlaysCatalog, AliasesKeepTheWeights) {
  MasterPlan plan;
  plan.songs = 37;
  const World world(plan);
  const auto law = *parse_popularity("zipf:s=1.5,q=1");
  const plays::Catalog catalog(world.songs, law, 107);
  const auto weights = plays::rank_weights(law, catalog.size());
  std::vector<double> drawn(catalog.size());
  const StreamKey key = stream_key(107, "test.catalog", 0);
  constexpr int kDraws = 400'000;
  for (std::uint64_t i = 0; i < kDraws; ++i) ++drawn[catalog.pick_any(draw(key, i))];
  std::sort(drawn.begin(), drawn.end(), std::greater<>());
  double sum = 0, chi2 = 0;
  for (const double weight : weights) sum += weight;
  for (std::size_t rank = 0; rank < drawn.size(); ++rank) {
    const double expected = kDraws * weights[rank] / sum;
    chi2 += (drawn[rank] - expected) * (drawn[rank] - expected) / expected;
  }
  EXPECT_LT(chi2, 68);  // 36 degrees of freedom: 0.1 % are above
}

TEST(PlaysCatalog, PicksAmongTheReleased) {
  const plays::Catalog catalog(usual_world().songs, PopularityLaw{}, 108);
  const StreamKey key = stream_key(108, "test.catalog", 1);
  for (const std::uint32_t released : {1U, 2U, 17U, 999U, 1000U}) {
    std::uint32_t highest = 0;
    for (std::uint64_t i = 0; i < 20'000; ++i)
      highest = std::max(highest, catalog.pick(draw(key, i), released));
    EXPECT_LT(highest, released);
    EXPECT_GE(highest, released - 1 - released / 100);
  }
  EXPECT_EQ(catalog.pick(~std::uint64_t{0}, 1), 0U);
  EXPECT_EQ(catalog.released_by(catalog.first_release_day() - 1), 0U);
  EXPECT_GE(catalog.released_by(catalog.first_release_day()), 1U);
  EXPECT_EQ(catalog.released_by(catalog.last_release_day()), 1000U);
  EXPECT_LT(catalog.released_by(catalog.last_release_day() - 1), 1000U);
}

}  // namespace
}  // namespace racesim::plays_test
