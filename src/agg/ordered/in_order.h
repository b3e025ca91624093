// Puts the rows of each owner (a car, say) into the order of event time, each once, before anything is made
// of them. Where rows have a gap-free seq, a row whose turn it is is taken at once, and nothing is kept; one
// that comes early waits until those before it are there, or until the watermark of its own lane has passed
// it: then the others are missing. The first row of an owner is taken at once if its seq is 0; another one
// waits for the watermark, since earlier ones may come. Rows without seq are ordered by time and watermark
// alone.
//
// What is taken, in which order and with which holes, so hangs on the sequence of rows of each lane alone,
// provided that all rows of an owner come in one lane. Memory: what comes within the watermark's delay.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "agg/aggregation.h"
#include "agg/state.h"

namespace racesim {

/// Where, when and as which of its owner's a row came.
struct RowArrival {
  std::int64_t time_us = 0;
  std::int64_t watermark_us = kNoWatermark_us;  ///< of its lane, just before it
  std::uint64_t seq = 0;
  std::uint32_t lane = 0;
  bool has_seq = true;  ///< all rows of an owner have one, or none has
};

/// One thread. `Item` is what is kept of a row: trivially copyable, without padding.
template <class Item>
class InOrder {
 public:
  /// A row is late that comes when the watermark is more than `allowed_lateness_us` ahead of it.
  explicit InOrder(std::int64_t allowed_lateness_us) : allowed_lateness_us_(allowed_lateness_us) {}

  /// Calls take(owner, item, missing) for this row or for those that it makes due, or keeps it; `missing`
  /// rows are not there before the item; it may not come back here. Owners are dense from 0. What it gives
  /// back, if anything, is why the row is not taken.
  template <class Take>
  std::optional<Refusal> add(std::uint32_t owner, const RowArrival& arrival, const Item& item, Take&& take) {
    if (owner >= owners_.size()) owners_.resize(owner + 1);
    if (arrival.lane >= lanes_us_.size()) lanes_us_.resize(arrival.lane + 1, kNoWatermark_us);
    lanes_us_[arrival.lane] = std::max(lanes_us_[arrival.lane], arrival.watermark_us);
    Owner& o = owners_[owner];
    if (o.waits()) release(owner, take);
    if (is_past(arrival.time_us, arrival.watermark_us)) return Refusal::late;
    if (arrival.has_seq && arrival.seq == o.next && (o.started || arrival.seq == 0)) [[likely]] {
      o.take_next(arrival.seq, arrival.time_us);
      take(owner, item, std::uint64_t{0});
      if (o.waits()) release(owner, take);
      return std::nullopt;
    }
    if (o.started && !comes_later(o, arrival)) return of_the_past(o, arrival, item, owner, take);
    if (!o.keep({arrival.time_us, arrival.seq, arrival.lane, arrival.has_seq ? 1U : 0U, item}))
      return Refusal::duplicate;
    return std::nullopt;
  }

  /// No lane brings anything earlier any more: takes what waits for it.
  template <class Take>
  void advance(std::int64_t watermark_us, Take&& take) {
    all_us_ = std::max(all_us_, watermark_us);
    for (std::uint32_t owner = 0; owner < owners_.size(); ++owner)
      if (owners_[owner].waits()) release(owner, take);
  }
  /// Nothing comes any more.
  template <class Take>
  void finish(Take&& take) {
    advance(kEndOfTime_us, take);
  }

  /// An owner that begins anew if it comes again.
  void forget(std::uint32_t owner) {
    if (owner < owners_.size()) owners_[owner] = Owner{};
  }

  bool waits(std::uint32_t owner) const { return owner < owners_.size() && owners_[owner].waits(); }

  void save(StateWriter& out) const {
    out.put(all_us_);
    put_list(lanes_us_, out);
    out.put(static_cast<std::uint64_t>(owners_.size()));
    for (const Owner& o : owners_) o.save(out);
  }
  void load(StateReader& in) {
    all_us_ = in.get<std::int64_t>();
    get_list(lanes_us_, in);
    owners_.resize(in.count(Owner::kLeast_bytes));
    for (Owner& o : owners_) o.load(in);
  }

 private:
  struct Waiting {
    std::int64_t time_us;
    std::uint64_t seq;
    std::uint32_t lane;
    std::uint32_t has_seq;  ///< 0 or 1: a state has no padding
    Item item;
  };
  /// Rows that were given up although their lane might have brought them still: an idle lane, or another one.
  struct Hole {
    std::uint64_t first, last;
  };
  static constexpr std::size_t kMostHoles = 64;

  struct Owner {
    static constexpr std::size_t kLeast_bytes = 33;
    static constexpr std::size_t kRoom = 256;  ///< that need not be given back

    std::uint64_t next = 0;  ///< the seq whose turn it is
    std::int64_t last_us = kNoWatermark_us;
    bool started = false;
    std::size_t first = 0;         ///< of `waiting` that still does
    std::vector<Waiting> waiting;  ///< ascending by seq, else by time
    std::vector<Hole> holes;       ///< the newest

    bool waits() const { return first < waiting.size(); }
    void take_next(std::uint64_t seq, std::int64_t time_us) {
      next = seq + 1;
      last_us = time_us;
      started = true;
    }
    /// False: it is there.
    bool keep(const Waiting& row) {
      const auto before = [](const Waiting& a, const Waiting& b) {
        return a.has_seq != 0 && b.has_seq != 0 ? a.seq < b.seq : a.time_us < b.time_us;
      };
      const auto begin = waiting.begin() + static_cast<std::ptrdiff_t>(first);
      if (begin == waiting.end() || before(waiting.back(), row)) {
        waiting.push_back(row);
        return true;
      }
      const auto at = std::lower_bound(begin, waiting.end(), row, before);
      if (at != waiting.end() && !before(row, *at)) return false;
      waiting.insert(at, row);
      return true;
    }
    void drop_first() {
      ++first;
      if (first == waiting.size() || (first >= kRoom && first * 2 >= waiting.size())) {
        waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(first));
        first = 0;
      }
    }
    void note_hole(std::uint64_t from, std::uint64_t to) {
      if (holes.size() == kMostHoles) holes.erase(holes.begin());
      holes.push_back({from, to});
    }
    bool in_a_hole(std::uint64_t seq) const {
      return std::any_of(holes.begin(), holes.end(),
                         [&](const Hole& h) { return seq >= h.first && seq <= h.last; });
    }

    void save(StateWriter& out) const {
      out.put(next);
      out.put(last_us);
      out.put(static_cast<std::uint8_t>(started ? 1 : 0));
      out.put(static_cast<std::uint64_t>(waiting.size() - first));
      for (std::size_t i = first; i < waiting.size(); ++i) out.put(waiting[i]);
      put_list(holes, out);
    }
    void load(StateReader& in) {
      next = in.get<std::uint64_t>();
      last_us = in.get<std::int64_t>();
      started = in.get<std::uint8_t>() != 0;
      get_list(waiting, in);
      get_list(holes, in);
    }
  };

  bool is_past(std::int64_t time_us, std::int64_t watermark_us) const {
    return watermark_us != kNoWatermark_us && time_us < watermark_us - allowed_lateness_us_;
  }
  static bool comes_later(const Owner& o, const RowArrival& arrival) {
    return arrival.has_seq ? arrival.seq >= o.next : arrival.time_us > o.last_us;
  }

  /// A row whose turn is over.
  template <class Take>
  std::optional<Refusal> of_the_past(Owner& o, const RowArrival& arrival, const Item& item,
                                     std::uint32_t owner, Take&& take) {
    if (!arrival.has_seq) return arrival.time_us == o.last_us ? Refusal::duplicate : Refusal::late_idle;
    if (arrival.time_us > o.last_us && !o.waits()) {
      // Time has gone on but the counter was set back: its producer began anew, or one seq was damaged.
      o.holes.clear();
      o.take_next(arrival.seq, arrival.time_us);
      take(owner, item, std::uint64_t{0});
      return std::nullopt;
    }
    return o.in_a_hole(arrival.seq) ? Refusal::late_idle : Refusal::duplicate;
  }

  /// Takes what is due of those that wait.
  template <class Take>
  void release(std::uint32_t owner, Take&& take) {
    Owner& o = owners_[owner];
    while (o.waits()) {
      const Waiting& row = o.waiting[o.first];
      const bool has_seq = row.has_seq != 0;
      if (!(has_seq && o.started && row.seq == o.next)) {
        const bool past_lane = is_past(row.time_us, lanes_us_[row.lane]);
        if (!past_lane && !is_past(row.time_us, all_us_)) return;
        if (!past_lane && has_seq && row.seq > o.next) o.note_hole(o.next, row.seq - 1);
      }
      const std::uint64_t missing = has_seq && o.started && row.seq > o.next ? row.seq - o.next : 0;
      o.take_next(row.seq, row.time_us);
      take(owner, row.item, missing);
      o.drop_first();
    }
  }

  const std::int64_t allowed_lateness_us_;
  std::vector<std::int64_t> lanes_us_;     // watermarks of lanes
  std::int64_t all_us_ = kNoWatermark_us;  // what all lanes have passed
  std::vector<Owner> owners_;
};

}  // namespace racesim
