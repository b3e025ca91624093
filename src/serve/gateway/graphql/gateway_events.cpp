#include "serve/gateway/graphql/gateway_events.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "serve/gateway/ring_rows.h"

namespace racesim::serve {
namespace {

constexpr double kRateMost_hz = 20;
constexpr std::int64_t kLookForEvents_ns = kNsPerSecond / 10;

const EventRing& race_ring(const Resolvers& resolvers) {
  return resolvers.parts().feed.ring(*resolvers.scenario_of(Subject::cars));
}

class StandingsSource final : public EventSource {
 public:
  explicit StandingsSource(const RowType& type) : type_(type) {}
  std::int64_t pause_ns() const override { return kLookForEvents_ns; }

  Result<const void*> next(const Resolvers& resolvers) override {
    const LiveResults& live = resolvers.parts().processing.of(*resolvers.scenario_of(Subject::cars));
    const std::uint64_t version = live.version();
    if (set_ != nullptr && version == version_) return nullptr;
    version_ = version;
    const Result<std::optional<ListedRun>> run = resolvers.find_run(Subject::cars, "live");
    if (!run) return tl::make_unexpected(run.error());
    HistoryRows rows;
    if (*run) {
      RowsQuestion question;
      question.run = (*run)->run;
      Result<HistoryRows> found = resolvers.standings(**run, question);
      if (!found) return tl::make_unexpected(found.error());
      rows = std::move(*found);
    }
    set_ = type_.bind(std::move(rows));
    return set_.get();
  }

 private:
  const RowType& type_;
  std::unique_ptr<RowSet> set_;
  std::uint64_t version_ = 0;
};

class TelemetrySource final : public EventSource {
 public:
  TelemetrySource(const RowType& type, std::string driver, double rate_hz)
      : type_(type), driver_(std::move(driver)), pause_ns_(static_cast<std::int64_t>(1e9 / rate_hz)) {}
  std::int64_t pause_ns() const override { return pause_ns_; }

  Result<const void*> next(const Resolvers& resolvers) override {
    std::uint64_t end_id = 0;
    Result<HistoryRows> rows =
        ring_latest(race_ring(resolvers), *resolvers.scenario_of(Subject::cars), driver_, end_id);
    if (!rows) return tl::make_unexpected(rows.error());
    if (set_ != nullptr && end_id == end_id_) return nullptr;
    end_id_ = end_id;
    set_ = type_.bind(std::move(*rows));
    return set_.get();
  }

 private:
  const RowType& type_;
  const std::string driver_;
  const std::int64_t pause_ns_;
  std::unique_ptr<RowSet> set_;
  std::uint64_t end_id_ = 0;
};

class RaceControlSource final : public EventSource {
 public:
  explicit RaceControlSource(const RowType& type) : type_(type) {}
  std::int64_t pause_ns() const override { return kLookForEvents_ns; }

  Result<const void*> next(const Resolvers& resolvers) override {
    Result<HistoryRows> rows =
        ring_new_rows(race_ring(resolvers), *resolvers.scenario_of(Subject::cars), "race_control", next_id_);
    if (!rows) return tl::make_unexpected(rows.error());
    if (rows->size() == 0 && set_ != nullptr) return nullptr;
    set_ = type_.bind(std::move(*rows));
    return set_.get();
  }

 private:
  const RowType& type_;
  std::unique_ptr<RowSet> set_;
  std::uint64_t next_id_ = 0;
};

class StatusSource final : public EventSource {
 public:
  std::int64_t pause_ns() const override { return kNsPerSecond; }
  Result<const void*> next(const Resolvers& resolvers) override {
    status_ = status_now(resolvers.parts());
    return &status_;
  }

 private:
  ServiceStatus status_;
};

}  // namespace

Result<std::unique_ptr<EventSource>> EventSource::make(const GatewaySchema& schema,
                                                       const graphql::Subscription& subscription) {
  const GatewayTypes& types = schema.types;
  if (subscription.field == "standings") return std::make_unique<StandingsSource>(*types.standing);
  if (subscription.field == "raceControl") return std::make_unique<RaceControlSource>(*types.race_control);
  if (subscription.field == "status") return std::make_unique<StatusSource>();
  const double rate_hz = subscription.arguments.find("rateHz")->number();
  if (!(rate_hz > 0 && rate_hz <= kRateMost_hz))
    return fail(ErrorKind::usage, "rateHz is no number above 0 and up to 20");
  const graphql::Value* const driver = subscription.arguments.find("driver");
  return std::make_unique<TelemetrySource>(*types.telemetry, driver == nullptr ? "" : driver->text(),
                                           rate_hz);
}

}  // namespace racesim::serve
