#include "verify/matching/matcher.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace racesim {

SequenceMatcher::SequenceMatcher(const MatchSettings& settings, const Faults& faults,
                                 ExpectedSequence& expected, More more, ArrivedSequence& arrived,
                                 Strays& strays, Findings& findings)
    : settings_(settings),
      expected_(expected),
      more_(std::move(more)),
      same_values_(settings.streams, settings.is_csv()),
      lines_(arrived, settings.leave_out, open_respeller()),
      strays_(strays),
      finder_(settings, expected, open_, lines_, more_),
      account_(settings, faults, lines_, respeller_ ? &*respeller_ : nullptr, findings),
      order_(
          settings, faults, [this](const OrderHistory::Arrival& arrival) { account_.reordered(arrival); },
          [this](std::uint64_t key) { return finder_.copy_at_hand(key); }),
      keys_(settings.streams.size()) {}

Respeller* SequenceMatcher::open_respeller() {
  if (settings_.comparison == Comparison::by_value) respeller_.emplace(settings_.streams, settings_.is_csv());
  return respeller_ ? &*respeller_ : nullptr;
}

/// By value its columns may stand in any order. Whatever stands in its place, it is no part of the digest.
void SequenceMatcher::pass_header(std::string_view header) {
  if (header.empty()) return;
  lines_.fill();
  const std::string line(lines_.raw_line());
  bool is_right = line == header, is_one = is_right;
  std::string wrong = line.empty() ? "nothing" : printable(std::string_view(line).substr(0, line.find('\n')));
  if (respeller_) {
    const Respeller::Header taken = respeller_->take_header(line);
    is_one = taken.is_one;
    is_right = is_one && taken.wrong.empty();
    if (is_one) wrong = taken.wrong;
    if (is_right) same_values_.set_columns(respeller_->columns());
  }
  if (!is_right) account_.altered_header(header, std::move(wrong));
  if (is_one) lines_.advance(line.size(), 1);
}

Done SequenceMatcher::match(bool end_is_known) {
  end_is_known_ = end_is_known;
  for (;;) {
    pass_taken();
    if (open_.cursor() == expected_.end()) break;
    if (!lines_.fill()) {
      if (lines_.error()) return tl::make_unexpected(*lines_.error());
      if (end_is_known) leave_missing_before(expected_.end());
      break;
    }
    const std::uint64_t before = open_.cursor();
    pass_equal();
    if (open_.cursor() != before) continue;
    if (Done ok = step(); !ok) return ok;
  }
  expected_.forget_before(open_.cursor(), settings_.history_bytes);
  finder_.tidy();
  return {};
}

Done SequenceMatcher::finish(bool end_is_known) {
  if (Done ok = match(end_is_known); !ok) return ok;
  while (lines_.fill())
    if (Done ok = step(); !ok) return ok;
  if (lines_.error()) return tl::make_unexpected(*lines_.error());
  if (end_is_known)
    leave_missing_before(expected_.end());
  else
    account_.end_not_known(expected_.end() - std::min(expected_.end(), open_.cursor()));
  return {};
}

void SequenceMatcher::settle_all(const SentRange& range) {
  open_.settle_all([&](const MissingEvent& missing) {
    if (range.holds(missing.ordinal) && !has_strayed(missing)) give_up(missing);
  });
}

/// From the cursor on, as far as what is at hand is what is expected.
void SequenceMatcher::pass_equal() {
  const ExpectedSequence::Event from = expected_.at(open_.cursor());
  std::size_t most = from.piece->last - from.i;
  if (const auto ahead = open_.first_ahead()) most = std::min<std::uint64_t>(most, *ahead - open_.cursor());
  std::size_t count = settings_.is_fast() ? pass_equal_identities(from, most) : pass_equal_bytes(from, most);
  if (count == 0 && respeller_) count = pass_equal_values(from, most);
  if (count > 0) pass(from, count);
}

std::size_t SequenceMatcher::pass_equal_bytes(const ExpectedSequence::Event& from, std::size_t most) {
  constexpr std::size_t kStep = 4096;
  const std::string_view expected = from.batch().lines(from.i, from.i + most);
  const std::string_view arrived = lines_.rest();
  const std::size_t size = std::min(expected.size(), arrived.size());
  std::size_t same = 0;
  while (same < size) {
    const std::size_t step = std::min(kStep, size - same);
    if (std::memcmp(expected.data() + same, arrived.data() + same, step) != 0) break;
    same += step;
  }
  const std::size_t until = std::min(size, same + kStep);
  while (same < until && expected[same] == arrived[same]) ++same;
  const std::vector<std::uint32_t>& ends = from.batch().ends;
  const auto begin = ends.begin() + static_cast<std::ptrdiff_t>(from.i);
  const auto behind = std::upper_bound(begin, begin + static_cast<std::ptrdiff_t>(most),
                                       from.batch().begin_of(from.i) + same);
  const auto count = static_cast<std::size_t>(behind - begin);
  if (count == 0) return 0;
  if (lines_.sequence().has_keys()) check_keys(from, count);
  if (order_.is_needed(open_)) judge_run(from, count);
  lines_.advance(ends[from.i + count - 1] - from.batch().begin_of(from.i), count);
  return count;
}

std::size_t SequenceMatcher::pass_equal_identities(const ExpectedSequence::Event& from, std::size_t most) {
  const WireBatch& batch = from.batch();
  std::uint32_t stream = from.stream();
  const bool judged = is_each_judged();
  std::size_t count = 0;
  for (; count < most; ++count) {
    const std::size_t i = from.i + count;
    if (!batch.spans.empty()) stream = batch.stream_of(i);
    if (count > 0 && lines_.rest().empty()) break;
    const std::string_view line = lines_.line();
    if (!finder_.is_event(line, stream, batch.heads[i])) break;
    if (judged) judge_line({from.piece, i}, open_.cursor() + count);
    use_line(line);
  }
  return count;
}

/// Lines that were written again: a quick look at each, and a close one where that does not tell.
std::size_t SequenceMatcher::pass_equal_values(const ExpectedSequence::Event& from, std::size_t most) {
  const WireBatch& batch = from.batch();
  std::uint32_t stream = from.stream();
  const bool judged = is_each_judged();
  std::size_t count = 0;
  for (; count < most; ++count) {
    const std::size_t i = from.i + count;
    if (!batch.spans.empty()) stream = batch.stream_of(i);
    if (count > 0 && (lines_.rest().empty() || !lines_.fill())) break;
    if (same_values_.same(stream, batch.line(i), lines_.raw_line()))
      respeller_->note_extra(same_values_.extra());
    else if (lines_.line() != batch.line(i))
      break;
    if (judged) judge_line({from.piece, i}, open_.cursor() + count);
    use_line(lines_.raw_line());
  }
  return count;
}

/// Events that come in their turn have a key or an order to be looked at. That does not change while they do.
bool SequenceMatcher::is_each_judged() {
  return lines_.sequence().has_keys() || order_.is_needed(open_);
}

/// The next line is the event at `position`, in its turn.
void SequenceMatcher::judge_line(const ExpectedSequence::Event& event, std::uint64_t position) {
  if (lines_.sequence().has_keys()) check_keys(event, 1);
  if (order_.is_needed(open_)) judge_order(event, position, lines_.line_number(), lines_.byte_number());
}

/// A record under a wrong key reaches a wrong reader, though its bytes are right.
void SequenceMatcher::check_keys(const ExpectedSequence::Event& from, std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) {
    const ExpectedSequence::Event event{from.piece, from.i + k};
    const std::uint32_t stream = event.stream();
    const auto [known, fresh] = keys_[stream].try_emplace(event.head().entity);
    if (fresh) known->second = account_.entity_text(stream, event.head().entity);
    const std::string_view key = lines_.sequence().key(lines_.line_number() + k);
    if (key != known->second) account_.altered_key(stream, event.head(), known->second, key);
  }
}

/// `count` events in their turn.
void SequenceMatcher::pass(const ExpectedSequence::Event& from, std::size_t count) {
  const WireBatch& batch = from.batch();
  account_.came(count);
  if (!batch.faults.empty())
    for (std::size_t k = 0; k < count; ++k)
      if (const std::uint8_t bits = batch.faults[from.i + k]; bits != 0) account_.came_as_sent(bits);
  if (order_.sends_copies())
    for (std::size_t k = 0; k < count; ++k) {
      const ExpectedSequence::Event event{from.piece, from.i + k};
      note_pair(event.stream(), event.head(), event.faults());
    }
  finder_.numbers().pass_run(from, count);
  open_.pass(count);
}

/// Events that came before their turn.
void SequenceMatcher::pass_taken() {
  while (open_.pass_taken()) finder_.numbers().pass_run(expected_.at(open_.cursor() - 1), 1);
}

void SequenceMatcher::use_line(std::string_view line) {
  if (keeps_digest_) digest_.add(line);
  if (respeller_)
    lines_.advance_line();
  else
    lines_.advance(line.size(), 1);
}

/// `count` events that come in their turn, the first of them at the lines' present place.
void SequenceMatcher::judge_run(const ExpectedSequence::Event& from, std::size_t count) {
  const std::uint32_t begin = from.batch().begin_of(from.i);
  for (std::size_t k = 0; k < count; ++k) {
    const ExpectedSequence::Event event{from.piece, from.i + k};
    const std::uint64_t byte = lines_.byte_number() + (event.batch().begin_of(event.i) - begin);
    judge_order(event, open_.cursor() + k, lines_.line_number() + k, byte);
  }
}

void SequenceMatcher::judge_order(const ExpectedSequence::Event& event, std::uint64_t position,
                                  std::uint64_t line, std::uint64_t byte) {
  if (!strays_.empty() && comes_again(event, position)) return;
  order_.came(event.stream(), event.head(), event.faults(), {event.made(), position}, line, byte);
}

}  // namespace racesim
