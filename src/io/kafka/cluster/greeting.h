// The first contact with a cluster: what waiting does not mend is told at once.
#pragma once

#include <optional>
#include <string>

#include "io/kafka/cluster/client.h"

namespace racesim::kafka {

/// Waits until some broker of the cluster has answered, `limit_ms` at most; what then does not answer is for
/// the caller to find out. The client must serve RD_KAFKA_EVENT_ERROR from its main queue, which is read
/// here; it knows its last trouble then. An error (usage) if the cluster refuses our name or password, or its
/// certificate is not signed by an authority that we know.
std::optional<Error> greet(Client& client, const std::string& brokers, int limit_ms);

/// What to do about a broker that does not answer, in view of what the library said of it last.
std::string connection_hint(const std::string& trouble, int limit_ms);

}  // namespace racesim::kafka
