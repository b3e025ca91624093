// What the stdout and the file sink share: encoded lines into one stream of bytes, each event counted once.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "io/files/atomic_file.h"
#include "io/files/compression.h"
#include "io/files/fd_writer.h"
#include "io/resumable.h"
#include "io/sink.h"

namespace racesim {

/// What a stream sink is made of. `writer` writes to `file` if there is one.
struct StreamParts {
  std::string name;                        ///< for messages
  std::unique_ptr<FdWriter> writer;        ///< never null
  std::optional<AtomicFile> file;          ///< gets its name in close()
  std::unique_ptr<Compressor> compressor;  ///< null: plain
  std::string header;                      ///< the line before the first event, with its '\n'; may be empty
  Clock* clock = nullptr;                  ///< tells when to flush `compressor`
  AckListener* acks = nullptr;             ///< may be null
  std::uint64_t kept_bytes = 0;            ///< that `file` holds already, header included; whole events
};

/// Writes straight from the batch. An event is acked once the kernel has taken its last byte; compressed,
/// once the kernel has taken all that is needed to decode it. What was submitted and not acked is failed. It
/// is not dead-lettered: a stream that ends early is missing its tail, which the same options make again.
///
/// After an error or abandon() a file keeps its `.partial` name, cut behind the last acked event; an empty
/// one is removed. close() then returns that error. After abandon() submit() succeeds and counts events as
/// failed.
///
/// A plain file can be resumed: what an earlier process left in the partial file is read back as one
/// partition.
class StreamSink final : public Sink, public Resumable {
 public:
  explicit StreamSink(StreamParts parts);
  ~StreamSink() override;

  std::string name() const override { return parts_.name; }
  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override;
  Done close() override;
  Done sync() override;
  void abandon() override { parts_.writer->interrupt(); }
  Resumable* resumable() override { return parts_.file && !parts_.compressor ? this : nullptr; }

  const Destination& destination() const override { return destination_; }
  Result<std::vector<PartitionTail>> read_back(const std::vector<StreamPosition>& known,
                                               const std::vector<StreamPosition>& origins) override;
  std::size_t partition_of(const WireBatch&, std::size_t) override { return 0; }
  void set_positions(std::vector<StreamPosition> positions) override { position_ = positions.front(); }
  std::vector<StreamPosition> positions() const override;
  void leave_open() override { left_open_ = true; }

 private:
  /// Events that the compressor took and that cannot be decoded from the file yet: all of one batch, so that
  /// no other batch is kept from going back to its pool.
  struct Pending {
    SharedBatch batch;
    std::size_t first = 0;
    std::size_t last = 0;
  };

  void write_lines(const WireBatch& batch, std::size_t first, std::size_t last);
  void compress_lines(const SharedBatch& batch, std::size_t first, std::size_t last);
  bool compress(std::string_view bytes, Compressor::Then then);
  void flush_pending(Compressor::Then then);
  bool write_header();
  bool write_all(std::string_view bytes);
  void note_taken(std::size_t bytes);
  void note_acked(const WireBatch& batch, std::size_t first, std::size_t last);
  void give_up(const WriteStep& step);
  /// Writes nothing more; without an error it was abandoned.
  void end_with(std::optional<Error> error);
  Done finish();
  void leave_partial();

  StreamParts parts_;
  const Destination destination_;
  bool header_due_;
  bool over_ = false;  // nothing more will be written
  bool closed_ = false;
  std::atomic<bool> left_open_{false};
  std::optional<Error> error_;
  std::uint64_t taken_bytes_ = 0;  // of the stream, by the kernel
  std::uint64_t whole_bytes_ = 0;  // up to the end of the last acked event
  mutable std::mutex position_mutex_;
  StreamPosition position_;  // behind the last acked event
  Pending pending_;
  std::int64_t last_flush_ns_ = 0;
};

}  // namespace racesim
