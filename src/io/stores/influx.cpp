#include "io/stores/influx.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "base/quantity.h"
#include "io/dead_letter.h"
#include "io/stores/influx/client.h"
#include "io/stores/influx/point_writer.h"
#include "io/stores/influx/unfit.h"

namespace racesim {
namespace {

using influx::Client;
using influx::ClientOptions;
using influx::PointWriter;
using influx::PointWriterOptions;

constexpr std::int64_t kConnectPause_ns = 250'000'000;

/// As a query of a URL carries it (RFC 3986).
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

struct InfluxSetup {
  std::string name;  ///< "influx:http://localhost:8086"
  ClientOptions client;
};

Result<InfluxSetup> check_influx(const StoreOptions& options) {
  if (options.keep_ns > 0)
    return fail(ErrorKind::usage, "--keep does not apply to influx: a bucket removes what is old by itself",
                "leave out --keep, and set the bucket's retention: influx bucket update --retention 30d");
  for (const StoreTable& table : options.tables)
    if (table.table->replaces)
      return fail(ErrorKind::usage, "influx does not take results of aggregations, which are corrected",
                  "aggregate into sqlite:PATH, postgres:DSN, a file or kafka");
  if (options.org.empty() || options.bucket.empty())
    return fail(ErrorKind::usage, options.org.empty() ? "--org is empty" : "--bucket is empty",
                "name the organisation and the bucket: --org NAME --bucket NAME");
  Result<http::Endpoint> endpoint = http::parse_endpoint(options.target);
  if (!endpoint) {
    Error error = endpoint.error();
    return fail(error.kind, "--to influx: " + error.what, "write an address: influx:http://localhost:8086");
  }
  if (endpoint->target.find('?') != std::string::npos)
    return fail(ErrorKind::usage,
                "--to influx:" + options.target.substr(0, options.target.find('?')) + "?… has a query",
                "give the address alone; organisation and bucket are --org and --bucket");
  InfluxSetup setup;
  std::string& target = endpoint->target;
  while (target.ends_with('/')) target.pop_back();
  setup.name = "influx:" + endpoint->url;
  while (setup.name.ends_with('/')) setup.name.pop_back();
  target += "/api/v2/write?org=" + percent_encoded(options.org) +
            "&bucket=" + percent_encoded(options.bucket) + "&precision=ns";
  if (endpoint->tls) {
    auto tls = http::TlsContext::load(options.ca_file);
    if (!tls) return tl::make_unexpected(tls.error());
    setup.client.tls = std::move(*tls);
  } else if (!options.ca_file.empty()) {
    return fail(ErrorKind::usage, "--ca-file has no effect with " + setup.name, "use an https:// address");
  }
  setup.client.token = options.token;
  setup.client.endpoint = std::move(*endpoint);
  if (const Done ok = DeadLetter(options.dead_letter_path).check(); !ok)
    return tl::make_unexpected(ok.error());
  return setup;
}

class InfluxStore final : public Store {
 public:
  InfluxStore(InfluxSetup setup, const StoreOptions& options)
      : name_(std::move(setup.name)),
        clock_(options.clock != nullptr ? *options.clock : system_clock()),
        to_lines_(options.to_lines),
        dead_letter_(options.dead_letter_path),
        client_(std::move(setup.client), clock_),
        writer_(writer_options(name_, options), client_, clock_, waits_) {}

  /// Errors once the server could not be reached for so long.
  Done reach(std::int64_t grace_ns);

  std::string name() const override { return name_; }
  Result<std::vector<LanePosition>> positions(std::string_view) override {
    return std::vector<LanePosition>();
  }
  Done begin() override {
    rollback();
    refused_.clear();
    return {};
  }
  Result<Appended> append(const StoreTable& table, const RowBatch& rows, std::span<Fate> fates) override;
  void find_unfit(const StoreTable& table, const RowBatch& rows,
                  std::vector<RecordFate>& out) const override {
    influx::find_unfit(table, rows, out);
  }
  Done add_dead_letters(std::span<const DeadRecord> records) override {
    for (const DeadRecord& record : records) append_dead_record(record, dead_lines_);
    dead_count_ += records.size();
    return {};
  }
  Result<bool> advance(const LanePosition&, const LanePosition&) override { return true; }
  Done commit() override;
  void rollback() override;
  std::span<const RefusedRow> refused() const override { return refused_; }
  /// commit() has tried for as long as it is worth.
  bool worth_retrying() const override { return false; }
  bool is_exact() const override { return false; }
  void abandon() override {
    writer_.abandon();
    client_.interrupt();
  }
  Done close() override { return dead_letter_.close(); }
  const WaitNote* wait() const override { return &waits_; }

 private:
  static PointWriterOptions writer_options(const std::string& name, const StoreOptions& options) {
    PointWriterOptions writer;
    writer.name = name;
    writer.org = options.org;
    writer.bucket = options.bucket;
    writer.retry_max_time_ns = options.retry_max_ns;
    return writer;
  }
  Done write_points();
  Done write_dead_letters();

  const std::string name_;
  Clock& clock_;
  const std::function<Result<RowsToLines>(const StoreTable&)> to_lines_;
  DeadLetter dead_letter_;
  WaitNote waits_;
  Client client_;
  PointWriter writer_;
  std::map<const TableInfo*, RowsToLines> encoders_;
  // Of the transaction:
  WireBatch points_;
  std::vector<std::size_t> append_ends_;  ///< number of points behind each append()
  std::string dead_lines_;
  std::size_t dead_count_ = 0;
  std::vector<RefusedRow> refused_;
};

Done InfluxStore::reach(std::int64_t grace_ns) {
  const std::int64_t give_up_ns = clock_.now_ns() + grace_ns;
  for (;;) {
    const influx::Reply reply = client_.connect();
    if (reply.kind == influx::Reply::Kind::answered) return {};
    const std::int64_t next_ns = clock_.now_ns() + kConnectPause_ns;
    const bool untrusted = reply.kind == influx::Reply::Kind::untrusted;
    if (untrusted || next_ns > give_up_ns)
      return fail(ErrorKind::runtime, "cannot reach " + name_ + ": " + reply.why,
                  untrusted
                      ? "use --ca-file to name the PEM file of the authority that signed the server's "
                        "certificate"
                      : fmt::format("tried for {}; start the server or name another one: --to influx:URL",
                                    format_duration(grace_ns)));
    while (clock_.now_ns() < next_ns) clock_.sleep_until(next_ns);
  }
}

Result<Appended> InfluxStore::append(const StoreTable& table, const RowBatch& rows, std::span<Fate> fates) {
  const auto [at, is_new] = encoders_.try_emplace(table.table);
  if (is_new) {
    Result<RowsToLines> encoder = to_lines_(table);
    if (!encoder) return tl::make_unexpected(encoder.error());
    at->second = std::move(*encoder);
  }
  at->second(rows, points_);
  append_ends_.push_back(points_.size());
  for (Fate& fate : fates) fate = Fate::stored;
  Appended appended;
  appended.stored = rows.size();  // which of them were there already nobody knows
  return appended;
}

void InfluxStore::rollback() {
  points_.clear();
  append_ends_.clear();
  dead_lines_.clear();
  dead_count_ = 0;
}

Done InfluxStore::commit() {
  Done ok = write_points();
  // Last: a transaction that is done again must not leave its dead letters twice.
  if (ok) ok = write_dead_letters();
  rollback();
  return ok;
}

Done InfluxStore::write_points() {
  std::vector<influx::RefusedLine> refused;
  if (Done ok = writer_.write({points_.text.view(), points_.ends}, refused); !ok) return ok;
  std::size_t append = 0;
  for (influx::RefusedLine& line : refused) {
    while (append_ends_[append] <= line.line) ++append;
    const std::size_t first = append == 0 ? 0 : append_ends_[append - 1];
    refused_.push_back({static_cast<std::uint32_t>(append), static_cast<std::uint32_t>(line.line - first),
                        std::move(line.reason)});
  }
  return {};
}

Done InfluxStore::write_dead_letters() {
  if (dead_count_ == 0) return {};
  dead_letter_.add_lines(dead_lines_, dead_count_);
  return dead_letter_.sync();
}

}  // namespace

Result<std::unique_ptr<Store>> open_influx(const StoreOptions& options) {
  Result<InfluxSetup> setup = check_influx(options);
  if (!setup) return tl::make_unexpected(setup.error());
  try {
    auto store = std::make_unique<InfluxStore>(std::move(*setup), options);
    if (Done ok = store->reach(options.connect_grace_ns); !ok) return tl::make_unexpected(ok.error());
    return store;
  } catch (const std::exception& e) {
    return fail(ErrorKind::runtime, std::string("start the influx store: ") + e.what(),
                "raise the limits of threads and open files");
  }
}

Result<std::string> plan_influx(const StoreOptions& options) {
  const Result<InfluxSetup> setup = check_influx(options);
  if (!setup) return tl::make_unexpected(setup.error());
  std::string text = fmt::format("bucket '{}' of organisation '{}', one measurement per kind of event\n",
                                 options.bucket, options.org);
  for (const StoreTable& table : options.tables)
    if (!table.table->time.empty()) text += fmt::format("  {}\n", table.table->name);
  return text;
}

}  // namespace racesim
