// -X KEY=VALUE, the properties of librdkafka, which run and verify take alike.
#pragma once

#include <string>

#include "cli/command.h"
#include "io/sinks/kafka_options.h"

namespace racesim::cli {

/// The option --property, -X; `target` must live as long as it does. Values of the command line, the
/// environment (one per line) and config files add up: user names may stand on the line and the password
/// elsewhere.
OptionSpec kafka_property_option(KafkaProperties& target);

/// Whether the value of such a property is not to be seen by others.
bool is_secret_property(const std::string& key);

/// Refuses (usage) passwords and keys among the properties on the command line, which every user of the
/// machine can see. `table`: the command's in config files, for the remedy.
Done check_no_secret_on_line(const Settings& settings, const std::string& table);

}  // namespace racesim::cli
