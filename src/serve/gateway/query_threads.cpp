#include "serve/gateway/query_threads.h"

#include <utility>

namespace racesim::serve {

QueryThreads::QueryThreads(const GatewayParts& parts, const std::optional<HistoryOptions>& history,
                           const QueryLimits& limits)
    : parts_(parts), limits_(limits) {
  for (unsigned i = 0; i < limits.threads; ++i) {
    Worker& worker = workers_.emplace_back();
    if (history) worker.history = std::make_unique<History>(*history);
    worker.thread = std::thread([this, &worker] { carry_out(worker); });
  }
}

QueryThreads::~QueryThreads() {
  close();
}

void QueryThreads::close() {
  std::deque<Asked> dropped;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    dropped.swap(waiting_);
    for (const Worker& worker : workers_)
      if (worker.history != nullptr) worker.history->give_up();
  }
  changed_.notify_all();
  for (Worker& worker : workers_)
    if (worker.thread.joinable()) worker.thread.join();
  const std::lock_guard lock(mutex_);  // clients may still leave
  workers_.clear();
}

std::optional<QueryThreads::Ticket> QueryThreads::ask(Question question) {
  Ticket ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || waiting_.size() >= limits_.waiting_most) return std::nullopt;
    ticket = ++last_ticket_;
    waiting_.push_back({ticket, std::move(question)});
  }
  changed_.notify_one();
  return ticket;
}

void QueryThreads::give_up(Ticket ticket) {
  const std::lock_guard lock(mutex_);
  for (Asked& asked : waiting_)
    if (asked.ticket == ticket) asked.is_given_up = true;
  for (const Worker& worker : workers_)
    if (worker.ticket == ticket && worker.history != nullptr) worker.history->give_up();
}

/// Nothing: it is closed.
std::optional<QueryThreads::Question> QueryThreads::next(Worker& worker) {
  std::unique_lock lock(mutex_);
  worker.ticket = 0;
  changed_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
  if (ending_) return std::nullopt;
  Asked asked = std::move(waiting_.front());
  waiting_.pop_front();
  worker.ticket = asked.ticket;
  if (worker.history != nullptr) {
    worker.history->begin_question();
    if (asked.is_given_up) worker.history->give_up();
  }
  return std::move(asked.question);
}

void QueryThreads::carry_out(Worker& worker) {
  while (std::optional<Question> question = next(worker))
    (*question)(Resolvers(parts_, worker.history.get()));
}

}  // namespace racesim::serve
