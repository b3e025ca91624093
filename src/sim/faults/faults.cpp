#include "sim/faults/faults.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/suggest.h"

namespace racesim {
namespace {

struct Kind {
  std::string_view name;
  double FaultRules::*share;
};
constexpr std::array kKinds{Kind{"late", &FaultRules::late}, Kind{"duplicate", &FaultRules::duplicate},
                            Kind{"reorder", &FaultRules::reorder}, Kind{"drop", &FaultRules::drop},
                            Kind{"corrupt", &FaultRules::corrupt}};

constexpr const char* kExample = "example: --faults late=1%,duplicate=0.5%,drop=0.1%";

// Each kind of draw mixes the event's key with a number of its own.
constexpr std::uint64_t kLate = topic_hash("faults.late");
constexpr std::uint64_t kDuplicate = topic_hash("faults.duplicate");
constexpr std::uint64_t kReorder = topic_hash("faults.reorder");
constexpr std::uint64_t kDrop = topic_hash("faults.drop");
constexpr std::uint64_t kCorrupt = topic_hash("faults.corrupt");
constexpr std::uint64_t kDelay = topic_hash("faults.delay");
constexpr std::uint64_t kCopyDelay = topic_hash("faults.copy-delay");
constexpr std::uint64_t kPlaces = topic_hash("faults.places");
constexpr std::uint64_t kDamage = topic_hash("faults.damage");

/// 0.01 or 1%; nothing if it is no share.
bool parse_share(std::string_view text, double& share) {
  const bool percent = !text.empty() && text.back() == '%';
  if (percent) text.remove_suffix(1);
  double value = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || stop != text.data() + text.size()) return false;
  share = percent ? value / 100 : value;
  return share >= 0 && share <= 1;
}

Done parse_part(std::string_view part, FaultRules& rules) {
  const std::size_t equals = part.find('=');
  const std::string_view name = part.substr(0, equals);
  for (const Kind& kind : kKinds) {
    if (kind.name != name) continue;
    double share = 0;
    if (equals == std::string_view::npos || !parse_share(part.substr(equals + 1), share))
      return fail(ErrorKind::usage,
                  fmt::format("'{}' is not a share of the events from 0 to 1, or 0% to 100%", part),
                  kExample);
    rules.*kind.share = share;
    return {};
  }
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return tl::make_unexpected(unknown_choice(name, names));
}

}  // namespace

Done parse_faults(std::string_view text, FaultRules& rules) {
  FaultRules parsed = rules;
  while (true) {
    const std::size_t comma = text.find(',');
    if (Done ok = parse_part(text.substr(0, comma), parsed); !ok) return ok;
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  rules = parsed;
  return {};
}

std::string format_faults(const FaultRules& rules) {
  std::string text;
  for (const Kind& kind : kKinds)
    if (rules.*kind.share > 0)
      text += fmt::format("{}{}={}", text.empty() ? "" : ",", kind.name, rules.*kind.share);
  return text;
}

Faults::Faults(const FaultRules& rules, std::uint64_t seed)
    : rules_(rules), any_(rules.any()), seed_(mix64(seed + topic_hash("faults"))) {}

Disturbance Faults::decide_each(std::uint64_t event_key) const {
  const auto hit = [&](double share, std::uint64_t topic) {
    return share > 0 && unit(mix64((event_key ^ seed_) + topic)) < share;
  };
  Disturbance d;
  d.drop = hit(rules_.drop, kDrop);
  if (d.drop) return d;
  if (hit(rules_.late, kLate))
    d.kinds |= kFaultLate;
  else if (hit(rules_.reorder, kReorder))
    d.kinds |= kFaultReorder;
  if (hit(rules_.duplicate, kDuplicate)) d.kinds |= kFaultDuplicate;
  if (hit(rules_.corrupt, kCorrupt)) d.kinds |= kFaultCorrupt;
  return d;
}

std::int64_t Faults::delay_ns(std::uint64_t event_key) const {
  const std::uint64_t bits = mix64((event_key ^ seed_) + kDelay);
  return 1 + static_cast<std::int64_t>(below(bits, static_cast<std::uint64_t>(rules_.late_delay_ns)));
}

std::int64_t Faults::copy_delay_ns(std::uint64_t event_key) const {
  return static_cast<std::int64_t>(below(mix64((event_key ^ seed_) + kCopyDelay), kCopyDelay_ns + 1));
}

std::uint32_t Faults::places_back(std::uint64_t event_key) const {
  return 1 + static_cast<std::uint32_t>(below(mix64((event_key ^ seed_) + kPlaces), 3));
}

std::size_t Faults::corrupt(std::uint64_t event_key, char* bytes, std::size_t size) const {
  const std::uint64_t bits = mix64((event_key ^ seed_) + kDamage);
  const std::uint64_t more = mix64(bits);
  const auto place = static_cast<std::size_t>(below(more, size));
  const auto change = [&](std::size_t at, std::uint64_t mask) {
    const auto damaged = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ mask);
    // A line end would turn one event into two: a vertical tab then, which no event holds.
    bytes[at] = damaged == '\n' ? '\v' : damaged;
  };
  switch (bits % 5) {
    case 0:  // the end is missing
      if (size > 1) return place == 0 ? 1 : place;
      [[fallthrough]];
    case 1:  // some bytes are overwritten
      for (std::size_t i = 0; i < 4 && place + i < size; ++i) change(place + i, 1 + (more >> (8 * i)) % 255);
      return size;
    default:  // one bit is flipped
      change(place, std::uint64_t{1} << (bits >> 32) % 8);
      return size;
  }
}

}  // namespace racesim
