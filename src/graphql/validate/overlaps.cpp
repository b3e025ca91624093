#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "graphql/validate/rules.h"

namespace racesim::graphql {
namespace {

using ast::Literal;
using ast::Selection;

// Pairs of fields that are compared at most, and how deep one comparison leads to others: documents of usual
// size need a thousandth of it, hostile ones are stopped.
constexpr std::size_t COMPARISONS_MAX = 400'000;
constexpr std::size_t COMPARISON_DEPTH_MAX = 500;
// Conflicts that are kept of two selection sets: the report is shorter.
constexpr std::size_t CONFLICTS_MAX = 1'000;
constexpr std::size_t REASON_BYTES = 300;

bool same_value(const Literal& a, const Literal& b);

/// In any order; `Entry` has a name and a value.
template <class Entry>
bool same_entries(const std::vector<Entry>& a, const std::vector<Entry>& b) {
  if (a.size() != b.size()) return false;
  const auto sorted = [](const std::vector<Entry>& entries) {
    std::vector<const Entry*> order;
    for (const Entry& entry : entries) order.push_back(&entry);
    std::stable_sort(order.begin(), order.end(),
                     [](const Entry* x, const Entry* y) { return x->name.text < y->name.text; });
    return order;
  };
  const auto left = sorted(a);
  const auto right = sorted(b);
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i]->name.text != right[i]->name.text || !same_value(left[i]->value, right[i]->value))
      return false;
  }
  return true;
}

bool same_value(const Literal& a, const Literal& b) {
  if (a.kind != b.kind || a.text != b.text || a.is_block != b.is_block) return false;
  return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same_value) &&
         same_entries(a.fields, b.fields);
}

bool types_conflict(const TypeRef& a, const TypeRef& b) {
  if (a.wrap != b.wrap) return true;
  if (a.wrap != Wrap::none) return types_conflict(*a.of, *b.of);
  return (a.def->is_leaf() || b.def->is_leaf()) && a.def != b.def;
}

struct OverlapField {
  const TypeDef* parent;
  const Selection* node;
  const FieldDef* def;
};

/// The fields of a selection set by response name, and the fragments that are spread in it.
struct FieldGroups {
  std::vector<std::pair<std::string_view, std::vector<OverlapField>>> groups;
  std::unordered_map<std::string_view, std::size_t> index;
  std::vector<std::string_view> fragments;
};

struct Conflict {
  std::string reason;
  std::vector<Place> left, right;
};

class Overlaps {
 public:
  Overlaps(const Schema& schema, const ast::Document& document, Report& report)
      : schema_(schema), document_(document), report_(report) {}

  void check(const std::vector<Selection>& selections, const TypeDef* parent) {
    if (report_.is_full() || is_exhausted()) return;
    std::vector<Conflict> conflicts;
    within(groups_of(selections, parent), conflicts);
    for (const Conflict& conflict : conflicts) {
      std::vector<Place> places = conflict.left;
      places.insert(places.end(), conflict.right.begin(), conflict.right.end());
      report_.add("fields cannot be merged: " + conflict.reason + "; an alias keeps them apart", places);
    }
    for (const Selection& selection : selections) {
      if (selection.has_selections) check(selection.selections, type_below(selection, parent));
    }
  }

  bool is_exhausted() const { return comparisons_ > COMPARISONS_MAX || is_too_deep_; }

 private:
  /// One level of recursion while it lives.
  struct Depth {
    explicit Depth(Overlaps& all) : all_(all) { all_.is_too_deep_ |= ++all_.depth_ > COMPARISON_DEPTH_MAX; }
    ~Depth() { --all_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    Overlaps& all_;
  };

  const TypeDef* type_below(const Selection& selection, const TypeDef* parent) const {
    if (selection.kind == ast::SelectionKind::inline_fragment) {
      return composite(selection.name.text.empty() ? parent : schema_.type(selection.name.text));
    }
    const FieldDef* def = parent == nullptr ? nullptr : schema_.field(*parent, selection.name.text);
    return composite(def == nullptr ? nullptr : def->type->def);
  }
  static const TypeDef* composite(const TypeDef* type) {
    return type != nullptr && type->is_composite() ? type : nullptr;
  }

  const FieldGroups& groups_of(const std::vector<Selection>& selections, const TypeDef* parent) {
    auto& known = groups_[&selections];
    if (known == nullptr) {
      known = std::make_unique<FieldGroups>();
      collect(*known, selections, parent);
    }
    return *known;
  }
  const FieldGroups& groups_of(const ast::Fragment& fragment) {
    return groups_of(fragment.selections, schema_.type(fragment.type.text));
  }

  void collect(FieldGroups& into, const std::vector<Selection>& selections, const TypeDef* parent) {
    for (const Selection& selection : selections) {
      if (selection.kind == ast::SelectionKind::spread) {
        const auto name = selection.name.text;
        if (std::find(into.fragments.begin(), into.fragments.end(), name) == into.fragments.end()) {
          into.fragments.push_back(name);
        }
      } else if (selection.kind == ast::SelectionKind::inline_fragment) {
        collect(into, selection.selections,
                selection.name.text.empty() ? parent : schema_.type(selection.name.text));
      } else {
        const auto [at, is_new] = into.index.try_emplace(selection.response_name(), into.groups.size());
        if (is_new) into.groups.push_back({selection.response_name(), {}});
        const FieldDef* def = nullptr;
        if (parent != nullptr) {
          const auto found = parent->fields_by_name.find(selection.name.text);
          if (found != parent->fields_by_name.end()) def = found->second;
        }
        into.groups[at->second].second.push_back({parent, &selection, def});
      }
    }
  }

  void within(const FieldGroups& set, std::vector<Conflict>& conflicts) {
    for (const auto& [name, fields] : set.groups) {
      for (std::size_t i = 0; i < fields.size(); ++i) {
        for (std::size_t j = i + 1; j < fields.size(); ++j) compare(false, fields[i], fields[j], conflicts);
      }
    }
    for (std::size_t i = 0; i < set.fragments.size(); ++i) {
      fields_and_fragment(false, set, set.fragments[i], conflicts);
      for (std::size_t j = i + 1; j < set.fragments.size(); ++j) {
        fragments(false, set.fragments[i], set.fragments[j], conflicts);
      }
    }
  }

  void between(bool is_exclusive, const FieldGroups& a, const FieldGroups& b,
               std::vector<Conflict>& conflicts) {
    for (const auto& [name, fields] : a.groups) {
      const auto same = b.index.find(name);
      if (same == b.index.end()) continue;
      for (const OverlapField& left : fields) {
        for (const OverlapField& right : b.groups[same->second].second)
          compare(is_exclusive, left, right, conflicts);
      }
    }
  }

  /// With the fragments that it spreads.
  void fields_and_fragment(bool is_exclusive, const FieldGroups& set, std::string_view name,
                           std::vector<Conflict>& conflicts) {
    const Depth depth(*this);
    const ast::Fragment* fragment = document_.fragment(name);
    if (fragment == nullptr || is_exhausted()) return;
    const FieldGroups& other = groups_of(*fragment);
    if (&set == &other) return;
    between(is_exclusive, set, other, conflicts);
    for (const std::string_view next : other.fragments) {
      if (remember(next, name, is_exclusive)) fields_and_fragment(is_exclusive, set, next, conflicts);
    }
  }

  void fragments(bool is_exclusive, std::string_view a, std::string_view b,
                 std::vector<Conflict>& conflicts) {
    const Depth depth(*this);
    if (a == b || is_exhausted() || !remember(a, b, is_exclusive)) return;
    const ast::Fragment* left = document_.fragment(a);
    const ast::Fragment* right = document_.fragment(b);
    if (left == nullptr || right == nullptr) return;
    const FieldGroups& left_set = groups_of(*left);
    const FieldGroups& right_set = groups_of(*right);
    between(is_exclusive, left_set, right_set, conflicts);
    for (const std::string_view next : right_set.fragments) fragments(is_exclusive, a, next, conflicts);
    for (const std::string_view next : left_set.fragments) fragments(is_exclusive, next, b, conflicts);
  }

  /// False if the two were compared before; a comparison of what cannot be together says less than one of
  /// what can.
  bool remember(std::string_view a, std::string_view b, bool is_exclusive) {
    const auto [known, is_new] = compared_.try_emplace(std::minmax(a, b), is_exclusive);
    if (is_new) return true;
    if (is_exclusive || !known->second) return false;
    known->second = false;
    return true;
  }

  void compare(bool is_exclusive, const OverlapField& a, const OverlapField& b,
               std::vector<Conflict>& conflicts) {
    const Depth depth(*this);
    if (++comparisons_ > COMPARISONS_MAX || is_too_deep_ || conflicts.size() >= CONFLICTS_MAX) return;
    const auto is_object = [](const TypeDef* type) {
      return type != nullptr && type->kind == TypeKind::object;
    };
    is_exclusive = is_exclusive || (a.parent != b.parent && is_object(a.parent) && is_object(b.parent));
    const std::string name(a.node->response_name());
    if (const auto reason = difference(is_exclusive, a, b)) {
      conflicts.push_back({"'" + name + "' " + *reason, {a.node->at}, {b.node->at}});
    } else if (a.node->has_selections && b.node->has_selections) {
      Conflict whole{"", {a.node->at}, {b.node->at}};
      for (const Conflict& part : below(is_exclusive, a, b)) {
        if (whole.reason.size() < REASON_BYTES) {
          whole.reason += (whole.reason.empty() ? "in '" + name + "', " : " and ") + part.reason;
        }
        whole.left.insert(whole.left.end(), part.left.begin(), part.left.end());
        whole.right.insert(whole.right.end(), part.right.begin(), part.right.end());
      }
      if (!whole.reason.empty()) conflicts.push_back(std::move(whole));
    }
  }

  static std::optional<std::string> difference(bool is_exclusive, const OverlapField& a,
                                               const OverlapField& b) {
    if (!is_exclusive && a.node->name.text != b.node->name.text) {
      return "is both " + std::string(a.node->name.text) + " and " + std::string(b.node->name.text);
    }
    if (!is_exclusive && !same_entries(a.node->arguments, b.node->arguments))
      return "has different arguments";
    if (a.def != nullptr && b.def != nullptr && types_conflict(*a.def->type, *b.def->type)) {
      return "is both " + a.def->type->text + " and " + b.def->type->text;
    }
    return std::nullopt;
  }

  std::vector<Conflict> below(bool is_exclusive, const OverlapField& a, const OverlapField& b) {
    std::vector<Conflict> conflicts;
    const auto type_of = [](const OverlapField& field) {
      return field.def == nullptr ? nullptr : field.def->type->def;
    };
    const FieldGroups& left = groups_of(a.node->selections, type_of(a));
    const FieldGroups& right = groups_of(b.node->selections, type_of(b));
    between(is_exclusive, left, right, conflicts);
    for (const std::string_view name : right.fragments)
      fields_and_fragment(is_exclusive, left, name, conflicts);
    for (const std::string_view name : left.fragments)
      fields_and_fragment(is_exclusive, right, name, conflicts);
    for (const std::string_view one : left.fragments) {
      for (const std::string_view other : right.fragments) fragments(is_exclusive, one, other, conflicts);
    }
    return conflicts;
  }

  const Schema& schema_;
  const ast::Document& document_;
  Report& report_;
  std::unordered_map<const std::vector<Selection>*, std::unique_ptr<FieldGroups>> groups_;
  std::map<std::pair<std::string_view, std::string_view>, bool> compared_;
  std::size_t comparisons_ = 0;
  std::size_t depth_ = 0;
  bool is_too_deep_ = false;
};

}  // namespace

void check_overlaps(const Schema& schema, const ast::Document& document, Report& report) {
  Overlaps overlaps(schema, document, report);
  // In the order of the document, which decides in which selection set two fragments meet first.
  auto operation = document.operations.begin();
  auto fragment = document.fragments.begin();
  while (operation != document.operations.end() || fragment != document.fragments.end()) {
    if (fragment == document.fragments.end() ||
        (operation != document.operations.end() && operation->at < fragment->at)) {
      overlaps.check(operation->selections, schema.root(operation->kind));
      ++operation;
    } else {
      const TypeDef* type = schema.type(fragment->type.text);
      overlaps.check(fragment->selections, type != nullptr && type->is_composite() ? type : nullptr);
      ++fragment;
    }
  }
  if (overlaps.is_exhausted())
    report.add("the document has more fields with the same names than can be compared", {});
}

}  // namespace racesim::graphql
