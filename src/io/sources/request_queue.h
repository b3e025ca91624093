// Requests that wait to be stored, handed out in groups that share one commit.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "io/http/server/message.h"
#include "io/sources/source.h"

namespace racesim::http {

/// Any thread. A commit costs as much for one small request as for a hundred, so a group is closed only when
/// the one before it is settled; and since the clients that were just answered are about to send again, the
/// next one waits for as many as there were, but no longer than a fifth of what a commit takes. So a lone
/// client waits for nobody, and 64 of them share each commit.
class RequestQueue {
 public:
  /// `on_change` is called within the calls after which pull() may have something, and must not call back;
  /// for who waits for several queues. May be null.
  RequestQueue(Clock& clock, std::uint64_t records_most, std::uint64_t bytes_most,
               std::function<void()> on_change = nullptr)
      : clock_(clock),
        records_most_(records_most),
        bytes_most_(bytes_most),
        on_change_(std::move(on_change)) {}

  enum class Added : std::uint8_t { yes, full, stopping };
  /// Takes block and reply if it says yes.
  Added add(RecordBlock& block, Reply& reply);
  /// A request with a body of so many bytes would not find room.
  bool is_full(std::uint64_t bytes) const;

  Pulled pull(RecordBlock& to, int wait_ms);
  /// The reply of a block that was pulled; once. None: it is not known.
  std::optional<Reply> settle(std::uint64_t ticket);

  /// add() takes nothing any more; pull() gives what is there, then ends.
  void stop();
  bool stopping() const;
  /// Takes out all that was never pulled or settled.
  std::vector<Reply> clear();
  std::uint64_t records() const;

 private:
  struct Waiting {
    RecordBlock block;
    Reply reply;
  };
  bool fits(std::uint64_t records, std::uint64_t bytes) const;
  bool may_open_group(std::int64_t now_ns) const;
  void hand_out(RecordBlock& to);
  void tell_change();

  Clock& clock_;
  const std::uint64_t records_most_, bytes_most_;
  const std::function<void()> on_change_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  std::uint64_t waiting_records_ = 0, waiting_bytes_ = 0;
  std::map<std::uint64_t, Reply> pulled_;  // by ticket
  std::uint64_t last_ticket_ = 0;
  std::size_t group_left_ = 0;      // of the open group, not handed out yet
  std::size_t group_answered_ = 0;  // since it was opened
  std::int64_t group_opened_ns_ = 0;
  std::size_t expected_ = 0;  // requests worth waiting for
  std::int64_t gather_until_ns_ = 0;
  bool stopping_ = false;
};

}  // namespace racesim::http
