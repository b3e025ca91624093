// Owners of librdkafka's objects, and clients made from properties.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "io/sinks/kafka_options.h"

namespace racesim::kafka {

template <auto kDestroy>
struct Destroy {
  template <class T>
  void operator()(T* object) const {
    kDestroy(object);
  }
};
using EventPtr = std::unique_ptr<rd_kafka_event_t, Destroy<&rd_kafka_event_destroy>>;
using QueuePtr = std::unique_ptr<rd_kafka_queue_t, Destroy<&rd_kafka_queue_destroy>>;
using TopicPtr = std::unique_ptr<rd_kafka_topic_t, Destroy<&rd_kafka_topic_destroy>>;
using ConfPtr = std::unique_ptr<rd_kafka_conf_t, Destroy<&rd_kafka_conf_destroy>>;
using HandlePtr = std::unique_ptr<rd_kafka_t, Destroy<&rd_kafka_destroy>>;

/// The last trouble that the library told of. Any thread.
class LastTrouble {
 public:
  void set(std::string text) {
    const std::scoped_lock lock(mutex_);
    text_ = std::move(text);
  }
  std::string get() const {
    const std::scoped_lock lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// A client of librdkafka. Its log goes to trouble() instead of standard error.
class Client {
 public:
  /// `events`: the RD_KAFKA_EVENT_… bits that are served from the main queue. Properties of the other type of
  /// client are left out. Errors: usage for a property
  /// that is unknown or has a wrong value, runtime if the system has no threads left.
  static Result<Client> open(rd_kafka_type_t type, const KafkaProperties& properties, int events);
  ~Client() { end(kEnd_ms); }
  Client(Client&&) = default;
  Client& operator=(Client&&) = default;

  /// Ends the client. Consumers within `limit_ms`: once a partition that was read has vanished, the library
  /// (before 2.6.1) never comes back from this; then it is left behind with its threads, and this is false.
  bool end(int limit_ms);
  rd_kafka_t* get() const { return handle_.get(); }
  /// What went wrong last, as a part of a sentence; may be empty.
  std::string trouble() const { return trouble_->get(); }
  void note_trouble(std::string text) { trouble_->set(std::move(text)); }

 private:
  Client() = default;
  static constexpr int kEnd_ms = 5'000;

  std::unique_ptr<LastTrouble> trouble_;  // before the handle, whose threads write to it
  HandlePtr handle_;
};

/// Refuses (usage) an unknown property or a wrong value, and names the nearest known one. Connects nowhere.
Done check_properties(const KafkaProperties& properties);

}  // namespace racesim::kafka
