#include "io/http/server/server.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "io/http/server/hub.h"
#include "io/http/server/listen_address.h"
#include "io/http/server/listener.h"
#include "io/http/server/session.h"

namespace racesim::http {
namespace {

namespace asio = boost::asio;

constexpr std::int64_t kTickMost_ns = kNsPerSecond / 4;
constexpr std::int64_t kTickLeast_ns = kNsPerSecond / 100;
// While connections wait for a descriptor, one that has asked for nothing for so long makes room.
constexpr std::int64_t kIdleUnderPressure_ns = kNsPerSecond;
// Port 0 on two addresses: the one that the first got may be taken on the second.
constexpr int kPortTries = 16;

std::int64_t tick_of(const ServerLimits& limits) {
  const std::int64_t shortest = std::min({limits.head_ns, limits.body_ns, limits.idle_ns, limits.linger_ns});
  return std::clamp(shortest / 4, kTickLeast_ns, kTickMost_ns);
}

}  // namespace

struct Server::Impl {
  Impl(std::vector<Route> routes, const ServerOptions& options)
      : is_protected(!options.token.empty() || options.insecure),
        hub(std::move(routes), options),
        tick_ns(tick_of(options.limits)) {
    hub.on_session_gone = [this] { on_session_gone(); };
  }

  Done bind(const ListenAddress& to);
  void run();
  void arm_timer();
  void on_tick();
  void on_session_gone();
  void stop_all();

  const bool is_protected;
  Hub hub;
  const std::int64_t tick_ns;
  asio::steady_timer timer{hub.context};
  std::vector<std::unique_ptr<Listener>> listeners;
  std::string url;
  std::thread thread;
  std::mutex mutex;
  std::condition_variable none_left;
};

Server::Server(std::vector<Route> routes, ServerOptions options)
    : impl_(std::make_unique<Impl>(std::move(routes), options)) {}

Server::~Server() {
  close();
}

Done Server::Impl::bind(const ListenAddress& to) {
  const std::size_t by_files = sessions_by_file_limit();
  std::uint16_t port = to.port;
  Error first_error;
  for (const std::string& address : to.addresses) {
    auto listener = std::make_unique<Listener>(hub, by_files);
    if (const Done opened = listener->open(address, port); opened) {
      listeners.push_back(std::move(listener));
    } else if (opened.error().kind == ErrorKind::usage && to.addresses.size() > 1) {
      first_error = opened.error();  // a machine without IPv6, or without IPv4
    } else {
      listeners.clear();
      return opened;
    }
  }
  if (listeners.empty()) return tl::make_unexpected(first_error);
  ListenAddress given = to;
  given.port = port;
  url = (hub.tls ? "https://" : "http://") + given.text();
  return {};
}

Done Server::listen(std::string_view address) {
  const Result<ListenAddress> to = parse_listen_address(address);
  if (!to) return tl::make_unexpected(to.error());
  if (const Done ok = check_protection(*to, impl_->is_protected); !ok) return ok;
  Done bound = impl_->bind(*to);
  for (int i = 1; i < kPortTries && !bound && bound.error().kind == ErrorKind::busy && to->port == 0; ++i)
    bound = impl_->bind(*to);
  if (!bound) return bound;
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
  return {};
}

void Server::Impl::run() {
  const auto work = asio::make_work_guard(hub.context);
  for (const auto& listener : listeners) listener->start();
  arm_timer();
  hub.context.run();
}

void Server::Impl::arm_timer() {
  timer.expires_after(std::chrono::nanoseconds(tick_ns));
  timer.async_wait([this](const NetError& error) {
    if (error) return;
    on_tick();
    arm_timer();
  });
}

void Server::Impl::on_tick() {
  const std::int64_t now_ns = hub.clock.now_ns();
  const bool pressed =
      std::any_of(listeners.begin(), listeners.end(), [](const auto& l) { return l->paused(); });
  for (const auto& session : hub.all_sessions()) {
    session->on_tick(now_ns);
    const std::optional<std::int64_t> idle = session->idle_since_ns();
    if (pressed && idle && now_ns - *idle > kIdleUnderPressure_ns) session->close();
  }
  if (pressed && !hub.stopping)
    for (const auto& listener : listeners) listener->resume();
}

void Server::Impl::on_session_gone() {
  if (!hub.stopping) {
    for (const auto& listener : listeners)
      if (listener->paused()) listener->resume();
  }
  if (!hub.sessions.empty()) return;
  const std::lock_guard lock(mutex);
  none_left.notify_all();
}

void Server::Impl::stop_all() {
  hub.stopping = true;
  for (const auto& listener : listeners) listener->stop();
  for (const auto& session : hub.all_sessions()) session->stop();
}

std::string Server::url() const {
  return impl_->url;
}

std::size_t Server::clients() const {
  return impl_->hub.session_count;
}

void Server::post(std::function<void()> call) {
  asio::post(impl_->hub.context, std::move(call));
}

void Server::post_after(std::int64_t delay_ns, std::function<void()> call) {
  const auto timer =
      std::make_shared<asio::steady_timer>(impl_->hub.context, std::chrono::nanoseconds(delay_ns));
  timer->async_wait([timer, call = std::move(call)](const NetError& error) {
    if (!error) call();
  });
}

void Server::stop() {
  asio::post(impl_->hub.context, [impl = impl_.get()] { impl->stop_all(); });
}

void Server::close(std::int64_t most_ns) {
  if (!impl_->thread.joinable()) return;
  stop();
  {
    std::unique_lock lock(impl_->mutex);
    impl_->none_left.wait_for(lock, std::chrono::nanoseconds(most_ns),
                              [&] { return impl_->hub.session_count == 0; });
  }
  impl_->hub.mailbox->close();
  asio::post(impl_->hub.context, [impl = impl_.get()] {
    for (const auto& session : impl->hub.all_sessions()) session->close();
    impl->hub.context.stop();
  });
  impl_->thread.join();
}

}  // namespace racesim::http
