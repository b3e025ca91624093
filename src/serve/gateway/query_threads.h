// Threads that answer questions which may block: on a store, on a run that opens. Answers go out through
// http::Reply, and are kept for as long as they hold.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "serve/gateway/answer_cache.h"
#include "serve/gateway/resolvers.h"
#include "serve/history/history.h"

namespace racesim::serve {

struct QueryLimits {
  unsigned threads = 3;
  std::size_t waiting_most = 256;  ///< questions that no thread has taken yet
};

/// Any thread, but the constructor and the destructor.
class QueryThreads {
 public:
  using Question = std::function<void(const Resolvers& resolvers)>;
  using Ticket = std::uint64_t;  ///< of one question

  /// Without `history` there is no store.
  QueryThreads(const GatewayParts& parts, const std::optional<HistoryOptions>& history,
               const QueryLimits& limits = {});
  ~QueryThreads();  ///< closes
  QueryThreads(const QueryThreads&) = delete;
  QueryThreads& operator=(const QueryThreads&) = delete;

  /// Nothing: too many wait, or it is closed.
  std::optional<Ticket> ask(Question question);
  /// Nobody waits for its answer any more: it gets nothing more from the store, and what it waits for there
  /// ends soon. What it has to do elsewhere is done.
  void give_up(Ticket ticket);

  /// Answers that were made, of those who ask for them to be kept.
  AnswerCache& answers() { return answers_; }

  /// Questions under way are cut short, those that wait are dropped, connections to the store are closed. By
  /// the thread that destroys it.
  void close();

 private:
  struct Asked {
    Ticket ticket = 0;
    Question question;
    bool is_given_up = false;
  };
  /// One thread with its connection.
  struct Worker {
    std::unique_ptr<History> history;  // null: there is no store
    Ticket ticket = 0;                 // of the question under way; 0: none. Guarded by mutex_
    std::thread thread;
  };

  void carry_out(Worker& worker);
  std::optional<Question> next(Worker& worker);

  const GatewayParts parts_;
  const QueryLimits limits_;
  AnswerCache answers_;
  std::deque<Worker> workers_;
  std::mutex mutex_;  // guards the next four
  std::condition_variable changed_;
  std::deque<Asked> waiting_;
  Ticket last_ticket_ = 0;
  bool ending_ = false;
};

}  // namespace racesim::serve
