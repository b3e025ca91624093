#include "sim/race/questions.h"

namespace racesim::race {
namespace {

constexpr std::string_view kNoLaps =
    "laps are in the store if they were sent: racesim run --streams telemetry,laps";

constexpr Question kQuestions[] = {
    {"laps", "The laps of a run, or of one car (--car)",
     "SELECT session, car, driver, lap, lap_time_s, sector1_s, sector2_s, sector3_s, tyre, tyre_age_laps, "
     "position, gap_s, pit_in, is_valid FROM laps WHERE run = {run}{and car}{and at} "
     "ORDER BY session, lap, position",
     kNoLaps},
    {"standings", "The order of the cars by their last laps, now or --at a moment",
     "SELECT l.position, l.car, l.driver, l.team, l.lap AS laps, l.gap_s, l.lap_time_s AS last_lap_s, "
     "(SELECT min(b.lap_time_s) FROM laps b WHERE b.run = l.run AND b.session = l.session AND b.car = l.car "
     "AND b.seq <= l.seq AND b.is_valid) AS best_lap_s, l.stint - 1 AS pit_stops, l.tyre, l.time FROM laps l "
     "JOIN (SELECT run, session, car, max(seq) AS seq FROM laps WHERE run = {run}{and car}{and at} "
     "GROUP BY run, session, car) AS newest ON newest.run = l.run AND newest.session = l.session AND "
     "newest.car = l.car AND newest.seq = l.seq "
     "WHERE l.session = (SELECT max(session) FROM laps WHERE run = {run}{and at}) "
     "ORDER BY l.lap DESC, l.position",
     kNoLaps},
    {"results", "What the sessions of a run ended with, or one car in them (--car)",
     "SELECT session, position, car, driver, team, classified, grid, laps, time_s, gap_s, points, status, "
     "q1_s, "
     "q2_s, q3_s, penalties_s FROM results WHERE run = {run}{and car}{and at} ORDER BY session, position",
     "results are in the store if a session has ended and they were sent: racesim run --streams "
     "telemetry,results"},
};

}  // namespace

std::span<const Question> questions() {
  return kQuestions;
}

}  // namespace racesim::race
