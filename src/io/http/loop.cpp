#include "io/http/loop.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

#include "io/http/connection.h"

namespace racesim::http {
namespace {

namespace asio = boost::asio;

class AsioTimer final : public Timer {
 public:
  AsioTimer(asio::io_context& context, Clock& clock, std::function<void()> on_time)
      : clock_(clock), timer_(context), shared_(std::make_shared<Shared>()) {
    shared_->on_time = std::move(on_time);
  }
  ~AsioTimer() override { ++shared_->generation; }

  void arm(std::int64_t at_ns) override {
    // Asio's steady clock and ours may have different origins: only the difference counts.
    const std::int64_t wait_ns = std::max<std::int64_t>(at_ns - clock_.now_ns(), 0);
    timer_.expires_after(std::chrono::nanoseconds(wait_ns));
    timer_.async_wait(
        [shared = shared_, generation = ++shared_->generation](boost::system::error_code error) {
          // A wait that has ended may be on its way here already when it is cancelled.
          if (!error && shared->generation == generation) shared->on_time();
        });
  }
  void cancel() override {
    ++shared_->generation;
    timer_.cancel();
  }

 private:
  struct Shared {
    std::function<void()> on_time;
    std::uint64_t generation = 0;
  };
  Clock& clock_;
  asio::steady_timer timer_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace

struct Loop::Impl {
  Impl(Clock& clock_in, const Endpoint& endpoint_in, const TlsContext* tls_in,
       std::int64_t open_timeout_ns_in)
      : clock(clock_in), endpoint(endpoint_in), tls(tls_in), open_timeout_ns(open_timeout_ns_in) {}
  Clock& clock;
  const Endpoint& endpoint;
  const TlsContext* tls;
  const std::int64_t open_timeout_ns;
  asio::io_context context{1};  // one thread runs it
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
};

Loop::Loop(Clock& clock, const Endpoint& endpoint, const TlsContext* tls, std::int64_t open_timeout_ns)
    : impl_(std::make_unique<Impl>(clock, endpoint, tls, open_timeout_ns)) {}
Loop::~Loop() = default;

void Loop::run() {
  impl_->context.run();
}
void Loop::stop() {
  impl_->context.stop();
}
void Loop::restart() {
  impl_->context.restart();
}
void Loop::post(std::function<void()> task) {
  asio::post(impl_->context, std::move(task));
}

std::unique_ptr<Transport> Loop::make_transport(TransportEvents& events) {
  return make_connection(impl_->context, impl_->endpoint, impl_->tls, impl_->open_timeout_ns, events);
}

std::unique_ptr<Timer> Loop::make_timer(std::function<void()> on_time) {
  return std::make_unique<AsioTimer>(impl_->context, impl_->clock, std::move(on_time));
}

}  // namespace racesim::http
