#include "cli/commands/kafka_property.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace racesim::cli {
namespace {

/// Properties whose values are not to be seen in the list of processes.
constexpr std::array<std::string_view, 7> kSecrets{"sasl.password",
                                                   "ssl.key.password",
                                                   "ssl.key.pem",
                                                   "ssl.keystore.password",
                                                   "ssl_key",
                                                   "sasl.oauthbearer.config",
                                                   "sasl.oauthbearer.client.secret"};

Setter add_property(KafkaProperties& target) {
  return [&target](const std::string& text) -> Done {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(ErrorKind::usage, "'" + text + "' is not KEY=VALUE", "example: -X linger.ms=20");
    target.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    return {};
  };
}

}  // namespace

OptionSpec kafka_property_option(KafkaProperties& target) {
  OptionSpec option;
  option.name = "property";
  option.letter = 'X';
  option.metavar = "KEY=VALUE";
  option.group = "Kafka";
  option.help =
      "Set any librdkafka property, such as TLS and SASL settings. Passwords are read only from the "
      "environment or a config file";
  option.repeatable = true;
  option.merged = true;
  option.secret = true;
  option.set = add_property(target);
  return option;
}

bool is_secret_property(const std::string& key) {
  return std::find(kSecrets.begin(), kSecrets.end(), key) != kSecrets.end();
}

Done check_no_secret_on_line(const Settings& settings, const std::string& table) {
  const auto given = settings.find("property");
  if (given == settings.end() || given->second.source != Source::flag) return {};
  for (const std::string& value : given->second.values) {
    const std::string key = value.substr(0, value.find('='));
    if (is_secret_property(key))
      return fail(ErrorKind::usage, "-X " + key + ": every user of this machine can see the command line",
                  "set it in a config file, " + table + ".property = [\"" + key +
                      "=…\"], or in the environment variable RACESIM_PROPERTY");
  }
  return {};
}

}  // namespace racesim::cli
