// Goal: the bytes of a POST are exactly what the options say, and the queue gives events back in order.
// Method: whole requests compared with literals; the queue against a plain list over seeded random steps.
#include "io/http/request.h"

#include <gtest/gtest.h>

#include <deque>

#include "base/random.h"
#include "http_support.h"
#include "support/wire_batches.h"

namespace racesim::http {
namespace {

using test::event_id_of;
using test::make_plays;

Endpoint endpoint() {
  return *parse_endpoint("http://receiver.example:8000/play");
}

std::string written(const HttpOptions& options, const EventQueue& queue, std::size_t count,
                    const std::string& token = {}) {
  std::string request = "left over";
  const std::size_t body = RequestWriter(endpoint(), options, token).write(queue, count, request);
  const std::size_t end = request.find("\r\n\r\n");
  EXPECT_EQ(request.size() - end - 4, body);
  EXPECT_NE(request.find("Content-Length: " + std::to_string(body) + "\r\n"), std::string::npos);
  return request;
}

std::string body_of(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

TEST(HttpRequest, CarriesOneEvent) {
  EventQueue queue;
  queue.push(EventGroup::range(test::make_batch({"{\"a\":1}", "{\"a\":2}"}), 0, 2));
  HttpOptions options;
  EXPECT_EQ(written(options, queue, 1, "tok"),
            "POST /play HTTP/1.1\r\nHost: receiver.example:8000\r\nUser-Agent: racesim\r\nAccept: "
            "*/*\r\nAccept-Encoding: identity\r\n"
            "Content-Type: application/json\r\nAuthorization: Bearer tok\r\n"
            "Idempotency-Key: 00000000-0-0\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
}

TEST(HttpRequest, CarriesArrays) {
  EventQueue queue;
  queue.push(EventGroup::range(test::make_batch({"1", "22", "333"}), 0, 3));
  HttpOptions options;
  options.batch = 10;
  EXPECT_EQ(body_of(written(options, queue, 3)), "[1,22,333]");
  EXPECT_EQ(body_of(written(options, queue, 1)), "[1]");
  EXPECT_NE(written(options, queue, 3).find("Idempotency-Key: 00000000-0-0-00000000-0-2\r\n"),
            std::string::npos);
}

TEST(HttpRequest, CarriesLinesOfOtherFormats) {
  EventQueue queue;
  queue.push(EventGroup::range(test::make_batch({"a,1", "b,2"}), 0, 2));
  HttpOptions options;
  options.content_type = "text/csv";
  EXPECT_EQ(body_of(written(options, queue, 1)), "a,1");
  options.batch = 2;
  EXPECT_EQ(body_of(written(options, queue, 2)), "a,1\nb,2\n");
}

TEST(HttpRequest, KeysAreIdsOfTheLine) {
  EventQueue queue;
  queue.push(EventGroup::chosen(make_plays(10, 3), {1, 4, 7}));
  std::string key;
  append_idempotency_key(queue, 1, key);
  EXPECT_EQ(key, event_id_of(1));
  key.clear();
  append_idempotency_key(queue, 3, key);
  EXPECT_EQ(key, event_id_of(1) + "-" + event_id_of(7));
}

TEST(HttpRequest, AKeyCannotEndItsHeader) {
  auto batch = std::make_shared<WireBatch>();
  const std::string text = "a\r\nB: c\n";
  batch->text.reserve_more(text.size());
  text.copy(batch->text.data(), text.size());
  batch->text.set_size(text.size());
  batch->ends = {static_cast<std::uint32_t>(text.size())};
  batch->heads.resize(1);
  batch->streams = std::make_shared<std::vector<StreamTag>>(1, StreamTag{"plays", "song-plays", {0, 20}});
  EventQueue queue;
  queue.push(EventGroup::range(batch, 0, 1));
  std::string key;
  append_idempotency_key(queue, 1, key);
  EXPECT_EQ(key, "a__B:_c_");
}

TEST(HttpEventQueue, AgreesWithAPlainList) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const StreamKey key = stream_key(seed, "queue", 0);
    std::uint64_t draws = 0;
    const auto roll = [&](std::uint64_t n) { return below(draw(key, draws++), n); };
    EventQueue queue, other;
    std::deque<std::uint64_t> list, other_list;
    std::uint64_t ordinal = 0;
    for (int step = 0; step < 100; ++step) {
      const SharedBatch batch = make_plays(20, 5, ordinal);
      switch (roll(4)) {
        case 0: {
          const std::uint64_t first = roll(20), last = first + roll(20 - first);
          queue.push(EventGroup::range(batch, first, last));
          for (std::uint64_t i = first; i < last; ++i) list.push_back(ordinal + i);
          break;
        }
        case 1: {
          std::vector<std::uint32_t> picks;
          for (std::uint32_t i = 0; i < 20; ++i)
            if (roll(3) == 0) picks.push_back(i);
          for (const std::uint32_t i : picks) list.push_back(ordinal + i);
          queue.push(EventGroup::chosen(batch, picks));
          break;
        }
        case 2: {
          const std::uint64_t count = roll(list.size() + 1);
          queue.pop(count);
          list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(count));
          break;
        }
        default: {
          const std::uint64_t count = roll(30);
          queue.give(count, other);
          for (std::uint64_t i = 0; i < count && !list.empty(); ++i) {
            other_list.push_back(list.front());
            list.pop_front();
          }
        }
      }
      ordinal += 20;
      const auto content = [](const EventQueue& from, std::size_t count) {
        std::deque<std::uint64_t> found;
        from.for_first(count,
                       [&](const WireBatch& b, std::size_t i) { found.push_back(b.first_ordinal + i); });
        return found;
      };
      ASSERT_EQ(queue.size(), list.size());
      ASSERT_EQ(content(queue, SIZE_MAX), list);
      ASSERT_EQ(content(other, SIZE_MAX), other_list);
      ASSERT_EQ(content(queue, 3).size(), std::min<std::size_t>(3, list.size()));
    }
  }
}

}  // namespace
}  // namespace racesim::http
