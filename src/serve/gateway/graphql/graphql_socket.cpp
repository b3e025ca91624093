#include "serve/gateway/graphql/graphql_socket.h"

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "graphql/transport/transport_session.h"
#include "serve/gateway/graphql/gateway_events.h"

namespace racesim::serve {
namespace {

using graphql::TransportActions;

constexpr std::int64_t kInitLimit_ns = 10 * kNsPerSecond;
constexpr std::int64_t kBusyPause_ns = kNsPerSecond / 10;
/// Messages that the client has not taken; events wait behind them, and what it asks for further ends it.
constexpr std::size_t kUnsentMost_bytes = std::size_t{4} << 20;

/// Who takes nothing for so long is cut, as from the live feed.
constexpr std::int64_t kStalledMost_ns = 10 * kNsPerSecond;

/// An operation; used by the query thread that works on it, and by the server's thread while none does.
struct RunningOperation {
  std::string id;
  GraphqlRequest request;
  std::optional<graphql::Subscription> subscription;
  std::unique_ptr<EventSource> source;
  QueryThreads::Ticket ticket = 0;  // of its last question; the server's thread only
};

/// What a query thread made of it.
struct OperationStep {
  std::optional<std::string> body;          ///< for a `next` message
  std::vector<graphql::QueryError> errors;  ///< it cannot go on: for an `error` message
  bool is_over = false;
};

OperationStep begin_operation(RunningOperation& operation, GraphqlService& service,
                              const Resolvers& resolvers) {
  std::shared_ptr<const graphql::Prepared> prepared = service.prepare(operation.request.query);
  const auto kind = graphql::operation_kind(*prepared, operation.request.operation_name);
  if (kind != graphql::ast::OperationKind::subscription) {
    graphql::Answer answer = service.execute(*prepared, operation.request, resolvers);
    if (!answer.has_data) return {{}, std::move(answer.errors), true};
    return {std::move(answer.body), {}, true};
  }
  auto subscription = service.subscribe(std::move(prepared), operation.request, resolvers);
  if (!subscription) return {{}, std::move(subscription.error().errors), true};
  operation.subscription = std::move(*subscription);
  Result<std::unique_ptr<EventSource>> source = EventSource::make(service.schema(), *operation.subscription);
  if (!source) return {{}, {{source.error().what, {}, {}}}, true};
  operation.source = std::move(*source);
  return {};
}

OperationStep step_operation(RunningOperation& operation, GraphqlService& service,
                             const Resolvers& resolvers) {
  if (operation.source == nullptr) {
    OperationStep begun = begin_operation(operation, service, resolvers);
    if (begun.is_over) return begun;
  }
  const Result<const void*> event = operation.source->next(resolvers);
  if (!event) return {{}, {{event.error().what, {}, {}}}, true};
  if (*event == nullptr) return {};
  return {service.execute_event(*operation.subscription, *event, resolvers).body, {}, false};
}

class GraphqlSocket final : public http::LiveStream {
 public:
  explicit GraphqlSocket(const GraphqlSocketParts& parts)
      : parts_(parts), session_({}), opened_ns_(parts.clock.now_ns()) {}

  ~GraphqlSocket() override { give_up_all(); }

  void begin(http::StreamWriter& to) override { to_ = &to; }
  void on_room() override {
    writing_since_ns_ = 0;
    flush();
  }
  void on_message(std::string_view message) override { carry_out(session_.on_text(message)); }
  void on_binary(std::string_view) override { carry_out(session_.on_binary()); }
  void on_tick(std::int64_t now_ns) override {
    if (writing_since_ns_ > 0 && now_ns - writing_since_ns_ > kStalledMost_ns)
      return to_->end(http::kCloseTryLater, "too slow: nothing was taken for a while; ask for less");
    if (!session_.is_acknowledged() && now_ns - opened_ns_ > kInitLimit_ns)
      carry_out(session_.on_init_timeout());
  }

 private:
  using Shared = std::shared_ptr<RunningOperation>;

  void carry_out(const TransportActions& actions);
  void send(std::string text);
  void close(graphql::CloseCode code, const std::string& reason);
  void work_on(const Shared& operation);
  void work_later(const Shared& operation, std::int64_t delay_ns);
  void take(const Shared& operation, const OperationStep& step);
  void flush();
  void give_up_all();
  bool is_wanted(const Shared& operation) const;

  const GraphqlSocketParts parts_;
  graphql::TransportSession session_;
  const std::int64_t opened_ns_;
  http::StreamWriter* to_ = nullptr;
  std::map<std::string, Shared> operations_;
  std::deque<http::SharedText> unsent_;
  std::size_t unsent_bytes_ = 0;
  std::int64_t writing_since_ns_ = 0;  // 0: nothing is on its way
  std::optional<std::pair<graphql::CloseCode, std::string>> closing_;
  /// Late calls find out by it that this is gone.
  const std::shared_ptr<GraphqlSocket*> self_ = std::make_shared<GraphqlSocket*>(this);
};

void GraphqlSocket::carry_out(const TransportActions& actions) {
  for (const graphql::TransportAction& action : actions) {
    if (const auto* text = std::get_if<graphql::SendText>(&action)) {
      send(text->text);
    } else if (const auto* end = std::get_if<graphql::CloseSocket>(&action)) {
      close(end->code, end->reason);
    } else if (const auto* start = std::get_if<graphql::StartOperation>(&action)) {
      auto operation = std::make_shared<RunningOperation>();
      operation->id = start->id;
      operation->request = {start->operation.query, start->operation.operation_name,
                            start->operation.variables};
      operations_[start->id] = operation;
      work_on(operation);
    } else if (const auto* stop = std::get_if<graphql::StopOperation>(&action)) {
      const auto stopped = operations_.find(stop->id);
      if (stopped == operations_.end()) continue;
      parts_.queries.give_up(stopped->second->ticket);
      operations_.erase(stopped);
    }
  }
  flush();
}

void GraphqlSocket::send(std::string text) {
  std::string frame;
  http::append_text_frame(text, frame);
  unsent_bytes_ += frame.size();
  unsent_.push_back(std::make_shared<const std::string>(std::move(frame)));
  if (unsent_bytes_ > kUnsentMost_bytes && !closing_)
    closing_.emplace(static_cast<graphql::CloseCode>(http::kCloseTryLater),
                     "too slow: answers were not taken");
}

void GraphqlSocket::close(graphql::CloseCode code, const std::string& reason) {
  give_up_all();
  if (!closing_) closing_.emplace(code, reason);
}

void GraphqlSocket::give_up_all() {
  for (const auto& [id, operation] : operations_) parts_.queries.give_up(operation->ticket);
  operations_.clear();
}

bool GraphqlSocket::is_wanted(const Shared& operation) const {
  const auto found = operations_.find(operation->id);
  return found != operations_.end() && found->second == operation;
}

void GraphqlSocket::work_on(const Shared& operation) {
  if (!is_wanted(operation)) return;
  // Whoever has not taken the last event gets the next one when there is room: newer, not more.
  if (unsent_bytes_ > 0 && operation->source != nullptr) return work_later(operation, kBusyPause_ns);
  const std::weak_ptr<GraphqlSocket*> self = self_;
  const std::optional<QueryThreads::Ticket> ticket =
      parts_.queries.ask([operation, self, parts = parts_](const Resolvers& resolvers) {
        auto step =
            std::make_shared<const OperationStep>(step_operation(*operation, parts.service, resolvers));
        parts.later(0, [operation, self, step] {
          if (const auto socket = self.lock()) (*socket)->take(operation, *step);
        });
      });
  if (!ticket) return work_later(operation, kBusyPause_ns);
  operation->ticket = *ticket;
}

void GraphqlSocket::work_later(const Shared& operation, std::int64_t delay_ns) {
  parts_.later(delay_ns, [operation, self = std::weak_ptr<GraphqlSocket*>(self_)] {
    if (const auto socket = self.lock()) (*socket)->work_on(operation);
  });
}

void GraphqlSocket::take(const Shared& operation, const OperationStep& step) {
  if (!is_wanted(operation)) return;
  const std::string id = operation->id;
  if (step.body) carry_out(session_.next(id, *step.body));
  if (!step.is_over) return work_later(operation, operation->source->pause_ns());
  operations_.erase(id);
  carry_out(step.errors.empty() ? session_.complete(id) : session_.refuse(id, step.errors));
}

void GraphqlSocket::flush() {
  if (to_ == nullptr || !to_->has_room()) return;
  if (!unsent_.empty()) {
    std::vector<http::SharedText> pieces(unsent_.begin(), unsent_.end());
    unsent_.clear();
    unsent_bytes_ = 0;
    writing_since_ns_ = parts_.clock.now_ns();
    to_->write(std::move(pieces));
    return;
  }
  if (closing_) to_->end(static_cast<std::uint16_t>(closing_->first), closing_->second);
}

}  // namespace

std::unique_ptr<http::LiveStream> make_graphql_socket(const GraphqlSocketParts& parts) {
  return std::make_unique<GraphqlSocket>(parts);
}

}  // namespace racesim::serve
