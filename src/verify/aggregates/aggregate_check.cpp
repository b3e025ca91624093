#include "verify/aggregates/aggregate_check.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "agg/engine.h"
#include "base/check.h"
#include "base/time_text.h"
#include "codec/encoder.h"
#include "verify/aggregates/by_options.h"
#include "verify/aggregates/window_fields.h"

namespace racesim {
namespace {

/// The aggregation whose aligned windows WindowTruth works out; its windowing is what by_options() tells.
constexpr std::string_view kReferee = "window";

constexpr std::size_t kTimeDigits = 19;  ///< nanoseconds since the epoch, of our days

/// The key's parts with spaces between, times as people read them.
std::string shown_key(std::string_view key) {
  std::string shown;
  while (!key.empty()) {
    const std::size_t end = std::min(key.find('\x1f'), key.size());
    const std::string part(key.substr(0, end));
    const bool is_time = part.size() == kTimeDigits &&
                         std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    shown += (shown.empty() ? "" : " ") + (is_time ? format_datetime(std::stoll(part)) : part);
    key.remove_prefix(std::min(end + 1, key.size()));
  }
  return shown;
}

/// 99 rather than 99.0.
std::string number_text(double value) {
  return value == std::floor(value) ? nlohmann::json(static_cast<std::int64_t>(value)).dump()
                                    : nlohmann::json(value).dump();
}

/// "5s"; empty where the row does not say.
std::string windowing_of(const FoundResult& found) {
  const nlohmann::json row = nlohmann::json::parse(found.row);
  const auto text = row.find("windowing");
  return text != row.end() && text->is_string() ? text->get<std::string>() : "";
}

/// One side had master data at hand for this field, and the other one had none.
bool is_unnamed(const AggregationEntry& entry, std::string_view field, const nlohmann::json& a,
                const nlohmann::json& b) {
  const auto has_none = [](const nlohmann::json& value) { return value.is_null() || value == ""; };
  return std::find(entry.from_master.begin(), entry.from_master.end(), field) != entry.from_master.end() &&
         (has_none(a) || has_none(b));
}

class AggregateCheck {
 public:
  AggregateCheck(const Manifest& manifest, const Content& truth, const FoundResults& found,
                 const AggregateRules& rules)
      : manifest_(manifest), truth_(truth), found_(found), rules_(rules) {}

  Result<AggregateFindings> run();

 private:
  struct Rerun {
    const AggregationEntry* entry = nullptr;
    OptionValues options;
    ResultMap found;
    RowBatch results;
    ResultMap expected;
  };

  void choose();
  void choose_by_options(const AggregationEntry& entry, const ResultMap& results);
  AggregateCount& count_of(std::string_view name);
  void leave(std::string_view name, std::string why);
  std::vector<AggregationEngine::Part> make_parts();
  void prepare_engine();
  Done pass();
  void feed_engine(const SentBlock& block);
  void judge_windows();
  void judge_window(const WindowKey& key, const WindowContent& content, AggregateCount& count);
  void judge_values(const WindowKey& key, const WindowContent& content, const FoundResult& found,
                    AggregateCount& count);
  void judge_rerun(Rerun& rerun);
  static void expect_rows(Rerun& rerun);
  void judge_row(const AggregationEntry& entry, const std::string& key, const FoundResult& expected,
                 const FoundResult& found, AggregateCount& count);
  std::string window_result_key(const WindowKey& key) const;
  void example(std::string kind, const std::string& aggregation, const std::string& key,
               const FoundResult* found, std::string field, std::string expected, std::string seen);

  const Manifest& manifest_;
  const Content& truth_;
  const FoundResults& found_;
  const AggregateRules& rules_;
  AggregateFindings findings_;

  const AggregationEntry* window_entry_ = nullptr;
  const ResultMap* window_results_ = nullptr;
  std::vector<Windowing> windowings_;
  std::optional<WindowTruth> windows_;
  std::vector<Rerun> reruns_;
  std::optional<AggregationEngine> engine_;
  std::vector<std::vector<Refused>> refused_;
};

void AggregateCheck::example(std::string kind, const std::string& aggregation, const std::string& key,
                             const FoundResult* found, std::string field, std::string expected,
                             std::string seen) {
  const auto same = std::count_if(
      findings_.examples.begin(), findings_.examples.end(),
      [&](const AggregateExample& one) { return one.kind == kind && one.aggregation == aggregation; });
  if (static_cast<std::size_t>(same) >= AggregateFindings::kMostExamples) return;
  findings_.examples.push_back({std::move(kind), aggregation, shown_key(key),
                                found != nullptr ? found->place : "", std::move(field), std::move(expected),
                                std::move(seen)});
}

Result<AggregateFindings> AggregateCheck::run() {
  findings_.rows = found_.rows();
  findings_.of_other_runs = found_.of_other_runs();
  findings_.unreadable = found_.unreadable();
  choose();
  // Without windows of its own the referee still tells how many events come late.
  if (windowings_.empty()) windowings_.push_back(*parse_windowing("5s"));
  windows_.emplace(windowings_, rules_.lateness, lanes_of(manifest_));
  prepare_engine();
  if (Done ok = pass(); !ok) return tl::make_unexpected(ok.error());
  findings_.must_keep = windows_->kept();
  findings_.must_drop = windows_->dropped();
  findings_.either = windows_->either();
  if (window_entry_ != nullptr) judge_windows();
  for (Rerun& rerun : reruns_) judge_rerun(rerun);
  return findings_;
}

/// What is judged how.
void AggregateCheck::choose() {
  for (const auto& [entry, results] : found_.all()) {
    if (entry->options.empty())
      reruns_.push_back({entry, OptionValues(entry->options), results, RowBatch(entry->result()), {}});
    else if (entry->options_of_results != nullptr)
      choose_by_options(*entry, results);
    else
      leave(entry->name, "its rows do not say with which options they were made");
  }
}

void AggregateCheck::choose_by_options(const AggregationEntry& entry, const ResultMap& results) {
  std::uint64_t strange = 0;
  for (ResultsOfOptions& group : by_options(entry, results, strange)) {
    const auto aligned = entry.name == kReferee ? parse_windowing(group.values[0]) : std::nullopt;
    if (aligned) {
      windowings_.push_back(*aligned);
      window_entry_ = &entry;
      window_results_ = &results;
    } else {
      reruns_.push_back(
          {&entry, std::move(group.options), std::move(group.results), RowBatch(entry.result()), {}});
    }
  }
  if (strange > 0) count_of(entry.name).phantom += strange;
}

AggregateCount& AggregateCheck::count_of(std::string_view name) {
  for (AggregateCount& count : findings_.aggregations)
    if (count.name == name && count.not_judged.empty()) return count;
  findings_.aggregations.emplace_back().name = name;
  return findings_.aggregations.back();
}

void AggregateCheck::leave(std::string_view name, std::string why) {
  findings_.aggregations.emplace_back().name = name;
  findings_.aggregations.back().not_judged = std::move(why);
}

/// Those that cannot be made again are left.
std::vector<AggregationEngine::Part> AggregateCheck::make_parts() {
  AggregationFrame frame;
  frame.watermark_delay_us = rules_.lateness.delay_us;
  frame.allowed_lateness_us = rules_.lateness.allowed_us;
  frame.master = truth_.master.tables();
  std::vector<AggregationEngine::Part> parts;
  std::vector<Rerun> made;
  for (Rerun& rerun : reruns_) {
    auto aggregation = rerun.entry->make(rerun.options, frame);
    if (!aggregation) {
      leave(rerun.entry->name, aggregation.error().what);
      continue;
    }
    parts.push_back({rerun.entry, std::move(*aggregation)});
    made.push_back(std::move(rerun));
  }
  reruns_ = std::move(made);
  return parts;
}

void AggregateCheck::prepare_engine() {
  std::vector<AggregationEngine::Part> parts = make_parts();
  if (parts.empty()) return;
  engine_.emplace(std::move(parts), EngineOptions{rules_.lateness.delay_us});
  for (std::uint32_t lane = 0; lane < lanes_of(manifest_); ++lane) engine_->lane(std::to_string(lane));
}

Done AggregateCheck::pass() {
  std::vector<RowBatch> results;
  if (engine_) results = engine_->make_results();
  const Done read = each_sent_block(manifest_, truth_, rules_.threads, [&](const SentBlock& block) -> Done {
    windows_->add(block);
    if (!engine_) return {};
    feed_engine(block);
    engine_->advance(results);
    return {};
  });
  if (!read) return read;
  if (engine_) engine_->finish(results);
  for (std::size_t i = 0; i < reruns_.size(); ++i) reruns_[i].results = std::move(results[i]);
  return {};
}

void AggregateCheck::feed_engine(const SentBlock& block) {
  std::vector<ArrivedRows> arrived;
  for (const auto& part : block.rows->parts) arrived.push_back({&part->rows, part->records});
  engine_->add(block.lane, arrived, refused_);
}

std::string AggregateCheck::window_result_key(const WindowKey& key) const {
  nlohmann::json row;
  std::string run;
  for (int shift = 28; shift >= 0; shift -= 4) run += "0123456789abcdef"[truth_.run >> shift & 15U];
  row["run"] = windows_->names_run(key.stream) ? run : "00000000";
  row["stream"] = key.stream;
  row["key"] = key.key;
  row["windowing"] = key.windowing;
  row["window_start"] = format_datetime_us(key.start_us);
  return *result_key(*window_entry_, row.dump());
}

void AggregateCheck::judge_windows() {
  AggregateCount& count = count_of(window_entry_->name);
  std::set<std::string> known;
  for (const auto& [key, content] : windows_->windows()) {
    known.insert(window_result_key(key));
    judge_window(key, content, count);
  }
  for (const auto& [key, found] : *window_results_) {
    count.corrected += found.repeated_otherwise ? 1 : 0;
    if (known.contains(key) || !parse_windowing(windowing_of(found))) continue;
    ++count.phantom;
    example("phantom", count.name, key, &found, "", "", found.row);
  }
}

void AggregateCheck::judge_window(const WindowKey& key, const WindowContent& content, AggregateCount& count) {
  const std::string text = window_result_key(key);
  const auto at = window_results_->find(text);
  const bool must = content.kept.samples > 0;
  count.expected += must ? 1 : 0;
  if (at != window_results_->end() && (must || content.either.samples > 0))
    return judge_values(key, content, at->second, count);
  if (at != window_results_->end()) {
    ++count.phantom;
    return example("phantom", count.name, text, &at->second, "", "all of its events came too late",
                   at->second.row);
  }
  if (!must) return;
  const bool is_open = rules_.lateness.batch_us > 0 && content.end_us + rules_.lateness.allowed_us >
                                                           windows_->newest_us() - rules_.lateness.delay_us;
  if (is_open) {
    ++count.open;
    return;
  }
  ++count.missing;
  example("missing", count.name, text, nullptr, "samples", std::to_string(content.kept.samples), "");
}

void AggregateCheck::judge_values(const WindowKey& key, const WindowContent& content,
                                  const FoundResult& found, AggregateCount& count) {
  const std::string text = window_result_key(key);
  const bool has_speed = windows_->has_speed(key.stream);
  const nlohmann::json row = nlohmann::json::parse(found.row);
  const auto number = [&](const char* name) -> std::optional<double> {
    const auto value = row.find(name);
    if (value == row.end() || !value->is_number()) return std::nullopt;
    return value->get<double>();
  };
  const auto wrong = [&](const char* field, const std::string& expected) {
    ++count.altered;
    const auto value = row.find(field);
    example("altered", count.name, text, &found, field, expected,
            value == row.end() ? "nothing" : value->dump());
  };
  if (content.either.samples == 0) {
    for (const ExpectedField& field : expected_fields(content.kept, has_speed)) {
      if (number(field.name) == field.value) continue;
      return wrong(field.name, number_text(field.value));
    }
    ++count.right;
    return;
  }
  const double least = static_cast<double>(content.kept.samples);
  const double most = least + static_cast<double>(content.either.samples);
  const auto samples = number("samples");
  if (!samples || *samples < least || *samples > most)
    return wrong("samples", number_text(least) + " to " + number_text(most));
  const auto highest = number("max_speed_kmh");
  if (has_speed && content.kept.samples > 0 &&
      (!highest || *highest < static_cast<double>(content.kept.speed_max) / 10))
    return wrong("max_speed_kmh",
                 "at least " + number_text(static_cast<double>(content.kept.speed_max) / 10));
  ++count.right;
  ++count.either;
}

/// Rows of the aggregation itself over what was sent; fields that the other engine leaves out are not judged.
void AggregateCheck::judge_rerun(Rerun& rerun) {
  AggregateCount& count = count_of(rerun.entry->name);
  expect_rows(rerun);
  for (const auto& [key, expected] : rerun.expected) {
    ++count.expected;
    const auto at = rerun.found.find(key);
    if (at == rerun.found.end()) {
      ++count.missing;
      example("missing", count.name, key, nullptr, "", expected.row, "");
    } else {
      judge_row(*rerun.entry, key, expected, at->second, count);
    }
  }
  for (const auto& [key, found] : rerun.found) {
    count.corrected += found.repeated_otherwise ? 1 : 0;
    if (rerun.expected.contains(key)) continue;
    ++count.phantom;
    example("phantom", count.name, key, &found, "", "", found.row);
  }
}

/// The last result of each key.
void AggregateCheck::expect_rows(Rerun& rerun) {
  const auto encoder = make_encoder(rerun.entry->result(), "json", &rerun.entry->table);
  RACESIM_CHECK(encoder.has_value());
  WireBatch lines;
  (*encoder)->encode(rerun.results, lines);
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (const auto key = result_key(*rerun.entry, lines.line(i))) rerun.expected[*key].row = lines.line(i);
}

void AggregateCheck::judge_row(const AggregationEntry& entry, const std::string& key,
                               const FoundResult& expected, const FoundResult& found, AggregateCount& count) {
  const nlohmann::json wanted = nlohmann::json::parse(expected.row), row = nlohmann::json::parse(found.row);
  for (const auto& [name, value] : wanted.items()) {
    const auto seen = row.find(name);
    if (seen == row.end() || *seen == value || is_unnamed(entry, name, value, *seen)) continue;
    // Which of them came in time the batches have decided.
    if (findings_.either > 0) {
      ++count.either;
      break;
    }
    ++count.altered;
    return example("altered", count.name, key, &found, name, value.dump(), seen->dump());
  }
  ++count.right;
}

}  // namespace

bool AggregateFindings::good() const {
  const auto is_judged = [](const AggregateCount& one) { return one.not_judged.empty(); };
  const auto is_right = [](const AggregateCount& one) {
    return one.missing == 0 && one.altered == 0 && one.phantom == 0;
  };
  return unreadable == 0 && std::any_of(aggregations.begin(), aggregations.end(), is_judged) &&
         std::all_of(aggregations.begin(), aggregations.end(), is_right);
}

Result<AggregateFindings> check_aggregates(const Manifest& manifest, const Content& truth,
                                           const FoundResults& found, const AggregateRules& rules) {
  return AggregateCheck(manifest, truth, found, rules).run();
}

}  // namespace racesim
