#include "io/stores/influx/point_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/quantity.h"

namespace racesim::influx {
namespace {

constexpr std::int64_t kNap_ns = 50'000'000;  // how soon an abandoned wait ends

/// As much as one request may hold, from line `first` on; one line at least.
std::size_t batch_end(const Lines& lines, std::size_t first, const PointWriterOptions& options) {
  const std::size_t most = std::min(lines.ends.size(), first + options.batch_lines);
  const std::size_t begin = first == 0 ? 0 : lines.ends[first - 1];
  std::size_t last = first + 1;
  while (last < most && lines.ends[last] - begin <= options.batch_bytes) ++last;
  return last;
}

/// The same request may be answered otherwise later (RFC 9110, RFC 6585).
bool is_temporary(const Reply& reply) {
  if (reply.kind != Reply::Kind::answered) return reply.kind != Reply::Kind::untrusted;
  return reply.status == 408 || reply.status == 429 || reply.status >= 500;
}

/// Servers answer so also where they took some of the lines.
bool is_about_lines(unsigned status) {
  return status == 400 || status == 413 || status == 422;
}

}  // namespace

PointWriter::PointWriter(PointWriterOptions options, Poster& poster, Clock& clock, WaitNote& waits)
    : options_(std::move(options)),
      poster_(poster),
      clock_(clock),
      waits_(waits),
      // Processes that were started together must not try again together.
      backoff_(stream_key(static_cast<std::uint64_t>(clock.now_ns()), "influx.backoff", 0)) {}

Done PointWriter::write(const Lines& lines, std::vector<RefusedLine>& refused) {
  for (std::size_t first = 0; first < lines.ends.size();) {
    const std::size_t last = batch_end(lines, first, options_);
    if (Done ok = write_range(lines, first, last, refused); !ok) return ok;
    first = last;
  }
  return {};
}

Done PointWriter::write_range(const Lines& lines, std::size_t first, std::size_t last,
                              std::vector<RefusedLine>& refused) {
  const std::size_t begin = first == 0 ? 0 : lines.ends[first - 1];
  std::string reason;
  const Result<Answer> answer = send(lines.text.substr(begin, lines.ends[last - 1] - begin), reason);
  if (!answer) return tl::make_unexpected(answer.error());
  if (*answer == Answer::taken) return {};
  if (last - first == 1) {
    refused.push_back({first, std::move(reason)});
    return {};
  }
  // Which lines it was about only smaller requests tell, and what was taken may be written again.
  const std::size_t middle = first + (last - first) / 2;
  if (Done ok = write_range(lines, first, middle, refused); !ok) return ok;
  return write_range(lines, middle, last, refused);
}

/// Until the server has settled the request. `reason`: why it refused.
Result<PointWriter::Answer> PointWriter::send(std::string_view text, std::string& reason) {
  http::TryLog tries{clock_.now_ns(), 0, 0};
  for (;;) {
    const Reply reply = poster_.post(text);
    if (!is_temporary(reply)) {
      waits_.end(this);
      const Result<bool> taken = take(reply, reason);
      if (!taken) return tl::make_unexpected(taken.error());
      return *taken ? Answer::taken : Answer::refused;
    }
    if (Done ok = wait_for_retry(reply, tries); !ok) {
      waits_.end(this);
      return tl::make_unexpected(ok.error());
    }
  }
}

Result<bool> PointWriter::take(const Reply& reply, std::string& reason) const {
  if (reply.kind == Reply::Kind::untrusted)
    return fail(ErrorKind::runtime, "cannot reach " + options_.name + ": " + reply.why,
                "use --ca-file to name the PEM file of the authority that signed the server's certificate");
  if (reply.status == 204) return true;
  if (is_about_lines(reply.status)) {
    reason = reply.why;
    return false;
  }
  const std::string what = options_.name + " answered " + reply.why;
  switch (reply.status) {
    case 401:
      return fail(ErrorKind::usage, what + ": it does not accept the token",
                  "name the file of a token with write access: --token-file FILE");
    case 403:
      return fail(ErrorKind::usage, what + ": the token may not write to bucket '" + options_.bucket + "'",
                  "give the token write access to it, or name another one: --bucket NAME");
    case 404:
      return fail(
          ErrorKind::usage,
          what + ": it does not know organisation '" + options_.org + "' or bucket '" + options_.bucket + "'",
          "create the bucket, or name others: --org NAME --bucket NAME");
    default:
      return fail(ErrorKind::runtime, what + ", not 204: this is not the write API of an InfluxDB",
                  "check the address behind --to influx:");
  }
}

Done PointWriter::wait_for_retry(const Reply& reply, http::TryLog& tries) {
  const std::int64_t now_ns = clock_.now_ns();
  const http::FailureKind kind =
      reply.kind == Reply::Kind::network ? http::FailureKind::network : http::FailureKind::answer;
  const std::int64_t asked_ns =
      reply.retry_after.empty() ? -1
                                : http::parse_retry_after(reply.retry_after, clock_.wall_ns()).value_or(-1);
  const http::RetryLimits limits{UINT32_MAX, options_.retry_max_time_ns};
  const auto step = http::next_step(tries, kind, asked_ns, now_ns, limits, backoff_);
  const std::string what = "write to " + options_.name + ": " + reply.why;
  if (!step || step->gives_up || abandoned_)
    return fail(ErrorKind::runtime,
                step && step->gives_up
                    ? fmt::format("{} (it asks to wait {})", what, format_duration(asked_ns))
                    : what,
                "what was not stored is read again after a restart where the source can; --retry-max-time "
                "says how long it is tried");
  const std::int64_t until_ns = now_ns + step->delay_ns;
  waits_.begin(this, {tries.first_try_ns, until_ns, reply.why});
  while (!abandoned_ && clock_.now_ns() < until_ns)
    clock_.sleep_until(std::min(until_ns, clock_.now_ns() + kNap_ns));
  return {};
}

}  // namespace racesim::influx
