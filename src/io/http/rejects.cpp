#include "io/http/rejects.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace racesim::http {

std::vector<Reject> parse_rejects(std::string_view body, std::size_t count) {
  std::vector<Reject> rejects;
  // Nearly every body has none, and a search costs less than parsing.
  if (body.find("\"rejected\"") == std::string_view::npos) return rejects;
  const auto answer = nlohmann::json::parse(body.begin(), body.end(), nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) return rejects;
  const auto list = answer.find("rejected");
  if (list == answer.end() || !list->is_array()) return rejects;
  for (const auto& item : *list) {
    if (!item.is_object()) continue;
    const auto index = item.find("index");
    if (index == item.end() || !index->is_number_unsigned() || index->get<std::size_t>() >= count) continue;
    const auto reason = item.find("reason");
    rejects.push_back({index->get<std::size_t>(), reason != item.end() && reason->is_string()
                                                      ? reason->get<std::string>()
                                                      : "rejected by the receiver"});
  }
  std::stable_sort(rejects.begin(), rejects.end(),
                   [](const Reject& a, const Reject& b) { return a.index < b.index; });
  rejects.erase(std::unique(rejects.begin(), rejects.end(),
                            [](const Reject& a, const Reject& b) { return a.index == b.index; }),
                rejects.end());
  return rejects;
}

}  // namespace racesim::http
