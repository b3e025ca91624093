// One SELECT of somebody who is not to be trusted.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "io/stores/reading.h"

namespace racesim::sqlite {

/// See StoreReader::query(). Each has a connection of its own, so that limits of one do not end another.
/// `limit_ms` 0: none.
Result<std::unique_ptr<ResultRows>> run_query(const std::string& path, std::string_view sql,
                                              std::int64_t limit_ms);

}  // namespace racesim::sqlite
