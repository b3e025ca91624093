#include "io/sinks/stream_sink.h"

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <utility>

#include "io/sinks/file_place.h"

namespace racesim {
namespace {

// A compressed file is flushed after so many bytes, at the end of each batch, and with the first event that
// comes so long after the last flush: a kill costs what came since. No timer flushes while no event comes.
constexpr std::int64_t kFlushIntervalNs = 1'000'000'000;
constexpr std::size_t kFlushBytes = std::size_t{1} << 20;

void add(std::atomic<std::uint64_t>& counter, std::uint64_t n) {
  counter.fetch_add(n, std::memory_order_relaxed);
}

std::string_view without_line_end(std::string_view line) {
  return line.substr(0, line.size() - 1);
}

std::string remedy(int error_number) {
  switch (error_number) {
    case ENOSPC:
      return "free space there and run again: the same options give the same events";
    case EDQUOT:
      return "free some of your disk quota and run again: the same options give the same events";
    case EFBIG:
      return "raise the limit on file sizes (ulimit -f) or split the run with --shard";
    default:
      return {};
  }
}

}  // namespace

StreamSink::StreamSink(StreamParts parts)
    : parts_(std::move(parts)),
      destination_{.is_alone = true},
      header_due_(!parts_.header.empty() && parts_.kept_bytes == 0),
      taken_bytes_(parts_.kept_bytes),
      whole_bytes_(parts_.kept_bytes),
      last_flush_ns_(parts_.clock == nullptr ? 0 : parts_.clock->now_ns()) {}

StreamSink::~StreamSink() {
  if (!closed_) leave_partial();
}

Done StreamSink::submit(const SharedBatch& batch, std::size_t first, std::size_t last) {
  if (first >= last) return {};
  add(counters_.sent, last - first);
  if (!over_ && write_header()) {
    if (parts_.compressor)
      compress_lines(batch, first, last);
    else
      write_lines(*batch, first, last);
  } else {
    add(counters_.failed, last - first);
  }
  if (error_) return tl::make_unexpected(*error_);
  return {};
}

void StreamSink::write_lines(const WireBatch& batch, std::size_t first, std::size_t last) {
  std::string_view rest = batch.lines(first, last);
  const auto ends = batch.ends.begin();
  while (!rest.empty()) {
    const WriteStep step = parts_.writer->write_some(rest);
    if (step.end != WriteEnd::taken) {
      add(counters_.failed, last - first);
      give_up(step);
      return;
    }
    rest.remove_prefix(step.bytes);
    note_taken(step.bytes);
    const auto offset = static_cast<std::uint32_t>(batch.ends[last - 1] - rest.size());
    const auto next =
        static_cast<std::size_t>(std::upper_bound(ends + static_cast<std::ptrdiff_t>(first),
                                                  ends + static_cast<std::ptrdiff_t>(last), offset) -
                                 ends);
    if (next == first) continue;
    whole_bytes_ = taken_bytes_ - (offset - batch.ends[next - 1]);
    note_acked(batch, first, next);
    first = next;
  }
}

void StreamSink::compress_lines(const SharedBatch& batch, std::size_t first, std::size_t last) {
  if (pending_.batch && (pending_.batch != batch || pending_.last != first))
    flush_pending(Compressor::Then::flush);
  if (over_ || !compress(batch->lines(first, last), Compressor::Then::more)) {
    add(counters_.failed, last - first);
    return;
  }
  if (!pending_.batch) pending_ = {batch, first, first};
  pending_.last = last;
  const std::size_t pending_bytes = batch->lines(pending_.first, last).size();
  if (last == batch->size() || pending_bytes >= kFlushBytes ||
      parts_.clock->now_ns() - last_flush_ns_ >= kFlushIntervalNs)
    flush_pending(Compressor::Then::flush);
}

void StreamSink::flush_pending(Compressor::Then then) {
  if (!compress({}, then)) return;
  whole_bytes_ = taken_bytes_;
  last_flush_ns_ = parts_.clock->now_ns();
  if (pending_.batch) note_acked(*pending_.batch, pending_.first, pending_.last);
  pending_ = {};
}

bool StreamSink::compress(std::string_view bytes, Compressor::Then then) {
  for (bool complete = false; !complete;) {
    std::string_view output;
    const Result<bool> step = parts_.compressor->step(bytes, then, output);
    if (!step) {
      end_with(step.error());
      return false;
    }
    complete = *step;
    if (!write_all(output)) return false;
  }
  return true;
}

bool StreamSink::write_header() {
  if (!header_due_) return true;
  header_due_ = false;
  if (parts_.compressor) return compress(parts_.header, Compressor::Then::more);
  if (!write_all(parts_.header)) return false;
  whole_bytes_ = taken_bytes_;
  return true;
}

void StreamSink::note_taken(std::size_t bytes) {
  taken_bytes_ += bytes;
  if (parts_.file) parts_.file->note_written(bytes);
}

bool StreamSink::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const WriteStep step = parts_.writer->write_some(bytes);
    if (step.end != WriteEnd::taken) {
      give_up(step);
      return false;
    }
    bytes.remove_prefix(step.bytes);
    note_taken(step.bytes);
  }
  return true;
}

void StreamSink::note_acked(const WireBatch& batch, std::size_t first, std::size_t last) {
  add(counters_.acked, last - first);
  add(counters_.bytes, batch.lines(first, last).size());
  if (parts_.file) {
    const std::scoped_lock lock(position_mutex_);
    position_.next_offset = static_cast<std::int64_t>(whole_bytes_);
    position_.next_ordinal = batch.first_ordinal + last;
    position_.record = RecordMark{hash_line(without_line_end(batch.line(last - 1)))};
  }
  if (parts_.acks != nullptr) parts_.acks->on_acked(batch, first, last);
}

std::vector<StreamPosition> StreamSink::positions() const {
  const std::scoped_lock lock(position_mutex_);
  return {position_};
}

Result<std::vector<PartitionTail>> StreamSink::read_back(const std::vector<StreamPosition>& known,
                                                         const std::vector<StreamPosition>&) {
  PartitionTail tail;
  if (!known.empty())
    tail.changed = change_before(parts_.file->partial_path(), parts_.kept_bytes, known.front());
  // Then all of the file is compared.
  if (!known.empty() && tail.changed.empty()) tail.from = known.front();
  tail.last = tail.from.record;
  std::ifstream in(parts_.file->partial_path(), std::ios::binary);
  in.seekg(tail.from.next_offset);
  bool header = tail.from.next_offset == 0 && !parts_.header.empty();
  for (std::string line; in && std::getline(in, line);) {
    if (!std::exchange(header, false)) tail.records.push_back(hash_line(line));
  }
  if (in.bad()) return tl::make_unexpected(system_error("read " + parts_.file->partial_path(), errno));
  if (!tail.records.empty()) tail.last = RecordMark{tail.records.back()};
  tail.end_offset = static_cast<std::int64_t>(parts_.kept_bytes);
  return std::vector<PartitionTail>{std::move(tail)};
}

void StreamSink::give_up(const WriteStep& step) {
  if (step.end == WriteEnd::interrupted) return end_with(std::nullopt);
  if (step.end == WriteEnd::reader_gone)
    return end_with(
        Error{ErrorKind::reader_gone, "write " + parts_.name + ": the reader closed the pipe", {}});
  const std::string target = parts_.file ? parts_.file->partial_path() : parts_.name;
  Error error = system_error("write " + target, step.error_number, remedy(step.error_number));
  error.what += " (after " + std::to_string(taken_bytes_) + " bytes, " +
                std::to_string(counters_.acked.load(std::memory_order_relaxed)) + " events)";
  end_with(std::move(error));
}

void StreamSink::end_with(std::optional<Error> error) {
  over_ = true;
  error_ = std::move(error);
  if (pending_.batch) add(counters_.failed, pending_.last - pending_.first);
  pending_ = {};
}

Done StreamSink::close() {
  if (closed_) return {};
  if (!over_ && write_header()) {
    // A named pipe that got no event is opened too: its reader waits for the end.
    if (const WriteStep opened = parts_.writer->open_now(); opened.end != WriteEnd::taken)
      give_up(opened);
    else if (parts_.compressor)
      flush_pending(Compressor::Then::end);
  }
  closed_ = true;
  return finish();
}

Done StreamSink::sync() {
  if (!over_ && parts_.compressor) flush_pending(Compressor::Then::flush);
  if (error_) return tl::make_unexpected(*error_);
  if (over_ || !parts_.file || fdatasync(parts_.file->fd()) == 0) return {};
  return tl::make_unexpected(system_error("sync " + parts_.file->partial_path(), errno, remedy(errno)));
}

Done StreamSink::finish() {
  if (!over_ && left_open_) {
    leave_partial();
    return {};
  }
  if (!over_) return parts_.file ? parts_.file->commit() : Done();
  const bool kept = parts_.file && whole_bytes_ > 0;
  leave_partial();
  if (error_) return tl::make_unexpected(*error_);
  if (!parts_.file) return {};
  return fail(ErrorKind::runtime, "write " + parts_.name + ": stopped before everything was written",
              kept ? "the written part is in " + parts_.file->partial_path() : std::string());
}

void StreamSink::leave_partial() {
  if (!parts_.file || parts_.file->fd() < 0) return;
  if (whole_bytes_ == 0) return parts_.file->discard();
  // Readers of the partial file get whole events. If this fails they get one that is torn, as after a kill.
  [[maybe_unused]] const int cut = ftruncate(parts_.file->fd(), static_cast<off_t>(whole_bytes_));
  parts_.file->keep_partial();
}

}  // namespace racesim
