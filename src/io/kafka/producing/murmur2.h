// Where Java's producer would put a key: MurmurHash2 (Austin Appleby, public domain) with the seed of Kafka's
// clients, so that events meet those of Java and Spark producers in the same partition.
#pragma once

#include <cstdint>
#include <string_view>

namespace racesim::kafka {

/// 32 bits; Java shows the same bits as an int.
std::uint32_t murmur2(std::string_view key) noexcept;

/// The partition of `key` among `partitions` (at least 1), as DefaultPartitioner chooses it.
std::int32_t partition_of(std::string_view key, std::int32_t partitions) noexcept;

}  // namespace racesim::kafka
