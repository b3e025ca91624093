#include "cli/terminal/signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "base/check.h"
#include "base/clock.h"
#include "base/saturate.h"
#include "cli/exit_codes.h"

namespace racesim::cli {
namespace {

/// From a second signal, or the end of the drain time, to the end of the process.
constexpr std::int64_t kForcedEnd_ns = 800'000'000;
constexpr std::int64_t kAfterDrain_ns = 5'000'000'000;
/// So that a call to wake up that fails costs a moment, and not the end of the process.
constexpr int kLook_ms = 1'000;

std::int64_t now_ns() {
  return system_clock().now_ns();
}

/// Blocked signals come through a signalfd even if they are ignored, so those are left out.
sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    struct sigaction now {};
    if (::sigaction(number, nullptr, &now) != 0 || now.sa_handler != SIG_IGN) sigaddset(&set, number);
  }
  return set;
}

}  // namespace

Done SignalWatch::start() {
  const sigset_t set = watched();
  signal_fd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signal_fd_ >= 0) wake_fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd_ < 0)
    return tl::make_unexpected(
        system_error("watch for signals", errno, "raise the limit of open files (ulimit -n)"));
  RACESIM_CHECK(pthread_sigmask(SIG_BLOCK, &set, &old_mask_) == 0);
  try {
    thread_ = std::thread([this] { watch(); });
  } catch (const std::system_error& e) {
    pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr);
    return tl::make_unexpected(
        system_error("watch for signals", e.code().value(), "raise the limit of processes (ulimit -u)"));
  }
  return {};
}

SignalWatch::~SignalWatch() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    const std::uint64_t one = 1;
    (void)!::write(wake_fd_, &one, sizeof one);
    thread_.join();
    pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr);
  }
  for (const int fd : {signal_fd_, wake_fd_})
    if (fd >= 0) ::close(fd);
}

void SignalWatch::attach(SignalActions actions) {
  const std::lock_guard lock(mutex_);
  actions_ = std::move(actions);
  // It came while the master data was read.
  if (count_ > 0) actions_.stop();
}

void SignalWatch::detach() {
  const std::lock_guard lock(mutex_);
  actions_ = {};
  deadline_ns_ = 0;
}

int SignalWatch::signal() const {
  const std::lock_guard lock(mutex_);
  return signal_;
}

int SignalWatch::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

void SignalWatch::on_signal(int number) {
  const std::lock_guard lock(mutex_);
  const bool is_first = count_ == 0;
  const bool insists = number == SIGQUIT;
  count_ += is_first && insists ? 2 : 1;
  if (is_first || insists) signal_ = number;
  if (is_first) {
    deadline_ns_ = add_saturating(now_ns(), drain_timeout_ns_);
    if (actions_.stop) actions_.stop();
    if (!insists) return;
  }
  // Nothing runs yet, or nothing runs any more, that could be ended in a better way.
  if (!actions_.abandon) std::_Exit(kExitSignalBase + number);
  forced_ = true;
  deadline_ns_ = std::min(deadline_ns_, now_ns()) + kForcedEnd_ns;
  actions_.abandon();
}

void SignalWatch::on_deadline() {
  const std::lock_guard lock(mutex_);
  if (deadline_ns_ == 0 || now_ns() < deadline_ns_) return;
  // Whatever hangs is given up without destructors; the kernel drops the locks.
  if (forced_) std::_Exit(kExitSignalBase + signal_);
  forced_ = true;
  deadline_ns_ = now_ns() + kAfterDrain_ns;
  if (actions_.abandon) actions_.abandon();
}

void SignalWatch::watch() {
  for (;;) {
    std::int64_t deadline_ns = 0;
    {
      const std::lock_guard lock(mutex_);
      if (done_) return;
      deadline_ns = deadline_ns_;
    }
    int timeout_ms = kLook_ms;
    if (deadline_ns != 0)
      timeout_ms =
          static_cast<int>(std::clamp<std::int64_t>((deadline_ns - now_ns()) / 1'000'000 + 1, 0, kLook_ms));
    pollfd fds[2] = {{signal_fd_, POLLIN, 0}, {wake_fd_, POLLIN, 0}};
    (void)::poll(fds, 2, timeout_ms);
    signalfd_siginfo info{};
    // Pending signals of one kind are one; two kinds are read one after the other.
    while (::read(signal_fd_, &info, sizeof info) == static_cast<ssize_t>(sizeof info))
      on_signal(static_cast<int>(info.ssi_signo));
    on_deadline();
  }
}

}  // namespace racesim::cli
