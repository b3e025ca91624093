// What can be told of brokers and topics from their names alone.
#pragma once

#include <string_view>

#include "base/error.h"

namespace racesim::kafka {

/// 1 to 249 of a-z A-Z 0-9 . _ -, and not "." or "..", as brokers demand. Errors: usage.
Done check_topic_name(std::string_view topic);

/// "HOST:PORT,HOST:PORT": a host may be [IPv6], a port may be missing (9092). Errors: usage.
Done check_brokers(std::string_view brokers);

}  // namespace racesim::kafka
