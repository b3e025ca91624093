// Goal: what the InfluxDB store sends is what the v2 API asks for, and whatever the server and the connection
// do, each row is there, or a refused row, or the commit fails. Method: a scripted server that takes bodies
// apart; rows of a small schema written as "m v=N" by the test, so that no other part of racesim is judged.
#include "io/stores/influx.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <map>
#include <set>

#include "support/fake_clock.h"
#include "support/scratch_dir.h"
#include "support/scripted_server.h"

namespace racesim {
namespace {

using namespace test;

struct SampleRow {
  std::uint64_t number;
  TimeMs time;
  std::int64_t mass_g;
  Text place;
  Text note;
};

}  // namespace

template <>
struct Schema<SampleRow> {
  static constexpr std::string_view name = "samples";
  static constexpr int version = 1;
  static constexpr auto fields =
      std::make_tuple(field("number", &SampleRow::number), field("time", &SampleRow::time),
                      field("mass_kg", &SampleRow::mass_g, 3), field("place", &SampleRow::place),
                      field("note", &SampleRow::note));
};

namespace {

constexpr std::string_view kPlace[] = {"place"};
const TableInfo kSamples{.name = "samples", .key = {kPlace, "number"}, .time = "time"};
const TableInfo kTimeless{.name = "samples", .key = {kPlace, "number"}};
const TableInfo kResults{.name = "results", .key = {kPlace, "number"}, .time = "time", .replaces = true};
const StoreTable kTable{&schema_info<SampleRow>(), &kSamples, "samples", {}};

std::string unzipped(const std::string& body) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  inflateEnd(&stream);
  return out;
}

Result<RowsToLines> lines_of(const StoreTable&) {
  return [](const RowBatch& rows, WireBatch& out) {
    for (const SampleRow& row : rows.rows<SampleRow>()) {
      const std::string line = "m v=" + std::to_string(row.number) + "\n";
      out.text.reserve_more(line.size());
      line.copy(out.text.data() + out.text.size(), line.size());
      out.text.set_size(out.text.size() + line.size());
      out.ends.push_back(static_cast<std::uint32_t>(out.text.size()));
      out.heads.emplace_back();
    }
  };
}

RowBatch numbers(std::uint64_t first, std::size_t count) {
  RowBatch rows(schema_info<SampleRow>());
  rows.resize(count);
  for (std::size_t i = 0; i < count; ++i) rows.rows<SampleRow>()[i] = SampleRow{first + i, {}, 0, {}, {}};
  return rows;
}

std::string v(std::uint64_t number) {
  return "m v=" + std::to_string(number) + "\n";
}

class InfluxStoreTest : public testing::Test {
 protected:
  StoreOptions options() {
    StoreOptions o;
    o.target = "http://127.0.0.1:" + std::to_string(server_ ? server_->port() : 1);
    o.org = "my club";
    o.bucket = "races&laps";
    o.token = "s3cret==";
    o.dead_letter_path = dead_path();
    o.to_lines = &lines_of;
    o.connect_grace_ns = 0;
    o.clock = &clock_;
    return o;
  }
  std::string dead_path() { return dir_ / "dead.ndjson"; }
  void serve(ScriptedServer::Script script) { server_.emplace(std::move(script)); }
  std::unique_ptr<Store> open() {
    auto store = open_influx(options());
    EXPECT_TRUE(store.has_value()) << (store ? "" : store.error().what);
    return store ? std::move(*store) : nullptr;
  }
  /// Writes them in one transaction.
  Done write(Store& store, std::uint64_t first, std::size_t count) {
    EXPECT_TRUE(store.begin().has_value());
    const RowBatch rows = numbers(first, count);
    const auto appended = store.append(kTable, rows, {});
    EXPECT_EQ(appended->stored, count);
    return store.commit();
  }

  ScratchDir dir_;
  FakeClock clock_;
  std::optional<ScriptedServer> server_;
};

TEST_F(InfluxStoreTest, PostsGzippedLinesAsTheApiAsks) {
  serve([](const ServedRequest&) { return no_content(); });
  const auto store = open();
  EXPECT_EQ(store->name(), "influx:http://127.0.0.1:" + std::to_string(server_->port()));
  EXPECT_FALSE(store->is_exact());
  EXPECT_TRUE(store->positions("kafka x")->empty());
  ASSERT_TRUE(write(*store, 1, 3).has_value());
  ASSERT_TRUE(write(*store, 4, 1).has_value());
  const std::vector<ServedRequest> requests = server_->requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(server_->connections(), 1U);
  EXPECT_TRUE(requests[0].head.starts_with(
      "POST /api/v2/write?org=my%20club&bucket=races%26laps&precision=ns HTTP/1.1\r\n"))
      << requests[0].head;
  EXPECT_EQ(requests[0].header("Authorization"), "Token s3cret==");
  EXPECT_EQ(requests[0].header("Content-Encoding"), "gzip");
  EXPECT_EQ(requests[0].header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(unzipped(requests[0].body), v(1) + v(2) + v(3));
  EXPECT_EQ(unzipped(requests[1].body), v(4));
  EXPECT_TRUE(store->begin().has_value());
  EXPECT_TRUE(store->commit().has_value());
  EXPECT_EQ(server_->requests().size(), 2U) << "nothing to say, and said";
}

TEST_F(InfluxStoreTest, ForgetsWhatIsRolledBack) {
  serve([](const ServedRequest&) { return no_content(); });
  const auto store = open();
  ASSERT_TRUE(store->begin().has_value());
  const RowBatch rows = numbers(1, 5);
  static_cast<void>(store->append(kTable, rows, {}));
  const DeadRecord dead{"stdin", "", 7, "no JSON", "{"};
  static_cast<void>(store->add_dead_letters({&dead, 1}));
  store->rollback();
  ASSERT_TRUE(write(*store, 9, 1).has_value());
  EXPECT_EQ(unzipped(server_->requests().back().body), v(9));
  EXPECT_FALSE(std::filesystem::exists(dead_path()));
}

TEST_F(InfluxStoreTest, SaysWhichRowsTheServerRefused) {
  std::set<std::string> stored;
  serve([&](const ServedRequest& request) {
    const std::string body = unzipped(request.body);
    if (body.find(v(13)) != std::string::npos || body.find(v(21)) != std::string::npos)
      return reply(422, "Content-Type: application/json\r\n", R"({"message":"v: field type conflict"})");
    stored.insert(body);
    return no_content();
  });
  const auto store = open();
  ASSERT_TRUE(store->begin().has_value());
  const RowBatch first = numbers(10, 8), second = numbers(18, 4);
  static_cast<void>(store->append(kTable, first, {}));
  static_cast<void>(store->append(kTable, second, {}));
  ASSERT_TRUE(store->commit().has_value());
  ASSERT_EQ(store->refused().size(), 2U);
  EXPECT_EQ(store->refused()[0].append, 0U);
  EXPECT_EQ(store->refused()[0].row, 3U);
  EXPECT_EQ(store->refused()[0].reason, R"(HTTP 422: {"message":"v: field type conflict"})");
  EXPECT_EQ(store->refused()[1].append, 1U);
  EXPECT_EQ(store->refused()[1].row, 3U);
  std::string all;
  for (const std::string& body : stored) all += body;
  for (std::uint64_t n = 10; n < 22; ++n)
    EXPECT_EQ(all.find(v(n)) != std::string::npos, n != 13 && n != 21) << n;
  ASSERT_TRUE(store->begin().has_value());
  EXPECT_TRUE(store->refused().empty());
}

TEST_F(InfluxStoreTest, KeepsDeadLettersInAFile) {
  serve([](const ServedRequest&) { return no_content(); });
  const auto store = open();
  ASSERT_TRUE(store->begin().has_value());
  const DeadRecord dead[] = {{"kafka c1 plays", "2", 41, "no \"JSON\"", "{\"a\":\n"},
                             {"kafka c1 plays", "2", 42, "not UTF-8", "\xff\xfe"}};
  ASSERT_TRUE(store->add_dead_letters(dead).has_value());
  ASSERT_TRUE(store->commit().has_value());
  const std::string file = read_file(dead_path());
  EXPECT_EQ(file,
            R"({"source":"kafka c1 plays","lane":"2","offset":41,"reason":"no \"JSON\"","raw":"{\"a\":\n"})"
            "\n"
            R"({"source":"kafka c1 plays","lane":"2","offset":42,"reason":"not UTF-8","raw_base64":"//4="})"
            "\n");
}

TEST_F(InfluxStoreTest, TriesAgainWhateverTheConnectionDoes) {
  // Each request fails once: before the answer, in the middle of it, by reset, with an answer that says wait.
  const std::vector<Reply> failures{
      {"", Reply::Then::close},
      {"", Reply::Then::reset},
      {"HTTP/1.1 204 No", Reply::Then::close},
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Reply::Then::close},
      {"no HTTP at all\r\n\r\n", Reply::Then::close},
      reply(429, "Retry-After: 3\r\n"),
      reply(503, "Retry-After: Mon, 01 Jan 2024 00:00:30 GMT\r\n", "soon"),
      reply(500),
      reply(408, "Connection: close\r\n"),
  };
  std::multiset<std::string> taken;
  serve([&](const ServedRequest& request) {
    const std::size_t turn = request.number / 2;
    if (request.number % 2 == 0 && turn < failures.size()) return failures[turn];
    taken.insert(unzipped(request.body));
    return no_content();
  });
  const auto store = open();
  std::multiset<std::string> expected;
  for (std::uint64_t n = 0; n < failures.size(); ++n) {
    ASSERT_TRUE(write(*store, n, 1).has_value()) << n;
    expected.insert(v(n));
  }
  EXPECT_EQ(taken, expected);
  EXPECT_EQ(store->wait()->longest(), std::nullopt);
}

// The answer of a server that took the points may be lost: they are sent again, and are the same points.
TEST_F(InfluxStoreTest, SendsAgainWhatWasTakenWithoutAnAnswer) {
  std::map<std::string, int> taken;
  serve([&](const ServedRequest& request) {
    ++taken[unzipped(request.body)];
    return request.number == 0 ? Reply{"", Reply::Then::reset} : no_content();
  });
  const auto store = open();
  ASSERT_TRUE(write(*store, 5, 2).has_value());
  EXPECT_EQ(taken, (std::map<std::string, int>{{v(5) + v(6), 2}}));
}

TEST_F(InfluxStoreTest, OpensANewConnectionWhereTheServerHasClosedTheOld) {
  serve([](const ServedRequest&) { return Reply{"HTTP/1.1 204 No Content\r\n\r\n", Reply::Then::close}; });
  const auto store = open();
  for (std::uint64_t n = 0; n < 5; ++n) ASSERT_TRUE(write(*store, n, 1).has_value());
  EXPECT_EQ(server_->requests().size(), 5U);
  EXPECT_EQ(clock_.sleeps(), 0U) << "a connection that was idle is no reason to wait";
}

TEST_F(InfluxStoreTest, FailsTheCommitThatTheServerForbids) {
  serve([](const ServedRequest&) { return reply(401, "", R"({"code":"unauthorized"})"); });
  const auto store = open();
  const Done done = write(*store, 1, 10);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::usage);
  EXPECT_FALSE(store->worth_retrying());
  EXPECT_EQ(done.error().what.find("s3cret"), std::string::npos) << done.error().what;
  EXPECT_EQ((done.error().what + done.error().hint).find("s3cret"), std::string::npos);
}

TEST_F(InfluxStoreTest, RefusesWhatItCannotDo) {
  serve([](const ServedRequest&) { return no_content(); });
  const auto refused = [&](const std::function<void(StoreOptions&)>& change) {
    StoreOptions o = options();
    change(o);
    const auto plan = plan_influx(o);
    const auto store = open_influx(o);
    EXPECT_FALSE(plan.has_value() || store.has_value());
    if (plan || store) return std::string();
    EXPECT_EQ(plan.error().what, store.error().what);
    EXPECT_EQ(plan.error().kind, ErrorKind::usage);
    return plan.error().what;
  };
  EXPECT_EQ(refused([](StoreOptions& o) { o.keep_ns = 1; }),
            "--keep does not apply to influx: a bucket removes what is old by itself");
  EXPECT_EQ(refused([](StoreOptions& o) {
              o.tables.push_back({kTable.schema, &kResults, {}, {}});
            }),
            "influx does not take results of aggregations, which are corrected");
  EXPECT_EQ(refused([](StoreOptions& o) { o.org = ""; }), "--org is empty");
  EXPECT_EQ(refused([](StoreOptions& o) { o.bucket = ""; }), "--bucket is empty");
  EXPECT_EQ(refused([](StoreOptions& o) { o.target = "http://db/?org=x"; }),
            "--to influx:http://db/?… has a query");
  EXPECT_NE(refused([](StoreOptions& o) { o.target = "db:8086"; }).find("--to influx: "), std::string::npos);
  EXPECT_NE(refused([](StoreOptions& o) { o.ca_file = "ca.pem"; }).find("--ca-file has no effect"),
            std::string::npos);
  EXPECT_TRUE(plan_influx(options()).has_value());
  EXPECT_TRUE(server_->requests().empty());
}

TEST_F(InfluxStoreTest, SaysThatNobodyIsThere) {
  StoreOptions o = options();
  std::uint16_t port = 0;
  close(listen_on("127.0.0.1", port));
  o.target = "http://127.0.0.1:" + std::to_string(port);
  o.connect_grace_ns = 3 * kSecond;
  const auto store = open_influx(o);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().what, "cannot reach influx:" + o.target + ": connect: Connection refused");
  EXPECT_EQ(store.error().hint, "tried for 3s; start the server or name another one: --to influx:URL");
}

TEST_F(InfluxStoreTest, NamesTheRowsThatItCannotKeepExactly) {
  serve([](const ServedRequest&) { return no_content(); });
  const auto store = open();
  RowBatch rows = numbers(0, 9);
  const auto row = rows.rows<SampleRow>();
  row[1].number = std::uint64_t{1} << 63;
  row[2].mass_g = 1'000'000'000'000'000;
  row[3].mass_g = 999'999'999'999'999;
  row[4].place = rows.add_text("a\\b");
  row[5].place = rows.add_text("a b,c=d");
  row[6].note = rows.add_text("a\nb");
  row[7].note = rows.add_text("a\\b\"");
  row[8].time.ms = 9'300'000'000'000;
  std::vector<RecordFate> unfit;
  store->find_unfit(kTable, rows, unfit);
  std::map<std::uint32_t, std::string> reasons;
  for (const RecordFate& fate : unfit) reasons[fate.index] = fate.reason;
  EXPECT_EQ(reasons, (std::map<std::uint32_t, std::string>{
                         {1, "number is beyond InfluxDB's whole numbers of 64 bits"},
                         {2, "mass_kg has more than the 15 digits that InfluxDB's numbers keep"},
                         {4, "place holds a backslash, which no tag can"},
                         {6, "note holds a line end, which no point can"},
                         {8, "time is not within the years 1678 to 2261"}}));
  unfit.clear();
  store->find_unfit({&schema_info<SampleRow>(), &kTimeless, "samples", {}}, numbers(0, 2), unfit);
  ASSERT_EQ(unfit.size(), 2U);
  EXPECT_EQ(unfit[0].reason, "InfluxDB keeps events only: samples have no time");
}

}  // namespace
}  // namespace racesim
