#include <unordered_set>

#include "graphql/validate/rules.h"

namespace racesim::graphql {
namespace {

/// Follows the spreads of one fragment after the other; a spread of a fragment that is being followed closes
/// a cycle.
class Cycles {
 public:
  Cycles(const ast::Document& document, Report& report) : document_(document), report_(report) {}

  /// Calls itself once for each fragment at most.
  void follow(const ast::Fragment& fragment) {
    if (!seen_.insert(fragment.name.text).second) return;
    const auto spreads = spreads_in(fragment.selections);
    if (spreads.empty()) return;
    place_of_[fragment.name.text] = path_.size();
    for (const ast::Selection* spread : spreads) {
      const auto open = place_of_.find(spread->name.text);
      path_.push_back(spread);
      if (open != place_of_.end()) {
        report_cycle(open->second);
      } else if (const ast::Fragment* next = document_.fragment(spread->name.text)) {
        follow(*next);
      }
      path_.pop_back();
    }
    place_of_.erase(fragment.name.text);
  }

 private:
  void report_cycle(std::size_t begin) {
    std::vector<Place> places;
    std::string via;
    for (std::size_t i = begin; i < path_.size(); ++i) {
      places.push_back(path_[i]->at);
      if (i + 1 < path_.size()) via += (via.empty() ? " via " : ", ") + std::string(path_[i]->name.text);
    }
    report_.add("the fragment " + std::string(path_.back()->name.text) + " contains itself" + via, places);
  }

  const ast::Document& document_;
  Report& report_;
  std::unordered_set<std::string_view> seen_;
  std::unordered_map<std::string_view, std::size_t>
      place_of_;  ///< of fragments that are being followed, in path_
  std::vector<const ast::Selection*> path_;
};

}  // namespace

std::vector<const ast::Selection*> spreads_in(const std::vector<ast::Selection>& selections) {
  std::vector<const ast::Selection*> spreads;
  std::vector<const std::vector<ast::Selection>*> open{&selections};
  while (!open.empty()) {
    const auto* set = open.back();
    open.pop_back();
    for (const ast::Selection& selection : *set) {
      if (selection.kind == ast::SelectionKind::spread) {
        spreads.push_back(&selection);
      } else if (selection.has_selections) {
        open.push_back(&selection.selections);
      }
    }
  }
  return spreads;
}

std::vector<const ast::Fragment*> reachable_fragments(const ast::Document& document,
                                                      const std::vector<ast::Selection>& selections) {
  std::vector<const ast::Fragment*> found;
  std::unordered_set<std::string_view> names;
  const auto add = [&](const std::vector<ast::Selection>& from) {
    for (const ast::Selection* spread : spreads_in(from)) {
      if (!names.insert(spread->name.text).second) continue;
      if (const ast::Fragment* fragment = document.fragment(spread->name.text)) found.push_back(fragment);
    }
  };
  add(selections);
  for (std::size_t i = 0; i < found.size(); ++i) add(found[i]->selections);
  return found;
}

void check_fragments(const ast::Document& document, Report& report) {
  report_each_repeated(
      report, document.fragments, [](const ast::Fragment& fragment) { return fragment.name; }, "fragment");
  Cycles cycles(document, report);
  for (const ast::Fragment& fragment : document.fragments) cycles.follow(fragment);
  std::unordered_set<std::string_view> used;
  for (const ast::Operation& operation : document.operations) {
    for (const ast::Fragment* fragment : reachable_fragments(document, operation.selections)) {
      used.insert(fragment->name.text);
    }
  }
  for (const ast::Fragment& fragment : document.fragments) {
    if (used.count(fragment.name.text) > 0) continue;
    report.add("the fragment " + std::string(fragment.name.text) + " is never used", {fragment.at});
  }
}

}  // namespace racesim::graphql
