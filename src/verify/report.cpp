#include "verify/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/quantity.h"
#include "base/suggest.h"
#include "verify/identity/line_fields.h"

namespace racesim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, kFindingCount> kMeanings{"every event that was sent arrived",
                                                           "no event arrived twice",
                                                           "every event arrived unchanged",
                                                           "the events of each entity arrived in their order",
                                                           "nothing arrived that was not sent",
                                                           "no sequence of events arrived again",
                                                           "no event was deleted before it was read",
                                                           "no event was later than the watermark allows",
                                                           "every law of the stream holds",
                                                           "every line says which event it is",
                                                           "no event was refused as a row"};

/// Injected faults by name, in the order of the report.
constexpr std::array<std::pair<const char*, std::uint64_t FaultTotals::*>, 5> kFaults{
    {{"late", &FaultTotals::late},
     {"duplicate", &FaultTotals::duplicate},
     {"reorder", &FaultTotals::reorder},
     {"drop", &FaultTotals::drop},
     {"corrupt", &FaultTotals::corrupt}}};

constexpr auto kAltered = static_cast<std::size_t>(Finding::altered);
/// What the verdict line once called it.
constexpr std::string_view kOldAltered = "corrupt";

bool is_for_invariants(std::size_t kind) {
  return kind == static_cast<std::size_t>(Finding::invariant);
}

std::string example_text(const FindingExample& e) {
  std::string text = e.place;
  if (!e.entity.empty() || !e.seq.empty())
    text += fmt::format("  {}{}{} seq {}", e.stream, e.stream.empty() ? "" : " ", e.entity,
                        e.seq.empty() ? "?" : e.seq);
  if (e.field.empty()) return text;
  text += fmt::format("  {}: {}", e.field, e.expected);
  return e.found.empty() ? text : text + " → " + e.found;
}

/// Laws that could not be judged on the rows that came.
std::vector<LawInfo> not_checked(const Findings& f) {
  std::vector<LawInfo> laws;
  for (const LawCount& count : f.laws)
    if (count.judged == 0) laws.push_back(count.law);
  return laws;
}

std::string laws_text(const Findings& f) {
  const std::vector<LawInfo> laws = not_checked(f);
  if (laws.empty()) return {};
  std::string text = fmt::format("  {} law{} not checked\n", laws.size(), laws.size() == 1 ? "" : "s");
  for (const LawInfo& law : laws)
    text += fmt::format("    {}: {} ({})\n", law.subject, law.text, law.obstacle);
  return text;
}

/// Every copy that was sent on purpose was taken out again, and nothing else came twice.
bool is_dedup_complete(const Findings& f, std::string_view fault) {
  return fault == "duplicate" && f.injected_present.duplicate == 0 && f[Finding::duplicated] == 0 &&
         f[Finding::redelivered] == 0;
}

std::string injected_text(const Findings& f) {
  std::string text;
  for (const auto& [name, count] : kFaults) {
    if (f.injected.*count == 0) continue;
    text += text.empty() ? "" : "  ";
    if (std::string_view(name) == "drop")
      text += fmt::format("drop {} left out", format_count(f.injected.*count));
    else
      text +=
          fmt::format("{} {} of {}{}", name, format_count(f.injected_present.*count),
                      format_count(f.injected.*count), is_dedup_complete(f, name) ? " (dedup complete)" : "");
  }
  return text;
}

std::string extra_names(const Findings& f) {
  std::string text;
  for (const std::string& name : f.extra.names) text += (text.empty() ? "" : ", ") + printable(name, 40);
  return f.extra.names.size() < ExtraFields::kMostNames ? text : text + ", …";
}

Json laws_json(const Findings& f) {
  Json laws = Json::array();
  for (const LawCount& count : f.laws) {
    laws.push_back({{"stream", count.law.subject}, {"law", count.law.text}, {"judged", count.judged}});
    if (count.judged == 0) laws.back()["not_checked"] = count.law.obstacle;
  }
  return laws;
}

/// For XML 1.0: what it cannot hold is shown, the rest escaped.
std::string xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n')
          out += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        else
          out += c;
    }
  }
  return out;
}

}  // namespace

Result<AllowedFindings> parse_allowed(std::string_view text) {
  AllowedFindings allowed;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    const auto same = [&](std::string_view name) {
      return part == name || (part == kOldAltered && name == kFindingNames[kAltered]) ||
             (name.size() > 4 && name.substr(name.size() - 2) == "ed" &&
              (part == name.substr(0, name.size() - 1) || part == name.substr(0, name.size() - 2)));
    };
    const auto found = std::find_if(kFindingNames.begin(), kFindingNames.end(), same);
    if (found == kFindingNames.end())
      return tl::make_unexpected(unknown_choice(part, {kFindingNames.begin(), kFindingNames.end()}));
    allowed.set(static_cast<std::size_t>(found - kFindingNames.begin()));
    if (comma == std::string_view::npos) return allowed;
    text.remove_prefix(comma + 1);
  }
}

bool VerifyReport::good() const {
  for (std::size_t kind = 0; kind < kFindingCount; ++kind)
    if (result.findings.counts[kind] > 0 && !allowed[kind]) return false;
  if (invariants && result.findings.found == 0) return false;
  return result.digest_agrees.value_or(true) || allowed[kAltered];
}

std::string verdict_line(const VerifyReport& report) {
  const Findings& f = report.result.findings;
  const auto count = [&](Finding kind) { return format_count(f[kind]); };
  std::string text = report.good() ? "VERIFIED " : "FAILED: ";
  const std::size_t unjudged = not_checked(f).size();
  if (report.invariants)
    return text +
           fmt::format("{} events, {} break a law, {} lost, {} duplicated, {} reordered, {} altered",
                       format_count(f.found), count(Finding::invariant), count(Finding::lost),
                       count(Finding::duplicated), count(Finding::reordered), count(Finding::altered)) +
           (unjudged == 0 ? std::string()
                          : fmt::format(", {} law{} not checked", unjudged, unjudged == 1 ? "" : "s"));
  // "FAILED 2,000 / 2,000 events" would read as 2,000 failures.
  if (!report.good()) text += "found ";
  text += fmt::format("{} / {} events, {} lost, {} duplicated, {} reordered, {} altered",
                      format_count(f.found), format_count(f.expected()), count(Finding::lost),
                      count(Finding::duplicated), count(Finding::reordered), count(Finding::altered));
  for (const Finding kind : {Finding::phantom, Finding::redelivered, Finding::expired, Finding::late,
                             Finding::unreadable, Finding::refused})
    if (f[kind] > 0)
      text += fmt::format(", {} {}", count(kind), kFindingNames[static_cast<std::size_t>(kind)]);
  return text;
}

std::string report_text(const VerifyReport& report) {
  const Findings& f = report.result.findings;
  std::string text = verdict_line(report) + "\n";
  if (const std::string injected = injected_text(f); !injected.empty())
    text += "  injected  " + injected + "\n";
  if (!report.result.end_is_known)
    text +=
        "  the manifest does not say how the run ended: events after the last one found may never have been "
        "sent\n";
  if (!report.result.order_not_judged.empty())
    text += fmt::format("  order: {}\n", report.result.order_not_judged);
  if (f.of_other_parts > 0)
    text += fmt::format("  {} events of other parts of this run left out\n", format_count(f.of_other_parts));
  if (report.result.is_store && f.found == 0 && f.expected() > 0)
    text += fmt::format("  no event of run {} is in the store: racesim query runs lists those that are\n",
                        report.result.run);
  if (f.of_unknown_runs > 0)
    text += fmt::format("  {} rows left out whose event id no run made\n", format_count(f.of_unknown_runs));
  if (f.displaced > 0)
    text += fmt::format(
        "  {} events found among the dead letters only: an event that was damaged on purpose has their id\n",
        format_count(f.displaced));
  if (f.overflowed)
    text +=
        "  more events were missing at once than verify remembers: an event that came very late counts as "
        "lost "
        "and as duplicated\n";
  if (f[Finding::unreadable] > 0 && report.comparison == Comparison::fast)
    text +=
        "  --fast reads lines only as racesim writes them; of a consumer that parses and writes again: "
        "--by-value\n";
  if (f.only_spelled)
    text +=
        "  some of the altered events have the same values, spelled otherwise: --by-value compares values\n";
  if (f.extra.lines > 0)
    text += fmt::format("  {} events have fields that were not sent: {}\n", format_count(f.extra.lines),
                        extra_names(f));
  if (f.maybe_unread > 0)
    text += fmt::format("  {} of the events that did not come may be among the unreadable lines\n",
                        format_count(f.maybe_unread));
  if (report.result.digest_agrees)
    text += *report.result.digest_agrees
                ? "  the digest of all lines matches\n"
                : "  the digest of all lines differs: run again without --fast to name the event\n";
  if (report.result.digest_is_mute)
    text +=
        "  the digest proves nothing, because other events arrived than were sent: run again without --fast "
        "to "
        "compare bytes\n";
  if (report.invariants && f.found == 0) text += "  nothing arrived\n";
  text += laws_text(f);
  for (std::size_t kind = 0; kind < kFindingCount; ++kind) {
    if (f.counts[kind] == 0) continue;
    text += fmt::format("  {} {}{}\n", format_count(f.counts[kind]), kFindingNames[kind],
                        report.allowed[kind] ? " (allowed)" : "");
    for (const FindingExample& example : f.examples)
      if (static_cast<std::size_t>(example.kind) == kind) text += "    " + example_text(example) + "\n";
  }
  return text;
}

std::string report_json(const VerifyReport& report) {
  const Findings& f = report.result.findings;
  Json json{{"verdict", report.good() ? "verified" : "failed"},
            {"run", report.result.run},
            {"against", report.against},
            {"mode", report.invariants ? "invariants" : name_of(report.comparison)},
            {"expected", f.expected()},
            {"found", f.found}};
  for (std::size_t kind = 0; kind < kFindingCount; ++kind)
    if (!is_for_invariants(kind) || report.invariants)
      json[std::string(kFindingNames[kind])] = f.counts[kind];
  Json injected;
  for (const auto& [name, count] : kFaults) {
    injected[name] = {{"sent", f.injected.*count}, {"present", f.injected_present.*count}};
    if (std::string_view(name) == "drop") injected[name] = {{"left_out", f.injected.*count}};
  }
  json["injected"] = injected;
  Json allowed = Json::array();
  for (std::size_t kind = 0; kind < kFindingCount; ++kind)
    if (report.allowed[kind]) allowed.push_back(kFindingNames[kind]);
  json["allowed"] = allowed;
  json["end_is_known"] = report.result.end_is_known;
  json["order_judged"] = report.result.order_not_judged.empty();
  if (!report.result.order_not_judged.empty()) json["order_not_judged"] = report.result.order_not_judged;
  json["of_other_parts"] = f.of_other_parts;
  if (report.result.is_store) {
    json["of_unknown_runs"] = f.of_unknown_runs;
    json["displaced"] = f.displaced;
  }
  json["overflowed"] = f.overflowed;
  if (report.result.digest_agrees) json["digest_agrees"] = *report.result.digest_agrees;
  if (report.result.digest_is_mute) json["digest_agrees"] = nullptr;
  if (report.comparison == Comparison::by_value)
    json["extra_fields"] = {{"events", f.extra.lines}, {"names", f.extra.names}};
  if (report.invariants) json["laws"] = laws_json(f);
  json["seconds"] = report.seconds;
  Json examples = Json::array();
  for (const FindingExample& e : f.examples)
    examples.push_back({{"kind", kFindingNames[static_cast<std::size_t>(e.kind)]},
                        {"stream", e.stream},
                        {"entity", e.entity},
                        {"seq", e.seq},
                        {"place", e.place},
                        {"field", e.field},
                        {"expected", e.expected},
                        {"found", e.found}});
  json["examples"] = examples;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string report_junit(const VerifyReport& report) {
  const Findings& f = report.result.findings;
  std::string cases;
  std::size_t failures = 0, tests = 0, skipped = 0;
  for (std::size_t kind = 0; kind < kFindingCount; ++kind) {
    if (is_for_invariants(kind) && !report.invariants) continue;
    ++tests;
    cases += fmt::format("  <testcase classname=\"racesim.verify\" name=\"{}: {}\"", kFindingNames[kind],
                         kMeanings[kind]);
    if (static_cast<Finding>(kind) == Finding::reordered && !report.result.order_not_judged.empty()) {
      ++skipped;
      cases += fmt::format(">\n    <skipped message=\"{}\"/>\n  </testcase>\n",
                           xml(report.result.order_not_judged));
      continue;
    }
    const bool digest =
        static_cast<Finding>(kind) == Finding::altered && !report.result.digest_agrees.value_or(true);
    const bool nothing =
        static_cast<Finding>(kind) == Finding::invariant && report.invariants && f.found == 0;
    if (!nothing && ((f.counts[kind] == 0 && !digest) || report.allowed[kind])) {
      cases += "/>\n";
      continue;
    }
    ++failures;
    std::string details = nothing               ? "nothing arrived\n"
                          : f.counts[kind] == 0 ? "the digest of all lines differs\n"
                                                : "";
    for (const FindingExample& example : f.examples)
      if (static_cast<std::size_t>(example.kind) == kind) details += example_text(example) + "\n";
    cases += fmt::format(">\n    <failure message=\"{} {}\">{}</failure>\n  </testcase>\n", f.counts[kind],
                         kFindingNames[kind], xml(details));
  }
  const std::vector<LawInfo> laws = not_checked(f);
  for (const LawInfo& law : laws)
    cases += fmt::format(
        "  <testcase classname=\"racesim.verify\" name=\"{}: {}\">\n    <skipped message=\"{}\"/>\n  "
        "</testcase>\n",
        xml(law.subject), xml(law.text), xml(law.obstacle));
  tests += laws.size();
  skipped += laws.size();
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"racesim verify {}\" tests=\"{}\" "
      "failures=\"{}\" skipped=\"{}\" "
      "errors=\"0\" time=\"{:.3f}\">\n{}</testsuite>\n",
      xml(report.against), tests, failures, skipped, report.seconds, cases);
}

}  // namespace racesim
