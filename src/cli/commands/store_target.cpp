#include "cli/commands/store_target.h"

#include <utility>

#include "io/files/secret_file.h"
#include "io/stores/registry.h"

namespace racesim::cli {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::vector<std::string> readable_stores() {
  std::vector<std::string> names;
  for (const StoreInfo& store : store_registry())
    if (store.open_reader != nullptr)
      names.push_back(std::string(store.name) + ":" + std::string(store.target));
  return names;
}

bool names_readable_store(std::string_view text) {
  const Result<StoreText> store = parse_store(text);
  return store && store->store->open_reader != nullptr;
}

Done check_readable_store(const std::string& text) {
  const Result<StoreText> store = parse_store(text);
  if (!store) return tl::make_unexpected(store.error());
  if (store->store->open_reader != nullptr) return {};
  return fail(ErrorKind::usage, std::string(store->store->name) + " cannot be read from",
              "one of: " + joined(readable_stores()));
}

Result<std::unique_ptr<StoreReader>> open_store_reader(const std::string& text,
                                                       const std::string& password_file) {
  if (Done ok = check_readable_store(text); !ok) return tl::make_unexpected(ok.error());
  const Result<StoreText> store = parse_store(text);
  StoreOptions options;
  options.target = store->target;
  if (!password_file.empty()) {
    Result<std::string> password = read_secret(password_file, "--password-file");
    if (!password) return tl::make_unexpected(password.error());
    options.password = std::move(*password);
  }
  return store->store->open_reader(options);
}

}  // namespace racesim::cli
