#include "cli/commands/store_target.h"

#include <utility>

#include "base/suggest.h"
#include "io/files/read_file.h"
#include "io/stores/registry.h"

namespace racesim::cli {
namespace {

constexpr std::size_t kPasswordBytesMax = 4096;

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
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  for (const StoreInfo& store : store_registry())
    if (store.name == text.substr(0, colon)) return store.open_reader != nullptr;
  return false;
}

Done check_readable_store(const std::string& text) {
  const Result<StoreText> store = parse_store(text);
  if (!store) return tl::make_unexpected(store.error());
  if (store->store->open_reader != nullptr) return {};
  return fail(ErrorKind::usage, std::string(store->store->name) + " cannot be read from",
              "one of: " + joined(readable_stores()));
}

Result<std::string> read_password(const std::string& path) {
  if (path.empty()) return std::string();
  Result<std::string> text = read_file(path, kPasswordBytesMax);
  if (!text)
    return fail(ErrorKind::usage, "--password-file: " + text.error().what,
                "the file must contain only the password");
  if (!text->empty() && text->back() == '\n') text->pop_back();
  if (!text->empty() && text->back() == '\r') text->pop_back();
  if (text->empty() || text->find_first_of(std::string_view("\n\0", 2)) != std::string::npos)
    return fail(ErrorKind::usage,
                "--password-file: " + path + (text->empty() ? " is empty" : " has more than one line"),
                "the file must contain only the password");
  return text;
}

Result<std::unique_ptr<StoreReader>> open_store_reader(const std::string& text,
                                                       const std::string& password_file) {
  if (Done ok = check_readable_store(text); !ok) return tl::make_unexpected(ok.error());
  const Result<StoreText> store = parse_store(text);
  Result<std::string> password = read_password(password_file);
  if (!password) return tl::make_unexpected(password.error());
  StoreOptions options;
  options.target = store->target;
  options.password = std::move(*password);
  return store->store->open_reader(options);
}

}  // namespace racesim::cli
