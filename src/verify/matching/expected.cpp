#include "verify/matching/expected.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "verify/identity/identity.h"

namespace racesim {
namespace {

std::size_t bytes_of(const ExpectedSequence::Piece& piece) {
  return piece.batch->text.size() + piece.batch->size() * (sizeof(EventHead) + sizeof(std::uint32_t));
}

}  // namespace

void ExpectedSequence::add(SharedBatch batch, std::size_t first, std::size_t last, MadePlaces made,
                           std::vector<std::uint64_t> ordinals) {
  if (first >= last) return;
  pieces_.push_back({std::move(batch), first, last, end_, std::move(ordinals), std::move(made)});
  end_ += last - first;
}

ExpectedSequence::Event ExpectedSequence::at(std::uint64_t position) const {
  RACESIM_CHECK(position >= begin() && position < end_);
  const auto behind =
      std::upper_bound(pieces_.begin(), pieces_.end(), position,
                       [](std::uint64_t p, const Piece& piece) { return p < piece.position; });
  const Piece& piece = *std::prev(behind);
  return {&piece, piece.first + static_cast<std::size_t>(position - piece.position)};
}

/// The last batch before `position` always stays: what comes twice mostly comes soon.
void ExpectedSequence::forget_before(std::uint64_t position, std::size_t most_bytes) {
  std::size_t bytes = 0, before = 0;
  for (const Piece& piece : pieces_) {
    if (piece.position + (piece.last - piece.first) > position) break;
    bytes += bytes_of(piece);
    ++before;
  }
  for (; before > 1 && bytes > most_bytes; --before) {
    bytes -= bytes_of(pieces_.front());
    pieces_.pop_front();
  }
}

std::size_t ExpectedSequence::bytes_from(std::uint64_t position) const {
  std::size_t bytes = 0;
  for (const Piece& piece : pieces_)
    if (piece.position >= position) bytes += bytes_of(piece);
  return bytes;
}

bool SentRange::holds(std::uint64_t ordinal) const {
  return ordinal < released_ && !is_in(shed_, ordinal);
}

ExpectedStream::ExpectedStream(EventFeed& feed, SentRange range, std::size_t sequences,
                               SequenceOf sequence_of)
    : feed_(feed), range_(std::move(range)), sequences_(sequences), sequence_of_(std::move(sequence_of)) {}

Result<bool> ExpectedStream::more() {
  if (ended_) return false;
  const SharedBatch batch = respelled(feed_.next());
  if (!batch) {
    ended_ = true;
    if (const auto error = feed_.error()) return tl::make_unexpected(*error);
    return false;
  }
  const MadePlaces made = feed_.made();
  const std::uint64_t first = batch->first_ordinal, last = first + batch->size();
  for (const DroppedEvent& dropped : batch->dropped)
    if (first + dropped.before <= range_.released()) ++injected_.drop;
  std::size_t done = 0;
  range_.each_part(first, last, [&](std::uint64_t begin, std::uint64_t end) {
    note_shed(*batch, done, static_cast<std::size_t>(begin - first));
    done = static_cast<std::size_t>(end - first);
    deal(batch, made, static_cast<std::size_t>(begin - first), done);
  });
  note_shed(*batch, done,
            static_cast<std::size_t>(std::min(last, std::max(first, range_.released())) - first));
  if (last >= range_.released()) {
    ended_ = true;
    feed_.cancel();
  }
  return true;
}

/// A damaged line that still says something is compared by what it says.
SharedBatch ExpectedStream::respelled(const SharedBatch& batch) const {
  if (respeller_ == nullptr || !batch || batch->faults.empty()) return batch;
  const auto is_damaged = [](std::uint8_t bits) { return (bits & kFaultCorrupt) != 0; };
  if (std::none_of(batch->faults.begin(), batch->faults.end(), is_damaged)) return batch;
  const auto spelled = std::make_shared<WireBatch>();
  spelled->run = batch->run;
  spelled->streams = batch->streams;
  spelled->first_ordinal = batch->first_ordinal;
  spelled->dropped = batch->dropped;
  std::string line;
  for (std::size_t i = 0; i < batch->size(); ++i) {
    line = batch->line(i);
    if (is_damaged(batch->faults[i])) {
      line.clear();
      respeller_->spell(batch->line(i), line);
      if (damaged_) damaged_(batch->stream_of(i), batch->heads[i], line);
    }
    spelled->append(batch->stream_of(i), batch->heads[i], line, batch->faults[i]);
  }
  return spelled;
}

void ExpectedStream::note_shed(const WireBatch& batch, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last && shed_.size() < kMostShed; ++i)
    shed_.insert(identity_key(batch.stream_of(i), batch.heads[i].owner, batch.heads[i].seq));
}

void ExpectedStream::count_faults(const WireBatch& batch, std::size_t first, std::size_t last) {
  for (std::size_t i = batch.faults.empty() ? last : first; i < last; ++i) {
    const std::uint8_t bits = batch.faults[i];
    if (bits & kFaultDuplicate) {
      ++injected_.duplicate;
      continue;
    }
    injected_.late += (bits & kFaultLate) != 0;
    injected_.reorder += (bits & kFaultReorder) != 0;
    injected_.corrupt += (bits & kFaultCorrupt) != 0;
  }
}

void ExpectedStream::deal(const SharedBatch& batch, const MadePlaces& made, std::size_t first,
                          std::size_t last) {
  count_faults(*batch, first, last);
  if (sequences_.size() == 1) return sequences_[0].add(batch, first, last, made);
  std::vector<std::shared_ptr<WireBatch>> parts(sequences_.size());
  std::vector<std::vector<std::uint64_t>> ordinals(sequences_.size());
  std::vector<MadePlaces> places(sequences_.size());
  for (std::size_t i = first; i < last; ++i) {
    const std::uint32_t sequence = sequence_of(*batch, i);
    std::shared_ptr<WireBatch>& part = parts[sequence];
    if (!part) {
      part = std::make_shared<WireBatch>();
      part->run = batch->run;
      part->streams = batch->streams;
    }
    part->append(*batch, i, i + 1);
    ordinals[sequence].push_back(batch->first_ordinal + i);
    places[sequence].places.push_back(made.of(i));
  }
  for (std::size_t sequence = 0; sequence < parts.size(); ++sequence)
    if (parts[sequence]) {
      const std::size_t size = parts[sequence]->size();
      sequences_[sequence].add(std::move(parts[sequence]), 0, size, std::move(places[sequence]),
                               std::move(ordinals[sequence]));
    }
}

std::uint32_t ExpectedStream::sequence_of(const WireBatch& batch, std::size_t i) {
  const std::uint32_t stream = batch.stream_of(i);
  const std::uint64_t entity = static_cast<std::uint64_t>(stream) << 32 | batch.heads[i].entity;
  const auto [found, fresh] = sequence_of_entity_.try_emplace(entity);
  if (fresh) {
    std::string key;
    (*batch.streams)[stream].append_key(batch.heads[i].entity, key);
    found->second = sequence_of_(stream, key);
  }
  return found->second;
}

}  // namespace racesim
