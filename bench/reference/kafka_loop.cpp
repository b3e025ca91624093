// What bench/kafka.py compares racesim with, both on lines that lie ready in memory.
//   kafka_loop sink BROKERS TOPIC FILE         all lines of FILE through racesim's own sink
//   kafka_loop bare BROKERS TOPIC FILE RATE    librdkafka alone, so many lines a second for as long as they
//   last
// Prints one JSON object: events, seconds, and for "bare" the time from due to acknowledged, in milliseconds.
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "io/sinks/kafka.h"

namespace {

using namespace racesim;

constexpr std::size_t kBatchEvents = 16'384;

std::string read_all(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The number behind "car":, which is the key.
std::uint32_t car_of(std::string_view line) {
  const std::size_t at = line.find("\"car\":");
  return at == std::string_view::npos ? 0 : static_cast<std::uint32_t>(std::atoi(line.data() + at + 6));
}

std::vector<SharedBatch> batches_of(const std::string& text) {
  StreamTag tag;
  tag.append_key = [](std::uint32_t entity, std::string& out) { out += std::to_string(entity); };
  const auto tags = std::make_shared<std::vector<StreamTag>>(1, tag);
  std::vector<SharedBatch> batches;
  for (std::size_t at = 0; at < text.size();) {
    auto batch = std::make_shared<WireBatch>();
    batch->streams = tags;
    const std::size_t begin = at;
    while (at < text.size() && batch->size() < kBatchEvents) {
      const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
      EventHead head;
      head.entity = car_of({text.data() + at, end - at});
      batch->heads.push_back(head);
      batch->ends.push_back(static_cast<std::uint32_t>(end - begin));
      at = end;
    }
    batch->text.reserve_more(at - begin);
    std::memcpy(batch->text.data(), text.data() + begin, at - begin);
    batch->text.set_size(at - begin);
    batches.push_back(batch);
  }
  return batches;
}

int through_the_sink(const char* brokers, const char* topic, const std::string& text) {
  const std::vector<SharedBatch> batches = batches_of(text);
  KafkaOptions options;
  options.brokers = brokers;
  DeadLetter dead("/dev/null");
  auto sink = open_kafka_sink(options, {topic}, {}, system_clock(), nullptr, dead);
  if (!sink) {
    std::fprintf(stderr, "%s\n", sink.error().what.c_str());
    return 1;
  }
  const std::int64_t begin_ns = system_clock().now_ns();
  for (const SharedBatch& batch : batches)
    if (!(*sink)->submit(batch, 0, batch->size())) return 1;
  if (!(*sink)->close()) return 1;
  const double seconds = static_cast<double>(system_clock().now_ns() - begin_ns) / 1e9;
  std::printf("{\"events\":%llu,\"seconds\":%.4f}\n",
              static_cast<unsigned long long>((*sink)->counters().acked.load()), seconds);
  return 0;
}

/// Acknowledgement times, written by the thread that polls.
struct Acks {
  std::vector<std::int64_t> lags_ns;
  std::atomic<std::uint64_t> count{0};
};

void note_ack(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto* const acks = static_cast<Acks*>(opaque);
  acks->lags_ns.push_back(system_clock().now_ns() - reinterpret_cast<std::intptr_t>(message->_private));
  acks->count.fetch_add(1);
}

int bare_loop(const char* brokers, const char* topic, const std::string& text, double rate) {
  Acks acks;
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  for (const auto& [key, value] :
       std::vector<std::pair<const char*, const char*>>{{"bootstrap.servers", brokers},
                                                        {"enable.idempotence", "true"},
                                                        {"linger.ms", "5"},
                                                        {"compression.type", "lz4"},
                                                        {"socket.nagle.disable", "true"}})
    rd_kafka_conf_set(conf, key, value, nullptr, 0);
  rd_kafka_conf_set_dr_msg_cb(conf, &note_ack);
  rd_kafka_conf_set_opaque(conf, &acks);
  rd_kafka_t* const producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
  rd_kafka_topic_t* const handle = rd_kafka_topic_new(producer, topic, nullptr);
  const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  acks.lags_ns.reserve(lines);
  std::thread polling([&] {
    while (acks.count.load() < lines) rd_kafka_poll(producer, 10);
  });
  use_tight_timer_slack();
  const std::int64_t begin_ns = system_clock().now_ns() + 500'000'000;  // the connection stands by then
  const char* at = text.data();
  for (std::uint64_t i = 0; i < lines; ++i) {
    const char* const end = static_cast<const char*>(std::memchr(at, '\n', text.data() + text.size() - at));
    const std::int64_t due_ns = begin_ns + static_cast<std::int64_t>(static_cast<double>(i) * 1e9 / rate);
    while (system_clock().now_ns() < due_ns) system_clock().sleep_until(due_ns);
    const std::uint32_t key = car_of({at, static_cast<std::size_t>(end - at)});
    rd_kafka_produce(handle, 0, 0, const_cast<char*>(at), static_cast<std::size_t>(end - at), &key,
                     sizeof key, reinterpret_cast<void*>(static_cast<std::intptr_t>(due_ns)));
    at = end + 1;
  }
  polling.join();
  rd_kafka_topic_destroy(handle);
  rd_kafka_destroy(producer);
  std::sort(acks.lags_ns.begin(), acks.lags_ns.end());
  const auto quantile = [&](double q) {
    return static_cast<double>(acks.lags_ns[static_cast<std::size_t>(q * static_cast<double>(lines - 1))]) /
           1e6;
  };
  std::printf("{\"events\":%llu,\"p50\":%.3f,\"p99\":%.3f}\n", static_cast<unsigned long long>(lines),
              quantile(0.5), quantile(0.99));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  const std::string text = read_all(argv[4]);
  if (std::strcmp(argv[1], "sink") == 0) return through_the_sink(argv[2], argv[3], text);
  return argc < 6 ? 2 : bare_loop(argv[2], argv[3], text, std::atof(argv[5]));
}
