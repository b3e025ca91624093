// Threads that answer questions which may block: on a store, on a run that opens. Answers go out through
// http::Reply.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

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

  /// Without `history` there is no store.
  QueryThreads(const GatewayParts& parts, const std::optional<HistoryOptions>& history,
               const QueryLimits& limits = {});
  ~QueryThreads();  ///< closes
  QueryThreads(const QueryThreads&) = delete;
  QueryThreads& operator=(const QueryThreads&) = delete;

  /// False: too many wait, or it is closed.
  bool ask(Question question);

  /// Questions under way are cut short, those that wait are dropped, connections to the store are closed. By
  /// the thread that destroys it.
  void close();

 private:
  void carry_out(History* history);

  const GatewayParts parts_;
  const QueryLimits limits_;
  std::vector<std::unique_ptr<History>> histories_;  // one for each thread, if there is a store
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Question> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace racesim::serve
