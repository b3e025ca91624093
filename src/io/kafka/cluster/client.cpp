#include "io/kafka/cluster/client.h"

#include <syslog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "base/suggest.h"

namespace racesim::kafka {
namespace {

/// Texts of librdkafka are this long at most.
using Text = std::array<char, 512>;

struct KnownProperty {
  std::string name;
  char scope;  ///< 'P' of producers, 'C' of consumers, '*' of both
};

std::vector<KnownProperty> read_property_table() {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* const memory = open_memstream(&text, &size);
  if (memory == nullptr) return {};
  rd_kafka_conf_properties_show(memory);
  std::fclose(memory);
  std::vector<KnownProperty> properties;
  for (std::string_view rest(text, size); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::string_view name = line.substr(0, line.find(' '));
    const std::size_t scope = line.find_first_of("PC*", std::min(line.find('|'), line.size()));
    if (scope != std::string_view::npos && name.find_first_not_of('-') != std::string_view::npos)
      properties.push_back({std::string(name), line[scope]});
  }
  std::free(text);
  return properties;
}

/// All of them, from the table that the library prints; that of a conf lacks the second names.
const std::vector<KnownProperty>& known_properties() {
  static const std::vector<KnownProperty> properties = read_property_table();
  return properties;
}

std::vector<std::string> property_names() {
  std::vector<std::string> names;
  for (const KnownProperty& property : known_properties())
    if (property.name.find('.') != std::string::npos) names.push_back(property.name);
  return names;
}

/// Those of the other kind of client would be ignored, with a warning.
KafkaProperties properties_of(rd_kafka_type_t type, const KafkaProperties& all) {
  const char foreign = type == RD_KAFKA_PRODUCER ? 'C' : 'P';
  KafkaProperties own;
  for (const auto& property : all) {
    const auto& known = known_properties();
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const KnownProperty& k) { return k.name == property.first; });
    if (found == known.end() || found->scope != foreign) own.push_back(property);
  }
  return own;
}

/// Secrets never stand in a message.
bool is_secret(std::string_view key) {
  for (const std::string_view part : {"password", "secret", "ssl.key", "sasl.oauthbearer.config", "jaas"})
    if (key.find(part) != std::string_view::npos) return true;
  return false;
}

Error refused_property(const std::string& key, const std::string& value, rd_kafka_conf_res_t result,
                       const Text& why) {
  const std::string shown = is_secret(key) ? key : key + "=" + value;
  if (result != RD_KAFKA_CONF_UNKNOWN)
    return {ErrorKind::usage, "-X " + shown + ": " + why.data(),
            "see CONFIGURATION.md of librdkafka for its values"};
  const std::string meant = closest(key, property_names());
  return {ErrorKind::usage, "-X " + shown + ": librdkafka has no such property",
          meant.empty() ? "see CONFIGURATION.md of librdkafka" : "did you mean: -X " + meant + "=…"};
}

Result<ConfPtr> make_conf(const KafkaProperties& properties) {
  ConfPtr conf(rd_kafka_conf_new());
  for (const auto& [key, value] : properties) {
    Text why{};
    const rd_kafka_conf_res_t result =
        rd_kafka_conf_set(conf.get(), key.c_str(), value.c_str(), why.data(), why.size());
    if (result != RD_KAFKA_CONF_OK) return tl::make_unexpected(refused_property(key, value, result, why));
  }
  return conf;
}

void keep_log_line(const rd_kafka_t* handle, int level, const char* facility, const char* text) {
  // What the library thinks of its settings is no reason why a broker does not answer.
  if (level > LOG_WARNING || std::string_view(facility) == "CONFWARN") return;
  // "[thrd:…]: " says which of its threads noticed.
  std::string_view line = text;
  while (line.substr(0, 6) == "[thrd:") {
    const std::size_t end = line.find("]: ");
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 3);
  }
  static_cast<LastTrouble*>(rd_kafka_opaque(handle))->set(std::string(line));
}

}  // namespace

Done check_properties(const KafkaProperties& properties) {
  const Result<ConfPtr> conf = make_conf(properties);
  if (!conf) return tl::make_unexpected(conf.error());
  return {};
}

Result<Client> Client::open(rd_kafka_type_t type, const KafkaProperties& properties, int events) {
  if (Done ok = check_properties(properties); !ok) return tl::make_unexpected(ok.error());
  Result<ConfPtr> conf = make_conf(properties_of(type, properties));
  if (!conf) return tl::make_unexpected(conf.error());
  Client client;
  client.trouble_ = std::make_unique<LastTrouble>();
  rd_kafka_conf_set_opaque(conf->get(), client.trouble_.get());
  rd_kafka_conf_set_log_cb(conf->get(), &keep_log_line);
  rd_kafka_conf_set_events(conf->get(), events);
  Text why{};
  client.handle_.reset(rd_kafka_new(type, conf->get(), why.data(), why.size()));
  if (!client.handle_) {
    const rd_kafka_resp_err_t code = rd_kafka_last_error();
    if (code == RD_KAFKA_RESP_ERR__INVALID_ARG)
      return fail(ErrorKind::usage, std::string("the Kafka client's settings: ") + why.data(),
                  "change or leave out the -X properties named");
    return fail(ErrorKind::runtime, std::string("start the Kafka client: ") + why.data(),
                "raise the limits of threads, memory and open files");
  }
  static_cast<void>(conf->release());  // it belongs to the client now
  return client;
}

bool Client::end(int limit_ms) {
  if (!handle_) return true;
  if (rd_kafka_type(handle_.get()) == RD_KAFKA_PRODUCER) {
    handle_.reset();
    return true;
  }
  const auto ended = std::make_shared<std::promise<void>>();
  try {
    std::thread([trouble = std::move(trouble_), handle = std::move(handle_), ended]() mutable {
      handle.reset();
      ended->set_value();
    }).detach();
  } catch (const std::system_error&) {
    return true;  // without a thread it has ended on its way here
  }
  return ended->get_future().wait_for(std::chrono::milliseconds(limit_ms)) == std::future_status::ready;
}

}  // namespace racesim::kafka
