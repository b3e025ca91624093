// The racing line of Silverstone as physics runs along it, and the flying lap that racesim drives on it (no
// fuel, fresh tyres, wing shut), as JSON on stdout: what bench/race_lap.py gives to the Python port of the
// car and holds its lap against. Also the steps of 10 ms per second of baking that lap again and again for
// the seconds of the first argument.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "sim/race/car/drive.h"
#include "sim/race/track/tracks.h"
#include "sim/race/track/ways.h"

namespace racesim::race {
namespace {

double baked_per_s(const Path& line, double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  std::size_t steps = 0;
  double took_s = 0;
  do {
    steps += bake(line, CarModel{}, Conditions{}, Drive{}).samples.size();
    took_s = std::chrono::duration<double>(Clock::now() - begin).count();
  } while (took_s < seconds);
  return static_cast<double>(steps) / took_s;
}

void print_list(const char* name, const std::vector<double>& values) {
  std::printf(",\n \"%s\": [", name);
  for (std::size_t i = 0; i < values.size(); ++i) std::printf("%s%.17g", i == 0 ? "" : ", ", values[i]);
  std::printf("]");
}

int print(double seconds) {
  const auto track = find_track("silverstone");
  if (!track) return 1;
  const Path line = racing_line(*track);
  const Template lap = bake(line, CarModel{}, Conditions{}, Drive{});
  std::printf("{\"step_m\": %.17g, \"lap_s\": %.6f, \"steps\": %zu, \"steps_per_s\": %.0f", line.step_m,
              lap.duration_s, lap.samples.size(), baked_per_s(line, seconds));
  print_list("curvature_1pm", line.curvature_1pm);
  print_list("s_m", line.s_m);
  print_list("x_m", line.x_m);
  print_list("y_m", line.y_m);
  std::puts("}");
  return 0;
}

}  // namespace
}  // namespace racesim::race

int main(int argc, char** argv) {
  return racesim::race::print(argc > 1 ? std::atof(argv[1]) : 1);
}
