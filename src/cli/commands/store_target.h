// The stores that commands read from: racesim query --db, racesim verify --against.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/stores/reading.h"

namespace racesim::cli {

/// "sqlite:PATH", "postgres:DSN": what can be read.
std::vector<std::string> readable_stores();
/// It is one of them.
bool names_readable_store(std::string_view text);
/// Errors (usage) name those that can be read.
Done check_readable_store(const std::string& text);

/// Errors: those of the store.
Result<std::unique_ptr<StoreReader>> open_store_reader(const std::string& text,
                                                       const std::string& password_file);

}  // namespace racesim::cli
