#include "cli/version.h"

// CLI11's version number alone; its other headers take seconds to compile.
#include <fmt/core.h>
#include <openssl/crypto.h>
#include <simdjson.h>
#include <spdlog/version.h>
#include <zstd.h>
#include <CLI/Version.hpp>
#include <boost/version.hpp>
#include <nlohmann/json.hpp>
#include <tao/pegtl/version.hpp>

#include "codec/encoder.h"
#include "io/registry.h"
#include "sim/registry.h"

#define RACESIM_TEXT_OF_VALUE(x) #x
#define RACESIM_TEXT_OF(x) RACESIM_TEXT_OF_VALUE(x)

namespace racesim::cli {
namespace {

std::string compiler() {
#if defined(__clang__)
  return std::string("clang ") + __clang_version__;
#else
  return std::string("gcc ") + __VERSION__;
#endif
}

nlohmann::ordered_json libraries() {
  nlohmann::ordered_json list;
  list["boost"] =
      fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
  list["cli11"] = CLI11_VERSION;
  list["fmt"] = fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
  list["nlohmann-json"] = fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                                      NLOHMANN_JSON_VERSION_PATCH);
  list["openssl"] = OpenSSL_version(OPENSSL_VERSION_STRING);
  list["pegtl"] = TAO_PEGTL_VERSION;
  list["simdjson"] = RACESIM_TEXT_OF(SIMDJSON_VERSION);
  list["spdlog"] = fmt::format("{}.{}.{}", SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH);
  list["zstd"] = ZSTD_versionString();
  return list;
}

/// What this binary was built to do, from the registries.
nlohmann::ordered_json features() {
  nlohmann::ordered_json list;
  nlohmann::ordered_json names = nlohmann::ordered_json::array();
  for (const ScenarioEntry* entry : scenarios())
    names.push_back(fmt::format("{}@{}", entry->name, entry->version));
  list["scenarios"] = names;
  list["formats"] = encoder_formats();
  nlohmann::ordered_json sinks = nlohmann::ordered_json::array();
  for (const SinkInfo& sink : sink_registry()) sinks.push_back(sink.name);
  list["sinks"] = sinks;
  return list;
}

}  // namespace

std::string version_text(bool json) {
  if (!json) return "racesim " + version() + "\n";
  nlohmann::ordered_json object;
  object["version"] = version();
  object["commit"] = commit();
  object["compiler"] = compiler();
  object["libraries"] = libraries();
  object["features"] = features();
  return object.dump() + "\n";
}

}  // namespace racesim::cli
