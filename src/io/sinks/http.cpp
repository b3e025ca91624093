#include "io/sinks/http.h"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <utility>
#include <vector>

#include "base/random.h"
#include "io/files/secret_file.h"
#include "io/http/delivery.h"
#include "io/http/endpoint.h"
#include "io/http/lane_thread.h"
#include "io/http/loop.h"
#include "io/http/request.h"

namespace racesim {
namespace {

using namespace http;

// Files, pipes and the event loops of a run with many threads and sinks.
constexpr std::uint32_t kOtherDescriptors = 64;

/// What is checked before anything is started.
struct Setup {
  Endpoint endpoint;
  HttpOptions options;
  std::string token;
  std::unique_ptr<TlsContext> tls;
};

// Lane = hash(entity) mod lanes, so that the events of an entity keep their order.
std::size_t lane_of(std::uint32_t entity, std::size_t lanes) {
  return below(mix64(entity + kGoldenGamma), lanes);
}

class HttpSink final : public Sink {
 public:
  HttpSink(Setup setup, Clock& clock, AckListener* acked, DeadLetter& dead_letter);
  ~HttpSink() override;

  std::string name() const override { return setup_.endpoint.url; }
  Done submit(const SharedBatch& batch, std::size_t first, std::size_t last) override;
  Done close() override;
  void abandon() override { delivery_.abandon(); }
  void stop_reaching() override { delivery_.stop_reaching(); }
  std::optional<std::uint64_t> unsent() const override;

  void start();

 private:
  void dispatch(const SharedBatch& batch, std::size_t first, std::size_t last);
  void dispatch_by_entity(const SharedBatch& batch, std::size_t first, std::size_t last);
  Done outcome() const;

  Setup setup_;
  DeadLetter& dead_letter_;
  RequestWriter writer_;
  http::Delivery delivery_;
  SharedEvents shared_;
  const std::size_t lanes_;
  // Lane i is lane i / threads of thread i % threads.
  std::vector<std::unique_ptr<LaneThread>> threads_;
  std::vector<std::vector<std::uint32_t>> picks_;  // per lane, of the submit() under way
  std::vector<LaneThread::Work> work_;
  std::atomic<std::uint64_t> submitted_{0};
  bool closed_ = false;
};

HttpSink::HttpSink(Setup setup, Clock& clock, AckListener* acked, DeadLetter& dead_letter)
    : setup_(std::move(setup)),
      dead_letter_(dead_letter),
      writer_(setup_.endpoint, setup_.options, setup_.token),
      delivery_(setup_.endpoint, setup_.options, counters_, acked, dead_letter),
      lanes_(std::max<std::size_t>(setup_.options.connections, 1)),
      picks_(lanes_) {
  const std::size_t threads = std::clamp<std::size_t>(setup_.options.threads, 1, lanes_);
  LaneParts parts{clock, setup_.options, writer_, delivery_, nullptr};
  if (setup_.options.unordered)
    parts.take_shared = [this](std::size_t count, EventQueue& queue) { shared_.take(count, queue); };
  // Processes that were started together must not try again together.
  const auto seed = static_cast<std::uint64_t>(clock.now_ns());
  for (std::size_t t = 0; t < threads; ++t) {
    std::vector<StreamKey> keys;
    for (std::size_t lane = t; lane < lanes_; lane += threads)
      keys.push_back(stream_key(seed, "http.backoff", lane));
    threads_.push_back(
        std::make_unique<LaneThread>(parts, setup_.endpoint, setup_.tls.get(), keys.size(), keys));
  }
  delivery_.on_end = [this] {
    for (const auto& thread : threads_) thread->wake();
  };
}

HttpSink::~HttpSink() {
  if (closed_) return;
  abandon();
  static_cast<void>(close());
}

void HttpSink::start() {
  for (const auto& thread : threads_) thread->start();
}

Done HttpSink::submit(const SharedBatch& batch, std::size_t first, std::size_t last) {
  submitted_.fetch_add(last - first, std::memory_order_relaxed);
  // In pieces, since the room may be less than what is submitted.
  while (first < last) {
    const std::size_t granted = delivery_.error() ? 0 : delivery_.reserve(last - first);
    if (granted == 0) {
      delivery_.refuse(batch, first, last);
      break;
    }
    dispatch(batch, first, first + granted);
    first += granted;
  }
  return outcome();
}

std::optional<std::uint64_t> HttpSink::unsent() const {
  const std::uint64_t sent = counters_.sent.load(std::memory_order_relaxed);
  const std::uint64_t submitted = submitted_.load(std::memory_order_relaxed);
  return submitted > sent ? submitted - sent : 0;
}

Done HttpSink::outcome() const {
  if (std::optional<Error> error = delivery_.error()) return tl::make_unexpected(*std::move(error));
  return {};
}

void HttpSink::dispatch(const SharedBatch& batch, std::size_t first, std::size_t last) {
  if (setup_.options.unordered) {
    shared_.push(EventGroup::range(batch, first, last));
    for (const auto& thread : threads_) thread->wake();
  } else if (lanes_ == 1) {
    work_.emplace_back(0, EventGroup::range(batch, first, last));
    threads_[0]->hand_over(work_);
  } else {
    dispatch_by_entity(batch, first, last);
  }
}

void HttpSink::dispatch_by_entity(const SharedBatch& batch, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; ++i)
    picks_[lane_of(batch->heads[i].entity, lanes_)].push_back(static_cast<std::uint32_t>(i));
  const std::size_t threads = threads_.size();
  for (std::size_t t = 0; t < threads; ++t) {
    for (std::size_t lane = t; lane < lanes_; lane += threads) {
      if (picks_[lane].empty()) continue;
      // A group of picks per lane: one reference to the batch instead of one per event.
      work_.emplace_back(lane / threads, EventGroup::chosen(batch, std::move(picks_[lane])));
      picks_[lane].clear();
    }
    if (!work_.empty()) threads_[t]->hand_over(work_);
  }
}

Done HttpSink::close() {
  if (closed_) return outcome();
  // Every event is acked or failed when this returns, also after abandon() or an error.
  delivery_.wait_until_settled();
  for (const auto& thread : threads_) thread->stop();
  closed_ = true;
  if (counters_.failed.load() > 0) {
    if (Done synced = dead_letter_.sync(); !synced && !delivery_.error()) return synced;
  }
  return outcome();
}

// A connection that lacks a descriptor would hold its events up until they fail.
Done check_descriptors(std::uint32_t connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return {};
  if (connections + kOtherDescriptors <= limit.rlim_cur) return {};
  return fail(ErrorKind::usage,
              "--connections " + std::to_string(connections) + " needs more open files than the limit of " +
                  std::to_string(limit.rlim_cur),
              "raise the limit with ulimit -n, or lower --connections");
}

Result<Setup> check(const std::string& url, HttpOptions options) {
  if (Done enough = check_descriptors(options.connections); !enough)
    return tl::make_unexpected(enough.error());
  Setup setup;
  Result<Endpoint> endpoint = parse_endpoint(url);
  if (!endpoint) return tl::make_unexpected(endpoint.error());
  setup.endpoint = *std::move(endpoint);
  if (!options.token_file.empty()) {
    Result<std::string> token = read_secret(options.token_file, "--token-file");
    if (!token) return tl::make_unexpected(token.error());
    setup.token = *std::move(token);
  }
  if (setup.endpoint.tls) {
    auto tls = TlsContext::load(options.ca_file);
    if (!tls) return tl::make_unexpected(tls.error());
    setup.tls = *std::move(tls);
  } else if (!options.ca_file.empty()) {
    return fail(ErrorKind::usage, "--ca-file has no effect with " + setup.endpoint.url,
                "use an https:// endpoint");
  }
  setup.options = std::move(options);
  return setup;
}

}  // namespace

Done check_http_sink(const std::string& url, const HttpOptions& options) {
  const Result<Setup> setup = check(url, options);
  if (!setup) return tl::make_unexpected(setup.error());
  return {};
}

Result<std::unique_ptr<Sink>> open_http_sink(const std::string& url, HttpOptions options, Clock& clock,
                                             AckListener* acked, DeadLetter& dead_letter) {
  Result<Setup> setup = check(url, std::move(options));
  if (!setup) return tl::make_unexpected(setup.error());
  try {
    auto sink = std::make_unique<HttpSink>(*std::move(setup), clock, acked, dead_letter);
    sink->start();
    return sink;
  } catch (const std::exception& e) {
    return fail(ErrorKind::runtime, std::string("start the http sink: ") + e.what(),
                "raise the limits of threads and open files, or lower --threads and --connections");
  }
}

}  // namespace racesim
