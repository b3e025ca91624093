#include "cli/commands/serve/remote.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/visible.h"
#include "cli/exit_codes.h"
#include "cli/values.h"
#include "io/files/secret_file.h"
#include "io/http/one_request.h"

namespace racesim::cli {
namespace {

using AnswerJson = nlohmann::json;

/// "" where the answer does not have it.
std::string word_of(const AnswerJson& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? visible_text(found->get<std::string>())
                                                     : std::string();
}

double number_of(const AnswerJson& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::string run_line(const AnswerJson& run) {
  std::string line = fmt::format("{:<8}{:<10}", word_of(run, "scenario"), word_of(run, "state"));
  if (const std::string name = word_of(run, "run"); !name.empty()) line += "run " + name;
  line += fmt::format("  sent {:.0f}  failed {:.0f}", number_of(run, "sent"), number_of(run, "failed"));
  if (const auto rate = run.find("rate"); rate != run.end() && rate->is_object())
    line += fmt::format("  {:.1f}/s of {:.1f}/s", number_of(*rate, "got"), number_of(*rate, "asked"));
  if (const auto error = run.find("error"); error != run.end() && error->is_object())
    line += "  " + word_of(*error, "what");
  return line + "\n";
}

/// What the service says of its refusal.
Error refusal_of(unsigned status, const std::string& body) {
  const AnswerJson object = AnswerJson::parse(body, nullptr, false);
  std::string detail = object.is_object() ? word_of(object, "detail") : std::string();
  if (detail.empty()) detail = fmt::format("the service answered with HTTP {}", status);
  const ErrorKind kind = status == 409   ? ErrorKind::busy
                         : status == 400 ? ErrorKind::usage
                                         : ErrorKind::runtime;
  const char* const hint = status == 401   ? "add: --token-file FILE"
                           : status == 404 ? "is it racesim serve that listens there?"
                                           : "racesim status shows how it stands";
  return {kind, detail, hint};
}

}  // namespace

std::vector<OptionSpec> remote_options(RemoteOptions& options) {
  return {
      option_of("Service",
                {"url", "URL", "http://127.0.0.1:8000", "Address of the service, as racesim serve tells it"},
                set_text(options.url)),
      file(option_of("Service", {"token-file", "FILE", "", "File with the service's bearer token"},
                     set_text(options.token_file))),
      file(option_of("Service", {"ca-file", "FILE", "", "PEM certificates to trust for https"},
                     set_text(options.ca_file))),
  };
}

std::string runs_text(std::string_view json) {
  const AnswerJson object = AnswerJson::parse(json, nullptr, false);
  if (!object.is_object()) return std::string(json);
  const auto runs = object.find("runs");
  if (runs == object.end()) return run_line(object);
  std::string text;
  for (const AnswerJson& run : *runs) text += run_line(run);
  return text.empty() ? word_of(object, "state") + "\n" : text;
}

Result<int> ask_service(const Context& context, const RemoteOptions& options, const std::string& method,
                        const std::string& path, const std::string& body) {
  http::OneRequest request;
  request.method = method;
  request.url = options.url;
  while (request.url.ends_with('/')) request.url.pop_back();
  request.url += path;
  request.body = body;
  request.ca_file = options.ca_file;
  if (!options.token_file.empty()) {
    const Result<std::string> token = read_secret(options.token_file, "--token-file");
    if (!token) return tl::make_unexpected(token.error());
    request.token = *token;
  }
  const Result<http::Answer> answer = http::send_request(request, system_clock());
  if (!answer) return tl::make_unexpected(answer.error());
  if (answer->status != 200) return tl::make_unexpected(refusal_of(answer->status, answer->body));
  const bool json = context.globals->json;
  if (!json && context.globals->quiet) return kExitOk;
  if (Done ok = write_stdout(json ? answer->body : runs_text(answer->body)); !ok)
    return tl::make_unexpected(ok.error());
  return kExitOk;
}

}  // namespace racesim::cli
