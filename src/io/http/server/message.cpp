#include "io/http/server/message.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"

namespace racesim::http {

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

const std::string* RequestHead::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const Header& h) { return same_word(h.name, name); });
  return found == headers.end() ? nullptr : &found->value;
}

std::string_view reason_phrase(unsigned status) {
  struct Phrase {
    unsigned status;
    std::string_view text;
  };
  static constexpr Phrase kPhrases[] = {
      {100, "Continue"},
      {200, "OK"},
      {204, "No Content"},
      {304, "Not Modified"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {411, "Length Required"},
      {413, "Content Too Large"},
      {415, "Unsupported Media Type"},
      {417, "Expectation Failed"},
      {426, "Upgrade Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {503, "Service Unavailable"},
      {505, "HTTP Version Not Supported"},
  };
  for (const Phrase& phrase : kPhrases)
    if (phrase.status == status) return phrase.text;
  return "Status";
}

void append_json_string(std::string_view text, std::string& out) {
  // Names and times of rows, by the hundred thousand: nothing in them needs care.
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    out.append(1, '"').append(text).append(1, '"');
    return;
  }
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Response problem(unsigned status, std::string_view detail, std::string_view members) {
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = R"({"type":"about:blank","title":)";
  append_json_string(reason_phrase(status), response.body);
  response.body += R"(,"status":)" + std::to_string(status) + R"(,"detail":)";
  append_json_string(detail, response.body);
  if (!members.empty()) response.body.append(",").append(members);
  response.body += "}\n";
  return response;
}

Reply& Reply::operator=(Reply&& other) noexcept {
  if (this == &other) return *this;
  give_up();
  send_ = std::exchange(other.send_, nullptr);
  watch_ = std::exchange(other.watch_, nullptr);
  return *this;
}

void Reply::send(Response response) {
  RACESIM_CHECK(send_ != nullptr);
  std::exchange(send_, nullptr)(std::move(response));
}

void Reply::give_up() noexcept {
  if (send_ == nullptr) return;
  send(problem(500, "the request was given up without an answer; send it again"));
}

}  // namespace racesim::http
