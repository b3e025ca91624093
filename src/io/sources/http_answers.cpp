#include "io/sources/http_answers.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/visible.h"

namespace racesim::http {
namespace {

constexpr std::array<std::string_view, 4> kLineTypes{"application/x-ndjson", "application/ndjson",
                                                     "application/jsonl", "application/x-jsonlines"};
// Tools that do not know what they send say one of these.
constexpr std::array<std::string_view, 3> kAnyTypes{"text/plain", "application/octet-stream", "text/json"};
constexpr const char* kTaken = "application/json, application/x-ndjson";

/// "Application/JSON; charset=utf-8" → "Application/JSON".
std::string_view media_type(std::string_view value) {
  value = value.substr(0, value.find(';'));
  while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
  return value;
}

template <std::size_t N>
bool is_one_of(std::string_view type, const std::array<std::string_view, N>& types) {
  return std::any_of(types.begin(), types.end(),
                     [&](std::string_view known) { return same_word(type, known); });
}

Response wrong_type(const std::string& detail) {
  Response response = problem(415, detail);
  response.headers.push_back({"Accept-Post", kTaken});
  return response;
}

std::string counts_text(const BlockOutcome& outcome) {
  const std::uint64_t duplicates = outcome.duplicates;
  std::string text =
      "\"accepted\":" + std::to_string(outcome.stored) + ",\"duplicates\":" + std::to_string(duplicates);
  if (outcome.expired > 0) text += ",\"expired\":" + std::to_string(outcome.expired);
  text += ",\"rejected\":[";
  for (std::size_t i = 0; i < outcome.others.size(); ++i) {
    const RecordFate& fate = outcome.others[i];
    text.append(i == 0 ? "" : ",")
        .append("{\"index\":")
        .append(std::to_string(fate.index))
        .append(",\"reason\":");
    append_json_string(fate.reason, text);
    text += '}';
  }
  return text + "]";
}

std::string records_text(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " record" : " records");
}

}  // namespace

TypeChoice choose_form(const RequestHead& head) {
  TypeChoice choice;
  const std::string* given = head.header("Content-Type");
  if (given == nullptr || given->empty()) return choice;
  const std::string_view type = media_type(*given);
  if (same_word(type, "application/json") || is_one_of(type, kAnyTypes) || type.ends_with("+json"))
    return choice;
  if (is_one_of(type, kLineTypes)) {
    choice.form = BodyForm::lines;
  } else if (same_word(type, "application/x-www-form-urlencoded")) {
    choice.is_form = true;
  } else {
    choice.refusal = wrong_type("Content-Type: " + visible_text(type.substr(0, 100)) +
                                " is not taken; send JSON or NDJSON: " + kTaken);
  }
  return choice;
}

Response not_json() {
  return wrong_type(
      "the body is a form, not JSON; with curl: --json '{…}', or for a file: --data-binary @FILE -H "
      "'Content-Type: application/x-ndjson'");
}

Response torn_body(const BodyError& error) {
  return problem(
      400, "byte " + std::to_string(error.offset) + ": " + error.what + "; nothing of the request was stored",
      "\"offset\":" + std::to_string(error.offset));
}

Response try_later(unsigned status, const std::string& detail) {
  Response response = problem(status, detail);
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

Response answer_of(const Result<BlockOutcome>& outcome, bool stopping) {
  if (!outcome) {
    // The text of the error is for who runs the server.
    Response response =
        try_later(503, "the request could not be stored, and nothing of it is kept; send it again");
    response.close = stopping;
    return response;
  }
  const std::uint64_t bad = outcome->rejected + outcome->conflicts;
  const std::uint64_t good = outcome->stored + outcome->duplicates + outcome->expired;
  if (outcome->refused)
    return problem(400,
                   "nothing was stored, since " + records_text(outcome->others.size()) +
                       " of the request cannot be (--on-invalid reject); correct it and send all again",
                   counts_text(*outcome));
  if (good == 0 && bad > 0)
    return problem(400, "none of " + records_text(bad) + " was stored; 'rejected' says why",
                   counts_text(*outcome));
  Response response;
  response.content_type = "application/json";
  response.body = "{" + counts_text(*outcome) + "}\n";
  return response;
}

}  // namespace racesim::http
