// Where the rules of validation put what they find.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graphql/execute/query_error.h"
#include "graphql/language/source.h"

namespace racesim::graphql {

class Report {
 public:
  /// Nobody reads more; the one behind says that there are more.
  static constexpr std::size_t ERRORS_MAX = 100;

  explicit Report(std::string_view text) : locator_(text) {}

  void add(std::string message, const std::vector<Place>& places) {
    if (is_full()) return;
    if (errors_.size() == ERRORS_MAX) {
      errors_.push_back({"the document has more errors than these", {}, {}});
      return;
    }
    QueryError& added = errors_.emplace_back();
    added.message = shortened(std::move(message));
    for (const Place place : places) added.locations.push_back(locator_.locate(place));
  }

  /// Further rules need not look.
  bool is_full() const { return errors_.size() > ERRORS_MAX; }
  std::vector<QueryError> take() { return std::move(errors_); }

 private:
  Locator locator_;
  std::vector<QueryError> errors_;
};

/// The names that stand at several places, each reported once with all of its places.
template <class Items, class NameOf>
void report_repeated(Report& report, const Items& items, NameOf name_of, std::string_view what) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& name = name_of(items[i]);
    bool is_first = true;
    for (std::size_t j = 0; j < i && is_first; ++j) is_first = name_of(items[j]).text != name.text;
    if (!is_first) continue;
    std::vector<Place> places{name.at};
    for (std::size_t j = i + 1; j < items.size(); ++j) {
      if (name_of(items[j]).text == name.text) places.push_back(name_of(items[j]).at);
    }
    if (places.size() > 1)
      report.add("there can be only one " + std::string(what) + " '" + std::string(name.text) + "'", places);
  }
}

/// As report_repeated, but each repetition is reported with the first place.
template <class Items, class NameOf>
void report_each_repeated(Report& report, const Items& items, NameOf name_of, std::string_view what) {
  for (std::size_t i = 1; i < items.size(); ++i) {
    const auto& name = name_of(items[i]);
    if (name.text.empty()) continue;
    for (std::size_t j = 0; j < i; ++j) {
      if (name_of(items[j]).text != name.text) continue;
      report.add("there can be only one " + std::string(what) + " '" + std::string(name.text) + "'",
                 {name_of(items[j]).at, name.at});
      break;
    }
  }
}

}  // namespace racesim::graphql
