// The file of events that could not be delivered. `racesim replay --dead-letter FILE` sends them again.
// docs/formats/dead-letter.md says what a line holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/batch.h"

namespace racesim {

/// What the sender knows of an event that it gave up.
enum class Persisted : std::uint8_t {
  no,        ///< the receiver never had it whole, or refused it
  possibly,  ///< it was sent whole and no answer settled its fate
};

struct DeadEvent {
  const WireBatch* batch = nullptr;
  std::size_t index = 0;
};

struct DeadRecord;
/// Appends the line of a record that a store could not take: docs/formats/dead-letter.md.
void append_dead_record(const DeadRecord& record, std::string& out);

/// One for all sinks of a run; every method may be called from any thread. The file is made, or opened for
/// appending, by the first event; a run without failures leaves none.
class DeadLetter {
 public:
  explicit DeadLetter(std::string path) : path_(std::move(path)) {}
  ~DeadLetter();
  DeadLetter(const DeadLetter&) = delete;
  DeadLetter& operator=(const DeadLetter&) = delete;

  const std::string& path() const { return path_; }

  /// Whether the file could be made or written now; touches nothing. Errors: runtime.
  Done check() const;

  /// Appends one line per event and returns how many the file took, the first ones: fewer than `events` once
  /// it cannot be written, and error() then says why. `sink` is the sink's name(), `error` why it gave the
  /// events up.
  std::size_t add(std::span<const DeadEvent> events, std::string_view sink, std::string_view error,
                  Persisted persisted);

  /// Appends `count` ready lines, whole or not at all as far as the disk allows; see add() for errors.
  void add_lines(std::string_view lines, std::size_t count);

  /// Makes what was added durable (fsync). Fails if any event was lost by add().
  Done sync();
  /// sync(), then closes the file. Later events are lost (and counted).
  Done close();

  std::uint64_t written() const;       ///< events in the file
  std::uint64_t lost() const;          ///< events that the file did not take
  std::optional<Error> error() const;  ///< why the first event was lost

 private:
  bool open_locked();
  std::size_t write_locked(std::string_view lines, std::size_t count);
  void fail_locked(const char* step, int error_number);
  Done sync_locked();

  const std::string path_;
  mutable std::mutex mutex_;
  int fd_ = -1;
  bool closed_ = false;
  bool unsynced_ = false;
  std::uint64_t written_ = 0;
  std::uint64_t lost_ = 0;
  std::optional<Error> error_;
};

}  // namespace racesim
