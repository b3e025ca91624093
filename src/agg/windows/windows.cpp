#include "agg/windows/windows.h"

#include <algorithm>

#include "agg/rounded.h"
#include "agg/windows/events.h"

namespace racesim::windows {
namespace {

/// To whole milliseconds: no two sessions of a key become the same, since gaps are at least that long.
std::int64_t floor_ms(std::int64_t us) {
  const std::int64_t ms = us / 1000;
  return us % 1000 < 0 ? ms - 1 : ms;
}

std::size_t first_not_before(const std::vector<Window>& open, std::int64_t start_us) {
  const auto at = std::lower_bound(open.begin(), open.end(), start_us,
                                   [](const Window& w, std::int64_t us) { return w.start_us < us; });
  return static_cast<std::size_t>(at - open.begin());
}

}  // namespace

Windows::Windows(const WindowShape& shape, const AggregationFrame& frame)
    : shape_(shape),
      shape_text_(shape.text()),
      updates_(frame.emit == Emit::update),
      watermark_delay_us_(frame.watermark_delay_us),
      lateness_us_(frame.allowed_lateness_us) {}

void Windows::add(const RowBatch& rows, const LaneArrivals& arrivals, std::vector<Refused>& refused) {
  if (&rows.schema() == &schema_info<TelemetryRow>())
    add_events(TelemetryEvents(rows, keys_), rows, arrivals, refused);
  else if (&rows.schema() == &schema_info<FleetRow>())
    add_events(FleetEvents(rows, keys_), rows, arrivals, refused);
  else
    add_events(PlayEvents(rows, keys_), rows, arrivals, refused);
}

template <class Events>
void Windows::add_events(const Events& events, const RowBatch& rows, const LaneArrivals& arrivals,
                         std::vector<Refused>& refused) {
  const std::uint64_t needed = rows.missing.empty() ? 0 : Events::needed_fields();
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (needed != 0 && (rows.missing[i] & needed) != 0) {
      refused.push_back({i, Refusal::unusable});
      continue;
    }
    const Moment moment{arrivals.time_us[i], arrivals.watermark_us[i]};
    const std::uint32_t key = events.key(i);
    const std::optional<Refusal> refusal =
        shape_.sessions() ? add_to_session(key, moment, events.number(i), events.sample(i))
                          : add_aligned(key, moment, events.number(i), events.sample(i));
    if (refusal) refused.push_back({i, *refusal});
  }
}

template <class Number>
std::optional<Refusal> Windows::add_aligned(std::uint32_t key_index, const Moment& moment,
                                            const Number& number, const Sample& sample) {
  Key& key = keys_[key_index];
  // Mostly it is the window of the row before.
  Window* window = key.last < key.open.size() ? &key.open[key.last] : nullptr;
  if (window == nullptr || moment.time_us < window->start_us ||
      moment.time_us - window->start_us >= shape_.slide_us) {
    const std::int64_t start_us = shape_.last_start_us(moment.time_us);
    if (const auto why = closed(start_us + shape_.size_us, moment)) return refuse(key, *why, moment);
    window = &aligned_window(key_index, start_us);
  } else if (const auto why = closed(window->end_us, moment)) {
    return refuse(key, *why, moment);
  }
  if (!window->seen.insert(number)) return Refusal::duplicate;
  const bool is_late = moment.time_us < moment.watermark_us;
  window->tally.add(sample, is_late);
  note_change(key_index, *window);
  if (shape_.slide_us < shape_.size_us) add_to_earlier(key_index, window->start_us, moment, sample);
  return std::nullopt;
}

void Windows::add_to_earlier(std::uint32_t key_index, std::int64_t last_start_us, const Moment& moment,
                             const Sample& sample) {
  for (std::int64_t start_us = last_start_us - shape_.slide_us; start_us + shape_.size_us > moment.time_us;
       start_us -= shape_.slide_us) {
    if (closed(start_us + shape_.size_us, moment)) break;  // and so are those that end even earlier
    Window& earlier = aligned_window(key_index, start_us);
    earlier.tally.add(sample, moment.time_us < moment.watermark_us);
    note_change(key_index, earlier);
  }
  aligned_window(key_index, last_start_us);  // where the next row is likely to go
}

template <class Number>
std::optional<Refusal> Windows::add_to_session(std::uint32_t key_index, const Moment& moment,
                                               const Number& number, const Sample& sample) {
  Key& key = keys_[key_index];
  if (const auto why = closed(moment.time_us + shape_.gap_us, moment)) return refuse(key, *why, moment);
  Window& session = session_at(key_index, moment.time_us);
  if (!session.seen.insert(number)) return Refusal::duplicate;
  session.tally.add(sample, moment.time_us < moment.watermark_us);
  note_change(key_index, session);
  return std::nullopt;
}

std::optional<Refusal> Windows::closed(std::int64_t end_us, const Moment& moment) const {
  const std::int64_t closes_us = end_us + lateness_us_;
  if (closes_us <= moment.watermark_us) return Refusal::late;
  if (closes_us <= watermark_us_) return Refusal::late_idle;
  return std::nullopt;
}

/// A late row counts for the first window of the key that ends behind what its lane had seen by then. When
/// that one closes all lanes are further than that, so the count does not hang on how they interleave.
Refusal Windows::refuse(Key& key, Refusal why, const Moment& moment) const {
  if (why != Refusal::late) return why;
  const std::int64_t step_us = shape_.sessions() ? shape_.gap_us : shape_.slide_us;
  const std::int64_t newest_us = moment.watermark_us + watermark_delay_us_;
  const std::int64_t into_us = newest_us % step_us;
  // The next multiple, so that the list stays short.
  key.note_dropped(newest_us - (into_us < 0 ? into_us + step_us : into_us) + step_us);
  return why;
}

void Windows::opened(const Window& window) {
  next_close_us_ = std::min(next_close_us_, closes_us(window));
}

Window& Windows::aligned_window(std::uint32_t key_index, std::int64_t start_us) {
  Key& key = keys_[key_index];
  std::size_t at = key.open.size();
  // Near the end, and of sliding windows beside the one before.
  if (key.last < key.open.size() && key.open[key.last].start_us >= start_us) at = key.last + 1;
  while (at > 0 && key.open[at - 1].start_us >= start_us) --at;
  if (at == key.open.size() || key.open[at].start_us != start_us) {
    Window window;
    window.start_us = start_us;
    window.end_us = start_us + shape_.size_us;
    opened(window);
    key.open.insert(key.open.begin() + static_cast<std::ptrdiff_t>(at), std::move(window));
  }
  key.last = at;
  return key.open[at];
}

Window& Windows::session_at(std::uint32_t key_index, std::int64_t time_us) {
  std::vector<Window>& open = keys_[key_index].open;
  std::size_t at = first_not_before(open, time_us + 1);
  const std::int64_t end_us = time_us + shape_.gap_us;
  if (at > 0 && time_us < open[at - 1].end_us) {
    --at;
    open[at].end_us = std::max(open[at].end_us, end_us);
  } else if (at < open.size() && open[at].start_us < end_us) {
    open[at].start_us = time_us;
  } else {
    Window session;
    session.start_us = time_us;
    session.end_us = end_us;
    opened(session);
    open.insert(open.begin() + static_cast<std::ptrdiff_t>(at), std::move(session));
  }
  if (at + 1 < open.size() && open[at + 1].start_us < open[at].end_us) {
    open[at].tally.add(open[at + 1].tally);
    open[at].seen.merge(open[at + 1].seen);
    open[at].end_us = open[at + 1].end_us;
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
  return open[at];
}

void Windows::note_change(std::uint32_t key_index, Window& window) {
  if (!updates_ || window.changed) return;
  window.changed = true;
  Key& key = keys_[key_index];
  if (key.changed) return;
  key.changed = true;
  changed_keys_.push_back(key_index);
}

void Windows::advance(std::int64_t watermark_us, RowBatch& results) {
  watermark_us_ = std::max(watermark_us_, watermark_us);
  due_.clear();
  find_changed(watermark_us_);
  const bool closes = watermark_us_ >= next_close_us_;
  if (closes) find_closed(watermark_us_);
  give_out(results);
  if (closes) forget_given_out();
}

void Windows::finish(RowBatch& results) {
  due_.clear();
  find_closed(kEndOfTime_us);
  give_out(results);
  forget_given_out();
}

void Windows::find_closed(std::int64_t watermark_us) {
  for (std::uint32_t k = 0; k < keys_.size(); ++k) {
    const std::vector<Window>& open = keys_[k].open;
    for (std::uint32_t w = 0; w < open.size(); ++w)
      if (closes_us(open[w]) <= watermark_us) due_.push_back({open[w].end_us, open[w].start_us, k, w, true});
  }
}

/// Those that close now are left to find_closed().
void Windows::find_changed(std::int64_t watermark_us) {
  for (const std::uint32_t k : changed_keys_) {
    Key& key = keys_[k];
    key.changed = false;
    for (std::uint32_t w = 0; w < key.open.size(); ++w) {
      Window& window = key.open[w];
      if (!window.changed) continue;
      if (closes_us(window) <= watermark_us) continue;
      if (start_is_settled(window, watermark_us)) {
        due_.push_back({window.end_us, window.start_us, k, w, false});
        window.changed = false;
      } else {
        key.changed = true;
      }
    }
  }
  std::erase_if(changed_keys_, [&](std::uint32_t k) { return !keys_[k].changed; });
}

void Windows::give_out(RowBatch& results) {
  std::sort(due_.begin(), due_.end(), [&](const Due& a, const Due& b) {
    if (a.end_us != b.end_us) return a.end_us < b.end_us;
    return a.key == b.key ? a.start_us < b.start_us : keys_[a.key] < keys_[b.key];
  });
  for (const Due& due : due_) append_row(due, results);
}

void Windows::append_row(const Due& due, RowBatch& results) {
  Key& key = keys_[due.key];
  const Window& window = key.open[due.window];
  const Tally& tally = window.tally;
  WindowRow row{};
  row.run = {key.run};
  row.stream = key.stream;
  row.key = results.add_text(key.name());
  row.windowing = results.add_text(shape_text_);
  row.window_start = {floor_ms(window.start_us)};
  row.window_end = {-floor_ms(-window.end_us)};
  row.samples = tally.samples;
  row.late = {static_cast<std::int64_t>(tally.late)};
  const std::int64_t before_us = due.window == 0 ? kNoWatermark_us : key.open[due.window - 1].end_us;
  row.dropped_late = {static_cast<std::int64_t>(
      key.dropped_between(due.is_final ? kNoWatermark_us : before_us, window.end_us))};
  if (due.is_final) key.forget_dropped_until(window.end_us);
  row.is_final = due.is_final;
  if (key.stream == WindowStream::plays) {
    row.listened_ms = {tally.listened_ms};
  } else {
    row.avg_speed_mkmh = {rounded_mean(tally.speed_sum_dkmh, tally.samples, 100)};
    row.min_speed_dkmh = {tally.min_speed_dkmh};
    row.max_speed_dkmh = {tally.max_speed_dkmh};
    row.avg_engine_drpm = {rounded_mean(tally.rpm_sum, tally.samples, 10)};
    row.max_engine_rpm = {tally.max_rpm};
  }
  results.resize(results.size() + 1);
  results.rows<WindowRow>().back() = row;
}

/// Windows that were given out as final, and what is kept of them.
void Windows::forget_given_out() {
  std::int64_t next_us = kEndOfTime_us;
  for (const Due& due : due_)
    if (due.is_final) keys_[due.key].open[due.window].tally.samples = 0;  // marks it
  for (std::uint32_t k = 0; k < keys_.size(); ++k) {
    std::vector<Window>& open = keys_[k].open;
    std::erase_if(open, [](const Window& window) { return window.tally.samples == 0; });
    for (const Window& window : open) next_us = std::min(next_us, closes_us(window));
  }
  next_close_us_ = next_us;
  keys_.compact();
  list_changed_keys();
}

void Windows::list_changed_keys() {
  changed_keys_.clear();
  for (std::uint32_t k = 0; k < keys_.size(); ++k)
    if (keys_[k].changed) changed_keys_.push_back(k);
}

void Windows::save(StateWriter& out) const {
  out.text(shape_text_);
  out.put(watermark_us_);
  keys_.save(out);
}

Done Windows::load(StateReader& in) {
  if (in.text() != shape_text_)
    return fail(ErrorKind::runtime, "the saved state is of other windows than " + shape_text_,
                "give the options that it was made with, or remove the checkpoint");
  watermark_us_ = in.get<std::int64_t>();
  keys_.load(in);
  next_close_us_ = kNoWatermark_us;  // the next advance() finds it
  list_changed_keys();
  return in.done();
}

}  // namespace racesim::windows
