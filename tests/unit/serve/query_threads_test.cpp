// Goal: a question whose client has left, or that is given up otherwise, ends early and keeps no thread, and
// one whose client waits goes on. Method: a store whose answers come only when the test says so; requests
// over real connections that are ended in all the ways there are. What is counted are the store's steps.
#include "serve/gateway/query_threads.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "gateway_world.h"
#include "io/http/server/server.h"
#include "serve/gateway/rest_routes.h"
#include "support/raw_client.h"

namespace racesim::serve {
namespace {

/// What the readers of the test do and have done.
struct SlowStore {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_endless = true;
  int selects = 0, under_way = 0, cancelled = 0;

  /// Until that holds; time only guards against hanging.
  template <class Holds>
  void wait(Holds holds) {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(30), holds));
  }
  void wait_for_select(int number) {
    wait([&] { return selects >= number && under_way > 0; });
  }
  void wait_for_end() {
    wait([&] { return under_way == 0; });
  }
  void finish() {
    const std::lock_guard lock(mutex);
    is_endless = false;
    changed.notify_all();
  }
};

SlowStore* slow_store = nullptr;

class SlowReader final : public HistoryReader {
 public:
  SqlDialect dialect() const override { return SqlDialect::sqlite; }
  Done begin(std::int64_t) override {
    const std::lock_guard lock(slow_store->mutex);
    is_cancelled_ = false;
    return {};
  }
  void end() override {}
  Done select(const std::string&, const std::function<bool(const SelectedRow&)>&) override {
    std::unique_lock lock(slow_store->mutex);
    ++slow_store->selects;
    ++slow_store->under_way;
    slow_store->changed.notify_all();
    slow_store->changed.wait_for(lock, std::chrono::seconds(30),
                                 [&] { return is_cancelled_ || !slow_store->is_endless; });
    --slow_store->under_way;
    slow_store->cancelled += is_cancelled_ ? 1 : 0;
    slow_store->changed.notify_all();
    return is_cancelled_ ? Done(fail(ErrorKind::usage, "cancelled")) : Done();
  }
  Result<bool> has_table(std::string_view) override { return true; }
  std::string time_text(std::string_view column, const FieldInfo&) const override {
    return std::string(column);
  }
  std::string rows_between(const RollupPlan&, std::span<const std::string>, std::int64_t, std::int64_t,
                           const std::string&) const override {
    return {};
  }
  void cancel() override {
    const std::lock_guard lock(slow_store->mutex);
    is_cancelled_ = true;
    slow_store->changed.notify_all();
  }

 private:
  bool is_cancelled_ = false;
};

class QueryThreadsTest : public testing::Test {
 protected:
  QueryThreadsTest() {
    slow_store = &store_;
    info_.make_history = [](const StoreOptions&) -> std::unique_ptr<HistoryReader> {
      return std::make_unique<SlowReader>();
    };
    HistoryOptions options;
    options.store = &info_;
    queries_ = std::make_unique<QueryThreads>(world_.parts(), options, QueryLimits{.threads = 1});
    http::ServerOptions server;
    server.limits.linger_ns = 40'000'000;  // and with it the tick in which clients are looked after
    server_ = std::make_unique<http::Server>(rest_routes(*queries_), server);
    EXPECT_TRUE(server_->listen("127.0.0.1:0"));
    const std::string url = server_->url();
    port_ = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }
  ~QueryThreadsTest() override {
    store_.finish();
    queries_->close();
    server_->close();
  }

  static std::string request(const std::string& headers = {}) {
    return "GET /api/v1/runs HTTP/1.1\r\nHost: here\r\n" + headers + "\r\n";
  }
  /// The only thread answers again.
  void expect_answers() {
    store_.finish();
    const test::RawClient client(port_);
    ASSERT_TRUE(client.send(request()));
    EXPECT_EQ(const_cast<test::RawClient&>(client).answer().body, "{\"items\":[]}\n");
  }

  SlowStore store_;
  StoreInfo info_{};
  GatewayWorld world_;
  std::unique_ptr<QueryThreads> queries_;
  std::unique_ptr<http::Server> server_;
  std::uint16_t port_ = 0;
};

TEST_F(QueryThreadsTest, EndWithTheClientThatHangsUp) {
  for (const char* headers : {"", "Connection: close\r\n"}) {
    const int before = store_.selects;
    test::RawClient client(port_);
    ASSERT_TRUE(client.send(request(headers)));
    store_.wait_for_select(before + 1);
    client.hang_up();
    store_.wait_for_end();
    EXPECT_EQ(store_.selects, before + 1);
    EXPECT_EQ(store_.cancelled, before + 1);
  }
  expect_answers();
}

TEST_F(QueryThreadsTest, EndWithTheClientThatResets) {
  test::RawClient client(port_);
  ASSERT_TRUE(client.send(request()));
  store_.wait_for_select(1);
  client.reset();
  store_.wait_for_end();
  EXPECT_EQ(store_.cancelled, 1);
  expect_answers();
}

TEST_F(QueryThreadsTest, GoOnForAClientThatOnlySendsNoMore) {
  test::RawClient client(port_);
  ASSERT_TRUE(client.send(request()));
  store_.wait_for_select(1);
  client.end_sending();
  EXPECT_EQ(client.answer().status, 102) << "which it passes over";
  store_.finish();
  EXPECT_EQ(client.answer().body, "{\"items\":[]}\n");
  EXPECT_EQ(store_.cancelled, 0);
}

TEST_F(QueryThreadsTest, AskTheStoreNothingMoreOnceGivenUp) {
  const auto ask_twice = [](const Resolvers& resolvers) {
    for (int i = 0; i < 2; ++i) EXPECT_FALSE(resolvers.runs(Subject::any, nullptr, 1));
  };
  const auto first = queries_->ask(ask_twice), second = queries_->ask(ask_twice);
  ASSERT_TRUE(first && second);
  store_.wait_for_select(1);
  queries_->give_up(*second);  // while it waits
  queries_->give_up(*first);
  store_.wait_for_end();
  queries_->give_up(*first);  // which is over, or nearly
  expect_answers();
  EXPECT_EQ(store_.selects, 2) << "the one that was cancelled, and the last one";
}

TEST_F(QueryThreadsTest, EndWithTheService) {
  ASSERT_TRUE(queries_->ask([](const Resolvers& resolvers) {
    for (int i = 0; i < 2; ++i) EXPECT_FALSE(resolvers.runs(Subject::any, nullptr, 1));
  }));
  store_.wait_for_select(1);
  queries_->close();
  EXPECT_EQ(store_.selects, 1);
  EXPECT_EQ(store_.cancelled, 1);
  EXPECT_FALSE(queries_->ask([](const Resolvers&) {}));
}

TEST_F(QueryThreadsTest, HaveOneLimitForAllThatAQuestionAsks) {
  store_.finish();
  HistoryOptions options;
  options.store = &info_;
  options.limit_ms = 0;
  History history(options);
  EXPECT_TRUE(history.runs("", 1)) << "the limit of one call is the reader's";
  history.begin_question();
  const auto late = history.runs("", 1);
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().what.find("took longer than 0 ms"), std::string::npos);
  EXPECT_EQ(store_.selects, 1);
}

}  // namespace
}  // namespace racesim::serve
