#include "verify/matching/matcher.h"

#define XXH_INLINE_ALL
#include <xxhash.h>
#include <algorithm>
#include <cstring>

namespace racesim {
namespace {

/// Fewer keys than these are not worth being gone over.
constexpr std::size_t kLeastTidied = 65'536;

}  // namespace

SequenceMatcher::SequenceMatcher(const MatchSettings& settings, const Faults& faults,
                                 ExpectedSequence& expected, More more, ArrivedSequence& arrived,
                                 Strays& strays, Findings& findings)
    : settings_(settings),
      faults_(faults),
      expected_(expected),
      more_(std::move(more)),
      same_values_(settings.streams, settings.csv),
      lines_(arrived, settings.leave_out, open_respeller()),
      strays_(strays),
      findings_(findings),
      identities_(settings.streams, *settings.owners, settings.csv),
      fast_(settings.streams, *settings.owners, settings.csv, settings.run),
      numbers_(settings.streams.size()),
      order_(settings.streams.size()),
      keys_(settings.streams.size()) {
  for (const StreamInfo& stream : settings.streams) stream_keys_.push_back(topic_hash(stream.name));
}

Respeller* SequenceMatcher::open_respeller() {
  if (settings_.comparison == Comparison::by_value) respeller_.emplace(settings_.streams, settings_.csv);
  return respeller_ ? &*respeller_ : nullptr;
}

/// By value its columns may stand in any order. What stands in its place, it is no part of the digest.
void SequenceMatcher::pass_header(std::string_view header) {
  if (header.empty()) return;
  lines_.fill();
  const std::string line(lines_.raw_line());
  std::string wrong = line.empty() ? "nothing" : printable(std::string_view(line).substr(0, line.size() - 1));
  bool is_right = line == header;
  if (respeller_) {
    const Respeller::Header taken = respeller_->take_header(line);
    is_right = taken.is_one && taken.wrong.empty();
    if (is_right) same_values_.set_columns(respeller_->columns());
    if (taken.is_one) lines_.advance(line.size(), 1);
    if (taken.is_one) wrong = taken.wrong;
  } else if (is_right) {
    lines_.advance(line.size(), 1);
  }
  if (is_right) return;
  ++findings_[Finding::altered];
  if (findings_.wants(Finding::altered))
    findings_.examples.push_back({Finding::altered, "", "", "", lines_.place(), "header",
                                  printable(header.substr(0, header.size() - 1)), std::move(wrong)});
}

Done SequenceMatcher::match(bool end_is_known) {
  end_is_known_ = end_is_known;
  for (;;) {
    pass_taken();
    if (cursor_ == expected_.end()) break;
    if (!lines_.fill()) {
      if (lines_.error()) return tl::make_unexpected(*lines_.error());
      if (end_is_known) leave_missing_before(expected_.end());
      break;
    }
    const std::uint64_t before = cursor_;
    pass_equal();
    if (cursor_ != before) continue;
    if (Done ok = step(); !ok) return ok;
  }
  expected_.forget_before(cursor_, settings_.history_bytes);
  const auto wanted = [this](std::uint64_t p) {
    return p >= expected_.begin() || find_missing(p) != nullptr;
  };
  const std::size_t most = 2 * (expected_.end() - expected_.begin() + missing_.size()) + kLeastTidied;
  by_line_.tidy(most, wanted);
  by_identity_.tidy(most, wanted);
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
    findings_.not_known += expected_.end() - std::min(expected_.end(), cursor_);
  return {};
}

void SequenceMatcher::settle_all(const SentRange& range) {
  for (const Missing& missing : missing_)
    if (!missing.came && range.holds(missing.ordinal)) settle(missing);
  missing_.clear();
}

/// From the cursor on, as far as the bytes at hand are those that are expected.
void SequenceMatcher::pass_equal() {
  const ExpectedSequence::Event from = expected_.at(cursor_);
  std::size_t most = from.piece->last - from.i;
  if (!taken_.empty()) most = std::min<std::uint64_t>(most, *taken_.begin() - cursor_);
  std::size_t count = is_fast() ? pass_equal_identities(from, most) : pass_equal_bytes(from, most);
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
  if (is_order_open()) judge_run(from, count);
  lines_.advance(ends[from.i + count - 1] - from.batch().begin_of(from.i), count);
  return count;
}

std::size_t SequenceMatcher::pass_equal_identities(const ExpectedSequence::Event& from, std::size_t most) {
  const WireBatch& batch = from.batch();
  std::uint32_t stream = from.stream();
  std::size_t count = 0;
  for (; count < most; ++count) {
    const std::size_t i = from.i + count;
    if (!batch.spans.empty()) stream = batch.stream_of(i);
    if (count > 0 && lines_.rest().empty()) break;
    const EventHead& head = batch.heads[i];
    const std::string_view line = lines_.line();
    if (!fast_.is(line, stream, head.owner, head.seq)) break;
    if (lines_.sequence().has_keys()) check_keys({from.piece, i}, 1);
    if (is_order_open())
      judge_order({from.piece, i}, cursor_ + count, lines_.line_number(), lines_.byte_number());
    use_line(line);
  }
  return count;
}

/// Lines that were written again: a quick look at each, and a close one where that does not tell.
std::size_t SequenceMatcher::pass_equal_values(const ExpectedSequence::Event& from, std::size_t most) {
  const WireBatch& batch = from.batch();
  std::uint32_t stream = from.stream();
  std::size_t count = 0;
  for (; count < most; ++count) {
    const std::size_t i = from.i + count;
    if (!batch.spans.empty()) stream = batch.stream_of(i);
    if (count > 0 && lines_.rest().empty()) break;
    if (!lines_.fill()) break;
    const std::string_view raw = lines_.raw_line();
    if (!same_values_.same(stream, batch.line(i), raw) && lines_.line() != batch.line(i)) break;
    if (lines_.sequence().has_keys()) check_keys({from.piece, i}, 1);
    if (is_order_open())
      judge_order({from.piece, i}, cursor_ + count, lines_.line_number(), lines_.byte_number());
    lines_.advance_line();
  }
  return count;
}

/// A record under a wrong key reaches a wrong reader, though its bytes are right.
void SequenceMatcher::check_keys(const ExpectedSequence::Event& from, std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) {
    const ExpectedSequence::Event event{from.piece, from.i + k};
    const std::uint32_t stream = event.stream();
    const auto [known, fresh] = keys_[stream].try_emplace(event.head().entity);
    if (fresh && event.batch().streams)
      (*event.batch().streams)[stream].append_key(event.head().entity, known->second);
    const std::string_view key = lines_.sequence().key(lines_.line_number() + k);
    if (key == known->second) continue;
    ++findings_[Finding::altered];
    example(Finding::altered, stream, event.head(), lines_.place(), {"key", known->second, printable(key)});
  }
}

/// `count` events in their turn.
void SequenceMatcher::pass(const ExpectedSequence::Event& from, std::size_t count) {
  const WireBatch& batch = from.batch();
  tags_ = batch.streams;
  findings_.found += count;
  if (!batch.faults.empty())
    for (std::size_t k = 0; k < count; ++k)
      if (const std::uint8_t bits = batch.faults[from.i + k]; bits != 0) count_present(bits);
  remember_passed(from, count);
  cursor_ += count;
  last_arrived_ = cursor_;
}

/// How far each owner has come.
void SequenceMatcher::remember_passed(const ExpectedSequence::Event& from, std::size_t count) {
  const WireBatch& batch = from.batch();
  const EventHead* const heads = batch.heads.data() + from.i;
  const std::uint8_t* const faults = batch.faults.empty() ? nullptr : batch.faults.data() + from.i;
  const bool one_stream = batch.spans.empty();
  std::uint32_t stream = from.stream();
  for (std::size_t k = 0; k < count; ++k) {
    if (!one_stream) stream = batch.stream_of(from.i + k);
    pass_number(stream, heads[k], faults == nullptr ? std::uint8_t{0} : faults[k]);
  }
}

/// Events that came before their turn.
void SequenceMatcher::pass_taken() {
  for (; !taken_.empty() && *taken_.begin() == cursor_; ++cursor_) {
    taken_.erase(taken_.begin());
    remember_passed(expected_.at(cursor_), 1);
  }
}

std::uint64_t SequenceMatcher::key_of(const ExpectedSequence::Event& event) const {
  if (is_fast()) return identity_key(event.stream(), event.head().owner, event.head().seq);
  const std::string_view line = event.line();
  return XXH3_64bits(line.data(), line.size());
}

/// None: --fast, and the line does not say which event it is.
std::optional<std::uint64_t> SequenceMatcher::key_of_line(std::string_view line) const {
  if (!is_fast()) return XXH3_64bits(line.data(), line.size());
  const std::optional<Identity> identity = fast_.identity(line);
  if (!identity) return std::nullopt;
  return identity_key(identity->stream, identity->owner, identity->seq);
}

void SequenceMatcher::use_line(std::string_view line) {
  if (keeps_digest_) digest_.add(line);
  if (respeller_)
    lines_.advance_line();
  else
    lines_.advance(line.size(), 1);
}

void SequenceMatcher::pass_number(std::uint32_t stream, const EventHead& head, std::uint8_t faults) {
  std::vector<Numbers>& owners = numbers_[stream];
  if (head.owner >= owners.size()) owners.resize(head.owner + std::size_t{1} + owners.size() / 2);
  Numbers& numbers = owners[head.owner];
  numbers.behind = std::max(numbers.behind, head.seq + 1);
  if ((faults & kFaultDuplicate) == 0) ++numbers.count;
}

/// An event with that number or a higher one has been passed. The owner may be any number.
bool SequenceMatcher::has_passed(const Identity& identity) const {
  const std::vector<Numbers>& owners = numbers_[identity.stream];
  return identity.owner < owners.size() && identity.seq < owners[identity.owner].behind;
}

/// And all with lower ones: then the event itself has been passed.
bool SequenceMatcher::have_all_passed(const Identity& identity) const {
  const Numbers& numbers = numbers_[identity.stream][identity.owner];
  return numbers.count >= numbers.behind;
}

}  // namespace racesim
