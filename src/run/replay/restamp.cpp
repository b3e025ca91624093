#include "run/replay/restamp.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/random.h"
#include "base/saturate.h"
#include "model/event_id.h"
#include "run/run_id.h"

namespace racesim {
namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<Uuid> uuid_of(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid id;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const std::optional<int> digit = hex_digit(text[i]);
    if (!digit) return std::nullopt;
    std::uint8_t& byte = id.bytes[digits / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | *digit);
    ++digits;
  }
  return id;
}

/// An id that nobody here can take apart: another one that follows from it.
Uuid other_uuid(std::string_view old, std::uint32_t run) {
  const StreamKey key = stream_key(run, "replay.event_id", topic_hash(old));
  Uuid id;
  event_id_detail::store_big_endian(id.bytes.data(), draw(key, 0));
  event_id_detail::store_big_endian(id.bytes.data() + 8, draw(key, 1));
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

}  // namespace

std::uint32_t replayed_run(std::uint32_t replay, std::uint64_t round, std::string_view run) {
  return static_cast<std::uint32_t>(
      mix64(topic_hash(fmt::format("replay {:08x} round {} run {}", replay, round, run))) >> 32);
}

Restamper::Restamper(const ReplayConfig& config, std::uint32_t replay, double speed)
    : stamps_(config.stamps), replay_(replay), speed_(speed), scan_(config), times_(config.time_unit) {}

void Restamper::begin(std::int64_t first_ns, std::int64_t start_ns) {
  first_ns_ = first_ns;
  start_ns_ = start_ns;
}

void Restamper::begin_round(std::uint64_t round, std::int64_t behind_ns) {
  round_ = round;
  behind_ns_ = behind_ns;
  runs_.clear();
}

std::int64_t Restamper::stamp(std::int64_t time_ns) const {
  std::int64_t since_ns = add_saturating(subtract_saturating(time_ns, first_ns_), behind_ns_);
  if (stamps_ == Stamps::scale) since_ns = whole_saturating(static_cast<double>(since_ns) / speed_);
  return add_saturating(start_ns_, since_ns);
}

/// Values that had to be unescaped do not stand in the record as they are.
void Restamper::edit(const PickedValue* value, std::string_view record, std::string text) {
  if (value == nullptr || value->text.data() < record.data() ||
      value->text.data() + value->text.size() > record.data() + record.size())
    return;
  edits_.push_back({value->text, std::move(text)});
}

void Restamper::edit_times(const RecordForm& form, std::string_view record) {
  if (stamps_ == Stamps::keep || form.counts_seconds) return;
  TimeForm how;
  std::string why;
  for (const std::size_t path : form.times) {
    const PickedValue* const value = scan_.value(path);
    if (value == nullptr) continue;
    const std::optional<std::int64_t> time_ns = times_.read(value->text, how, why);
    if (!time_ns) continue;
    std::string text;
    append_time(stamp(*time_ns), how, text);
    edit(value, record, std::move(text));
  }
}

void Restamper::edit_names(const RecordForm& form, std::string_view record) {
  const auto run_for = [&](std::string_view name) {
    const auto found = runs_.find(name);
    if (found != runs_.end()) return found->second;
    return runs_.emplace(std::string(name), replayed_run(replay_, round_, name)).first->second;
  };
  if (const PickedValue* const run = scan_.value(form.run)) edit(run, record, run_text(run_for(run->text)));
  const PickedValue* const id = scan_.value(form.event_id);
  if (id == nullptr) return;
  const std::optional<Uuid> uuid = uuid_of(id->text);
  auto parts = uuid ? unpack_event_id(*uuid) : std::nullopt;
  std::string text;
  if (parts) {
    parts->run = run_for(run_text(parts->run));
    pack_event_id(*parts).append_text(text);
  } else {
    other_uuid(id->text, run_for({})).append_text(text);
  }
  edit(id, record, std::move(text));
}

void Restamper::append(std::string_view record, const LaneInfo& lane, std::string& out) {
  edits_.clear();
  std::string why;
  if (const RecordForm* const form = scan_.scan(record, lane, why)) {
    edit_times(*form, record);
    edit_names(*form, record);
  }
  std::sort(edits_.begin(), edits_.end(),
            [](const Edit& a, const Edit& b) { return a.old.data() < b.old.data(); });
  const char* at = record.data();
  for (const Edit& edit : edits_) {
    out.append(at, edit.old.data());
    out += edit.text;
    at = edit.old.data() + edit.old.size();
  }
  out.append(at, record.data() + record.size());
}

}  // namespace racesim
