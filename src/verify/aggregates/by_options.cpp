#include "verify/aggregates/by_options.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

namespace racesim {

std::vector<ResultsOfOptions> by_options(const AggregationEntry& entry, const ResultMap& results,
                                         std::uint64_t& strange) {
  struct Group {
    std::uint64_t most = 0;
    ResultMap results;
  };
  const OptionsOfResults& told = *entry.options_of_results;
  std::map<std::vector<std::string>, Group> groups;
  for (const auto& [key, result] : results) {
    const nlohmann::json row = nlohmann::json::parse(result.row);
    std::vector<std::string> values;
    for (const std::string_view field : told.fields) {
      const auto value = row.find(std::string(field));
      values.push_back(value != row.end() && value->is_string() ? value->get<std::string>() : "");
    }
    Group& group = groups[std::move(values)];
    const auto number = row.find(std::string(entry.table.key.number));
    if (number != row.end() && number->is_number_unsigned())
      group.most = std::max(group.most, number->get<std::uint64_t>());
    group.results.emplace(key, result);
  }
  std::vector<ResultsOfOptions> apart;
  for (auto& [values, group] : groups) {
    OptionValues options(entry.options);
    if (told.read(values, group.most, options))
      apart.push_back({values, std::move(options), std::move(group.results)});
    else
      strange += group.results.size();
  }
  return apart;
}

}  // namespace racesim
