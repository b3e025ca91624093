// The options of racesim serve.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/commands/run/options.h"
#include "io/http/server/server.h"
#include "io/sources/registry.h"
#include "io/stores/registry.h"
#include "serve/keeping/store_keeper.h"

namespace racesim::cli {

struct ServeOptions {
  std::string listen, token_file, certificate, key;
  bool insecure_listen = false, autostart = false, no_ui = false;
  std::vector<std::string> scenarios, allow_origins;
  std::uint32_t max_clients = 0, max_per_peer = 0;
  std::string from, group, topics;  ///< from: empty: simulations
  StartAt start_at;
  StoreText db;  ///< no store: nothing is kept
  std::int64_t keep_ns = 0;
  std::string password_file, durability;
  RunOptions run;  ///< checked when they are given; runs are made of the texts
};

std::vector<OptionSpec> serve_options(ServeOptions& options);

/// What --from and the options beside it say; none: there are simulations. Errors: usage.
Result<std::optional<SourceRequest>> make_topics_request(const ServeOptions& options,
                                                         const Settings& settings);

/// What --db and the options beside it say; none: no store. Reads the file of the password. Errors: usage.
Result<std::optional<serve::StorePlan>> make_store_plan(const ServeOptions& options,
                                                        const Settings& settings);

/// Options of racesim run that serve has too, and that a request may set (but for sinks and files).
bool is_of_requests(std::string_view option);

/// "rate-hz" → "rate_hz", as requests have it, and back.
std::string field_name(std::string_view option);
std::string option_name(std::string_view field);

/// The fields of POST /start with their help.
std::vector<http::RouteParameter> start_fields();

}  // namespace racesim::cli
