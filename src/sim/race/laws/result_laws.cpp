#include "sim/race/laws/result_laws.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace racesim::race {
namespace {

enum ResultLaw : std::size_t {
  kResultOnePlace,
  kResultPoints,
  kResultUnclassified,
  kResultLaps,
  kResultTime,
  kResultGap,
  kResultParts,
  kResultPenalty
};
constexpr std::string_view kResultSubject = "results";
constexpr std::string_view kResultAlone = "there is only one car";
constexpr LawInfo kResultLaws[] = {
    {kResultSubject, "every car has a position of its own", kResultAlone},
    {kResultSubject, "nobody has more points than one in front, nor more than 26", kResultAlone},
    {kResultSubject, "who is not classified has no points", "all are classified"},
    {kResultSubject, "nobody in front has driven fewer laps of a race", "there is no race"},
    {kResultSubject, "nobody in front who has driven as many laps has the greater time",
     "there are no two times"},
    {kResultSubject, "the gap is the time less the first one's", "there is no gap"},
    {kResultSubject, "who has a time in a part of qualifying was in the one before",
     "there is no qualifying"},
    {kResultSubject, "penalties are 0 s or a multiple of 5 s"},
};

constexpr double kMostPoints = 26;
constexpr double kPenaltyStep_s = 5;
constexpr double kResultSlack_s = 0.0015;

std::string text_of(double value) {
  return fmt::format("{}", value);
}

}  // namespace

ResultLaws::ResultLaws() : book_(kResultLaws) {}

void ResultLaws::check(const ResultFacts& now, const RowPlace&, std::vector<Breach>& out) {
  book_.saw(kResultSubject);
  check_alone(now, out);
  if (!session_.empty() && session_.front().session != now.session) session_.clear();
  for (const ResultFacts& other : session_) {
    const bool in_front = other.position <= now.position;
    check_pair(in_front ? other : now, in_front ? now : other, out);
  }
  session_.push_back(now);
}

void ResultLaws::check_alone(const ResultFacts& now, std::vector<Breach>& out) {
  if (!now.classified) {
    book_.judge(kResultUnclassified);
    if (now.points != 0) out.push_back({"points", "0, it is not classified", text_of(now.points)});
  }
  book_.judge(kResultPenalty);
  if (now.penalties_s < 0 || std::fmod(now.penalties_s, kPenaltyStep_s) != 0)
    out.push_back({"penalties_s", "0 or a multiple of 5", text_of(now.penalties_s)});
  for (int part = 1; part < 3; ++part) {
    if (!known(now.part_s[part])) continue;
    book_.judge(kResultParts);
    if (!known(now.part_s[part - 1]))
      out.push_back({fmt::format("q{}_s", part), "a time, as in the next part", "none"});
  }
}

/// `front` has the better position, or both have one.
void ResultLaws::check_pair(const ResultFacts& front, const ResultFacts& back, std::vector<Breach>& out) {
  book_.judge(kResultOnePlace);
  if (front.position == back.position)
    out.push_back({"position", "one car's", fmt::format("{}, of two cars", front.position)});
  book_.judge(kResultPoints);
  if (back.points > front.points || front.points > kMostPoints)
    out.push_back({"points",
                   fmt::format("at most {}, those of the car in front", std::min(front.points, kMostPoints)),
                   text_of(std::max(front.points, back.points))});
  if (front.in_race && front.classified && back.classified && known(front.time_s) && known(back.time_s)) {
    book_.judge(kResultLaps);
    if (back.laps > front.laps)
      out.push_back(
          {"laps", fmt::format("at most {}, those of the car in front", front.laps), text_of(back.laps)});
  }
  const bool alike = known(front.time_s) && known(back.time_s) && (!front.in_race || front.laps == back.laps);
  // A part of qualifying that others were not in says nothing of theirs.
  const bool same_part =
      known(front.part_s[1]) == known(back.part_s[1]) && known(front.part_s[2]) == known(back.part_s[2]);
  if (alike && same_part) {
    book_.judge(kResultTime);
    if (back.time_s < front.time_s)
      out.push_back({"time_s", fmt::format("at least {}, that of the car in front", front.time_s),
                     text_of(back.time_s)});
  }
  if (alike && front.position == 1 && known(back.gap_s)) {
    book_.judge(kResultGap);
    if (std::abs(back.time_s - back.gap_s - front.time_s) > kResultSlack_s)
      out.push_back({"gap_s", fmt::format("{:.3f}", back.time_s - front.time_s), text_of(back.gap_s)});
  }
}

}  // namespace racesim::race
