#include "io/kafka/cluster/greeting.h"

#include <fmt/format.h>

namespace racesim::kafka {
namespace {

/// Between two looks at what went wrong.
constexpr int kGreetingStep_ms = 250;

bool is_about_certificates(const std::string& trouble) {
  return trouble.find("certificate verify failed") != std::string::npos;
}

/// What the library told since the last time, if it is of the kind that stays.
std::optional<Error> refusal(Client& client, const std::string& brokers) {
  const QueuePtr queue(rd_kafka_queue_get_main(client.get()));
  while (const EventPtr event{rd_kafka_queue_poll(queue.get(), 0)}) {
    if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) continue;
    const rd_kafka_resp_err_t code = rd_kafka_event_error(event.get());
    const std::string why = rd_kafka_event_error_string(event.get());
    // That all of them are down says less than what came before it.
    if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) client.note_trouble(why);
    const std::string what = fmt::format("the Kafka brokers at {} refuse this user: {}", brokers, why);
    if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION)
      return Error{
          ErrorKind::usage, what,
          "check -X sasl.mechanism, sasl.username and sasl.password; the password comes from a config "
          "file or RACESIM_PROPERTY"};
    if (code == RD_KAFKA_RESP_ERR__SSL && is_about_certificates(why))
      return Error{ErrorKind::usage,
                   "the certificate of the Kafka brokers at " + brokers + " is not trusted: " + why,
                   "name the PEM file of the authority that signed it: -X ssl.ca.location=FILE"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Error> greet(Client& client, const std::string& brokers, int limit_ms) {
  for (int waited_ms = 0; waited_ms < limit_ms; waited_ms += kGreetingStep_ms) {
    // The cluster's id comes with its first answer.
    if (char* const id = rd_kafka_clusterid(client.get(), kGreetingStep_ms); id != nullptr) {
      rd_kafka_mem_free(client.get(), id);
      return std::nullopt;
    }
    if (std::optional<Error> refused = refusal(client, brokers)) return refused;
  }
  return std::nullopt;
}

std::string connection_hint(const std::string& trouble, int limit_ms) {
  if (trouble.find("security.protocol") != std::string::npos || trouble.find("SSL") != std::string::npos)
    return "set the broker's protocol: -X security.protocol=SSL, SASL_SSL, SASL_PLAINTEXT or PLAINTEXT";
  return fmt::format(
      "tried for {:g} s; start the broker, name another one with --brokers, or check its "
      "advertised.listeners",
      limit_ms / 1000.0);
}

}  // namespace racesim::kafka
