#include "serve/gateway/query_threads.h"

#include <utility>

namespace racesim::serve {

QueryThreads::QueryThreads(const GatewayParts& parts, const std::optional<HistoryOptions>& history,
                           const QueryLimits& limits)
    : parts_(parts), limits_(limits) {
  for (unsigned i = 0; i < limits.threads; ++i) {
    History* own = nullptr;
    if (history) {
      histories_.push_back(std::make_unique<History>(*history));
      own = histories_.back().get();
    }
    threads_.emplace_back([this, own] { carry_out(own); });
  }
}

QueryThreads::~QueryThreads() {
  close();
}

void QueryThreads::close() {
  std::deque<Question> dropped;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    dropped.swap(waiting_);
  }
  changed_.notify_all();
  for (const auto& history : histories_) history->cancel();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  histories_.clear();
}

bool QueryThreads::ask(Question question) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || waiting_.size() >= limits_.waiting_most) return false;
    waiting_.push_back(std::move(question));
  }
  changed_.notify_one();
  return true;
}

void QueryThreads::carry_out(History* history) {
  const Resolvers resolvers(parts_, history);
  for (;;) {
    Question question;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
      if (ending_) return;
      question = std::move(waiting_.front());
      waiting_.pop_front();
    }
    question(resolvers);
  }
}

}  // namespace racesim::serve
