// How the http source answers.
#pragma once

#include <optional>
#include <string>

#include "io/http/server/message.h"
#include "io/sources/http_body.h"
#include "io/sources/source.h"

namespace racesim::http {

/// How the body of a request is to be split, by its Content-Type; or 415.
struct TypeChoice {
  BodyForm form = BodyForm::json;
  bool is_form = false;  ///< what curl -d calls everything: taken if it is JSON all the same
  std::optional<Response> refusal;
};
TypeChoice choose_form(const RequestHead& head);

/// Of a body that calls itself a form and is not JSON.
Response not_json();
/// 400 for the whole request.
Response torn_body(const BodyError& error);
/// 429 or 503 with Retry-After.
Response try_later(unsigned status, const std::string& detail);
/// What became of a request.
Response answer_of(const Result<BlockOutcome>& outcome, bool stopping);

}  // namespace racesim::http
