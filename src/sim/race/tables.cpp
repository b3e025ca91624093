#include "sim/race/tables.h"

#include <string_view>

namespace racesim::race {
namespace {

constexpr std::string_view kRunAndCar[] = {"run", "car"};
constexpr std::string_view kRunAlone[] = {"run"};
constexpr std::string_view kRunAndId[] = {"run", "id"};
constexpr std::string_view kFastF1Driver[] = {"DriverNumber"};
constexpr std::string_view kOpenF1Driver[] = {"meeting_key", "session_key", "driver_number"};

constexpr std::string_view kLapOfDriver[] = {"run", "session", "driver", "lap"};
constexpr std::string_view kLapInTime[] = {"run", "session", "time"};
constexpr std::string_view kPassInTime[] = {"run", "session", "time", "car"};
constexpr std::string_view kMessageInTime[] = {"run", "session", "time"};

constexpr std::string_view kSessionAlone[] = {"session"};
constexpr std::string_view kSessionAndDriver[] = {"session", "driver"};
constexpr std::string_view kSessionAndCrew[] = {"session", "driver", "team"};
constexpr std::string_view kFastF1Crew[] = {"Driver", "Team"};

// What race@1 did not tell: its recordings are taken all the same.
constexpr std::string_view kLapSinceRace2[] = {"start_time_s", "deleted", "deleted_reason", "is_accurate"};
constexpr std::string_view kMessageSinceRace2[] = {"seconds", "reason"};

constexpr TableIndex kCheckpointIndexes[] = {{"by_time", kPassInTime}};
constexpr TableIndex kLapIndexes[] = {{"by_driver", kLapOfDriver}, {"by_time", kLapInTime}};
constexpr std::string_view kResultOfSession[] = {"run", "session", "position"};

constexpr TableIndex kResultIndexes[] = {{"by_session", kResultOfSession}};
constexpr TableIndex kRaceControlIndexes[] = {{"by_time", kMessageInTime}};

}  // namespace

const TableInfo kTelemetryTable{.name = "telemetry",
                                .key = {kRunAndCar, "seq"},
                                .time = "time",
                                .labels = kSessionAndDriver,
                                .is_summarised = true};
const TableInfo kCheckpointTable{.name = "checkpoints",
                                 .key = {kRunAndCar, "seq"},
                                 .time = "time",
                                 .indexes = kCheckpointIndexes,
                                 .labels = kSessionAndDriver};
const TableInfo kLapTable{.name = "laps",
                          .key = {kRunAndCar, "seq"},
                          .optional = kLapSinceRace2,
                          .time = "time",
                          .indexes = kLapIndexes,
                          .labels = kSessionAndCrew};
const TableInfo kRaceControlTable{.name = "race_control",
                                  .key = {kRunAlone, "seq"},
                                  .optional = kMessageSinceRace2,
                                  .time = "time",
                                  .indexes = kRaceControlIndexes,
                                  .labels = kSessionAlone};
const TableInfo kResultTable{.name = "results",
                             .key = {kRunAndCar, "seq"},
                             .time = "time",
                             .indexes = kResultIndexes,
                             .labels = kSessionAndCrew};
const TableInfo kSimpleCarTable{
    .name = "simple_cars", .key = {kRunAndId, "seq"}, .time = "time", .is_summarised = true};
const TableInfo kFastF1TelemetryTable{
    .name = "telemetry_fastf1", .key = {kFastF1Driver, "Date"}, .time = "Date"};
const TableInfo kFastF1LapTable{.name = "laps_fastf1",
                                .key = {kFastF1Driver, "LapStartDate"},
                                .time = "LapStartDate",
                                .labels = kFastF1Crew};
const TableInfo kOpenF1CarDataTable{
    .name = "car_data_openf1", .key = {kOpenF1Driver, "date"}, .time = "date"};
const TableInfo kOpenF1LapTable{
    .name = "laps_openf1", .key = {kOpenF1Driver, "date_start"}, .time = "date_start"};

}  // namespace racesim::race
