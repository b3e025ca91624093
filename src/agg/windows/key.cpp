#include "agg/windows/key.h"

#include <utility>

#include "base/random.h"

namespace racesim::windows {
namespace {

constexpr std::uint32_t kKeptUnused = 64;

std::uint64_t hash_of_car(std::uint32_t run, std::uint16_t car) {
  return mix64((std::uint64_t{run} << 16 | car) + kGoldenGamma);
}

std::uint64_t hash_of_name(WindowStream stream, std::uint32_t run, std::string_view name) {
  std::uint64_t hash = (std::uint64_t{run} << 8 | static_cast<std::uint64_t>(stream)) + kGoldenGamma;
  for (; name.size() >= 8; name.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, name.data(), 8);
    hash = mix64(hash ^ word);
  }
  std::uint64_t word = name.size();
  for (const char c : name) word = word << 8 | static_cast<unsigned char>(c);
  return mix64(hash ^ word);
}

std::uint64_t hash_of_key(const Key& key) {
  return key.stream == WindowStream::telemetry ? hash_of_car(key.run, key.car)
                                               : hash_of_name(key.stream, key.run, key.text);
}

}  // namespace

void Tally::add(const Tally& other) {
  samples += other.samples;
  late += other.late;
  speed_sum_dkmh += other.speed_sum_dkmh;
  rpm_sum += other.rpm_sum;
  listened_ms += other.listened_ms;
  min_speed_dkmh = std::min(min_speed_dkmh, other.min_speed_dkmh);
  max_speed_dkmh = std::max(max_speed_dkmh, other.max_speed_dkmh);
  max_rpm = std::max(max_rpm, other.max_rpm);
}

void Seen::merge(const Seen& other) {
  numbers.merge(other.numbers);
  if (other.ids)
    for (const Uuid& id : other.ids->ids()) insert(id);
}

void Window::save(StateWriter& out) const {
  out.put(start_us);
  out.put(end_us);
  out.put(static_cast<std::uint8_t>(changed));
  out.put(tally.samples);
  out.put(tally.late);
  out.put(tally.speed_sum_dkmh);
  out.put(tally.rpm_sum);
  out.put(tally.listened_ms);
  out.put(tally.min_speed_dkmh);
  out.put(tally.max_speed_dkmh);
  out.put(tally.max_rpm);
  out.put(static_cast<std::uint64_t>(seen.numbers.intervals().size()));
  for (const NumberSet::Interval& interval : seen.numbers.intervals()) out.put(interval);
  out.put(static_cast<std::uint64_t>(seen.ids ? seen.ids->ids().size() : 0));
  if (seen.ids)
    for (const Uuid& id : seen.ids->ids()) out.put(id.bytes);
}

void Window::load(StateReader& in) {
  start_us = in.get<std::int64_t>();
  end_us = in.get<std::int64_t>();
  changed = in.get<std::uint8_t>() != 0;
  tally.samples = in.get<std::uint64_t>();
  tally.late = in.get<std::uint64_t>();
  tally.speed_sum_dkmh = in.get<std::int64_t>();
  tally.rpm_sum = in.get<std::int64_t>();
  tally.listened_ms = in.get<std::int64_t>();
  tally.min_speed_dkmh = in.get<std::uint16_t>();
  tally.max_speed_dkmh = in.get<std::uint16_t>();
  tally.max_rpm = in.get<std::uint16_t>();
  const std::uint64_t intervals = in.count(sizeof(NumberSet::Interval));
  for (std::uint64_t i = 0; i < intervals; ++i) seen.numbers.append(in.get<NumberSet::Interval>());
  const std::uint64_t ids = in.count(sizeof(Uuid));
  for (std::uint64_t i = 0; i < ids; ++i) seen.insert(in.get<Uuid>());
}

void Key::note_dropped(std::int64_t until_us) {
  const auto at = std::lower_bound(dropped.begin(), dropped.end(), until_us,
                                   [](const Dropped& d, std::int64_t us) { return d.until_us < us; });
  if (at != dropped.end() && at->until_us == until_us)
    ++at->rows;
  else
    dropped.insert(at, {until_us, 1});
}

std::uint64_t Key::dropped_between(std::int64_t after_us, std::int64_t end_us) const {
  std::uint64_t rows = 0;
  for (const Dropped& d : dropped)
    if (d.until_us > after_us && d.until_us <= end_us) rows += d.rows;
  return rows;
}

void Key::forget_dropped_until(std::int64_t end_us) {
  std::erase_if(dropped, [&](const Dropped& d) { return d.until_us <= end_us; });
}

void Key::save(StateWriter& out) const {
  out.put(static_cast<std::uint8_t>(stream));
  out.put(run);
  out.put(car);
  out.text(text);
  out.put(static_cast<std::uint8_t>(changed));
  out.put(static_cast<std::uint64_t>(open.size()));
  for (const Window& window : open) window.save(out);
  out.put(static_cast<std::uint64_t>(dropped.size()));
  for (const Dropped& d : dropped) out.put(d);
}

void Key::load(StateReader& in) {
  stream = static_cast<WindowStream>(in.get<std::uint8_t>());
  run = in.get<std::uint32_t>();
  car = in.get<std::uint16_t>();
  text = in.text();
  changed = in.get<std::uint8_t>() != 0;
  open.resize(in.count(16));
  for (Window& window : open) window.load(in);
  const std::uint64_t drops = in.count(sizeof(Dropped));
  for (std::uint64_t i = 0; i < drops; ++i) dropped.push_back(in.get<Dropped>());
}

std::uint32_t Keys::car(std::uint32_t run, std::uint16_t car) {
  const std::uint32_t found = index_.find_or_add(hash_of_car(run, car), size(), [&](std::uint32_t i) {
    return keys_[i].car == car && keys_[i].run == run && keys_[i].stream == WindowStream::telemetry;
  });
  if (found == size()) {
    keys_.emplace_back();
    keys_.back().run = run;
    keys_.back().car = car;
  }
  return found;
}

std::uint32_t Keys::named(WindowStream stream, std::uint32_t run, std::string_view name) {
  const std::uint32_t found =
      index_.find_or_add(hash_of_name(stream, run, name), size(), [&](std::uint32_t i) {
        return keys_[i].run == run && keys_[i].stream == stream && keys_[i].text == name;
      });
  if (found == size()) {
    keys_.emplace_back();
    keys_.back().stream = stream;
    keys_.back().run = run;
    keys_.back().text = name;
  }
  return found;
}

void Keys::compact() {
  const auto unused = static_cast<std::uint32_t>(
      std::count_if(keys_.begin(), keys_.end(), [](const Key& key) { return key.unused(); }));
  if (unused < kKeptUnused || unused < size() / 2) return;
  std::erase_if(keys_, [](const Key& key) { return key.unused(); });
  index_all();
}

/// Anew, of all keys.
void Keys::index_all() {
  index_.clear();
  for (std::uint32_t i = 0; i < size(); ++i)
    index_.find_or_add(hash_of_key(keys_[i]), i, [](std::uint32_t) { return false; });
}

void Keys::save(StateWriter& out) const {
  const auto used = std::count_if(keys_.begin(), keys_.end(), [](const Key& key) { return !key.unused(); });
  out.put(static_cast<std::uint64_t>(used));
  for (const Key& key : keys_)
    if (!key.unused()) key.save(out);
}

void Keys::load(StateReader& in) {
  keys_.resize(in.count(16));
  for (Key& key : keys_) key.load(in);
  index_all();
}

}  // namespace racesim::windows
