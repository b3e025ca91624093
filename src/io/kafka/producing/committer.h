// The transactions of a kafka sink with --txn: one a second, committed, or aborted and sent again.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "io/kafka/producing/delivery.h"
#include "io/kafka/producing/producer.h"
#include "io/kafka/producing/transaction.h"

namespace racesim::kafka {

/// Between a commit's begin and its end nothing may be sent: the gate is closed. An event is acked once its
/// transaction is committed. When a transaction fails, its events go into the next one, in their order and
/// before anything new. A producer that was fenced, or that died, ends the delivery.
class Committer {
 public:
  /// Sends events again, ordered by partition; returns those that the transaction did not take.
  using SendAgain = std::function<std::vector<Airborne>(const std::vector<Airborne>& events)>;

  /// `producer_mutex` guards the gate: it is held while messages are offered. `timeouts_fail`: an event that
  /// times out has failed; else it is sent again as well. All outlive the committer.
  Committer(Producer& producer, std::mutex& producer_mutex, Clock& clock, Delivery& delivery,
            bool timeouts_fail, SendAgain send_again);
  ~Committer() { stop(); }
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// Begins the first transaction, and the thread.
  void start();
  /// Everything must be settled, and the producer still be polled.
  void stop();

  /// Under the producer's mutex: whether messages may be offered.
  bool is_open() const { return open_; }
  /// Under the producer's mutex: some were; `refused`: the transaction did not take all of them.
  void note_offered(bool refused);
  /// From the polling thread: the reports of one event of the producer.
  void take(const rd_kafka_event_t& event);

 private:
  void work();
  bool is_due();
  void commit();
  void settle();
  void restart(const TxnAnswer& why);
  bool give_up(const TxnAnswer& why);
  void reopen(const std::vector<Airborne>& again);
  void close_gate();
  void die(const TxnAnswer& answer, Persisted persisted);
  void fail_all(Persisted persisted);
  std::vector<Airborne> take_all();

  Producer& producer_;
  std::mutex& producer_mutex_;
  Clock& clock_;
  Delivery& delivery_;
  const SendAgain send_again_;

  bool open_ = false;                     // under the producer's mutex
  bool refused_ = false;                  // under the producer's mutex: the transaction has failed
  std::optional<std::int64_t> began_ns_;  // under the producer's mutex: first event of the transaction

  std::mutex mutex_;  // guards held_
  std::condition_variable reported_;
  Unsettled held_;

  int aborts_ = 0;  // the thread's: since the last commit
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace racesim::kafka
