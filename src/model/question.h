// What people ask of the stored events of a scenario, as SQL that SQLite and PostgreSQL both take. Declared
// by the scenario (sim/entry.h); racesim query knows each by its name.
#pragma once

#include <string_view>

namespace racesim {

struct Question {
  std::string_view name;     ///< "laps"; no two scenarios have the same
  std::string_view summary;  ///< one line for the help
  /// May hold, each behind a condition: {run}, a text that names a run of the scenario; {and car}, {and at},
  /// which narrow to a car and to what was before a moment, or are nothing.
  std::string_view sql;
  std::string_view empty_hint{};  ///< what may be wrong where nothing is found
};

}  // namespace racesim
