#include <algorithm>

#include "base/suggest.h"
#include "graphql/validate/literals.h"
#include "graphql/validate/rules.h"

namespace racesim::graphql {
namespace {

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
  const std::string meant = closest(name, known);
  return meant.empty() ? "" : "; did you mean '" + meant + "'?";
}

template <class Defs>
std::vector<std::string> names_of(const Defs& defs) {
  std::vector<std::string> names;
  for (const auto& def : defs) names.push_back(def.name);
  return names;
}

/// Walks through a document and knows the type of each place. What stands below something unknown has no
/// type, and is checked only for what needs none.
class TypeWalk {
 public:
  TypeWalk(const Schema& schema, const ast::Document& document, Report& report, Walked& walked)
      : schema_(schema), document_(document), report_(report), walked_(walked) {}

  void operation(const ast::Operation& operation) {
    uses_ = &walked_.uses[&operation];
    field_ = nullptr;
    for (const ast::VariableDefinition& variable : operation.variables) define(variable);
    static constexpr const char* places[] = {"QUERY", "MUTATION", "SUBSCRIPTION"};
    directives(operation.directives, places[static_cast<std::size_t>(operation.kind)]);
    selections(operation.selections, schema_.root(operation.kind));
  }

  void fragment(const ast::Fragment& fragment) {
    uses_ = &walked_.uses[&fragment];
    field_ = nullptr;
    const TypeDef* type = condition(fragment.type);
    directives(fragment.directives, "FRAGMENT_DEFINITION");
    selections(fragment.selections, type);
  }

 private:
  void define(const ast::VariableDefinition& variable) {
    const ast::TypeNode* named = &variable.type;
    while (named->of != nullptr) named = named->of.get();
    const TypeRef* type = type_of_node(schema_, variable.type, walked_.types);
    if (type == nullptr) {
      report_unknown_type(named->name);
    } else {
      walked_.variable_types[&variable] = type;
      if (!type->def->is_input()) report_.add(type->text + " is no type for input", {variable.type.at});
    }
    const bool is_input = type != nullptr && type->def->is_input();
    if (variable.has_default)
      check_value(variable.default_value, {is_input ? type : nullptr, false}, report_, *uses_);
    directives(variable.directives, "VARIABLE_DEFINITION");
  }

  void report_unknown_type(const ast::Name& name) {
    report_.add("there is no type '" + std::string(name.text) + "'" +
                    did_you_mean(name.text, names_of(schema_.types())),
                {name.at});
  }

  /// The type of a fragment, if fields can be asked of it.
  const TypeDef* condition(const ast::Name& name) {
    const TypeDef* type = schema_.type(name.text);
    if (type == nullptr) {
      report_unknown_type(name);
    } else if (!type->is_composite()) {
      report_.add("a fragment cannot be on " + type->name + ", which has no fields", {name.at});
      return nullptr;
    }
    return type;
  }

  void selections(const std::vector<ast::Selection>& set, const TypeDef* parent) {
    for (const ast::Selection& selection : set) {
      if (report_.is_full()) return;
      switch (selection.kind) {
        case ast::SelectionKind::field:
          field(selection, parent);
          break;
        case ast::SelectionKind::spread:
          spread(selection, parent);
          break;
        case ast::SelectionKind::inline_fragment:
          inline_fragment(selection, parent);
          break;
      }
    }
  }

  void field(const ast::Selection& selection, const TypeDef* parent) {
    const FieldDef* def = parent == nullptr ? nullptr : schema_.field(*parent, selection.name.text);
    if (parent != nullptr && def == nullptr) {
      report_.add(parent->name + " has no field '" + std::string(selection.name.text) + "'" +
                      did_you_mean(selection.name.text, names_of(parent->fields)),
                  {selection.at});
    }
    const FieldDef* around = std::exchange(field_, def);
    const std::string owner = def == nullptr ? "" : parent->name + "." + def->name;
    arguments(selection.arguments, def == nullptr ? nullptr : &def->arguments, owner, def != nullptr);
    directives(selection.directives, "FIELD");
    if (def != nullptr) {
      check_required(selection.arguments, def->arguments, owner, selection.at);
      check_leaf(selection, *def, owner);
    }
    const TypeDef* below = def != nullptr && def->type->def->is_composite() ? def->type->def : nullptr;
    selections(selection.selections, below);
    field_ = around;
  }

  void check_leaf(const ast::Selection& selection, const FieldDef& def, const std::string& owner) {
    if (def.type->def->is_leaf() && selection.has_selections) {
      report_.add(owner + " is " + def.type->text + ", which has no fields", {selection.selections_at});
    } else if (!def.type->def->is_leaf() && !selection.has_selections) {
      report_.add(
          owner + " is " + def.type->text + ", of which fields must be asked for: " + def.name + " { … }",
          {selection.at});
    }
  }

  void spread(const ast::Selection& selection, const TypeDef* parent) {
    const ast::Fragment* fragment = document_.fragment(selection.name.text);
    if (fragment == nullptr) {
      report_.add("there is no fragment '" + std::string(selection.name.text) + "'", {selection.name.at});
    } else {
      check_overlap(schema_.type(fragment->type.text), parent, selection);
    }
    directives(selection.directives, "FRAGMENT_SPREAD");
  }

  void inline_fragment(const ast::Selection& selection, const TypeDef* parent) {
    const TypeDef* type = selection.name.text.empty() ? parent : condition(selection.name);
    check_overlap(type, parent, selection);
    directives(selection.directives, "INLINE_FRAGMENT");
    selections(selection.selections, type);
  }

  void check_overlap(const TypeDef* type, const TypeDef* parent, const ast::Selection& selection) {
    if (type == nullptr || parent == nullptr || !type->is_composite() || Schema::overlap(*type, *parent))
      return;
    report_.add("nothing can be " + parent->name + " here and " + type->name, {selection.at});
  }

  /// `known` is null where the arguments are not known; unknown names are reported only if `judged`.
  void arguments(const std::vector<ast::Argument>& given, const std::deque<InputDef>* known,
                 const std::string& owner, bool judged) {
    report_repeated(
        report_, given, [](const ast::Argument& argument) { return argument.name; }, "argument");
    for (const ast::Argument& argument : given) {
      const InputDef* def = nullptr;
      if (known != nullptr) {
        const auto found = std::find_if(known->begin(), known->end(), [&](const InputDef& input) {
          return input.name == argument.name.text;
        });
        if (found != known->end()) def = &*found;
      }
      if (def == nullptr && judged) {
        report_.add(owner + " has no argument '" + std::string(argument.name.text) + "'" +
                        did_you_mean(argument.name.text, names_of(*known)),
                    {argument.name.at});
      }
      const ValuePlace place =
          def == nullptr ? ValuePlace{} : ValuePlace{def->type, def->default_value.has_value()};
      check_value(argument.value, place, report_, *uses_);
    }
  }

  void check_required(const std::vector<ast::Argument>& given, const std::deque<InputDef>& wanted,
                      const std::string& owner, Place at) {
    for (const InputDef& input : wanted) {
      if (!input.is_required()) continue;
      const bool is_given = std::any_of(
          given.begin(), given.end(), [&](const auto& argument) { return argument.name.text == input.name; });
      if (!is_given)
        report_.add(owner + " needs the argument '" + input.name + "' (" + input.type->text + ")", {at});
    }
  }

  void directives(const std::vector<ast::Directive>& given, std::string_view place) {
    for (std::size_t i = 0; i < given.size(); ++i) {
      const ast::Directive& directive = given[i];
      const DirectiveDef* def = schema_.directive(directive.name.text);
      const std::string owner = "@" + std::string(directive.name.text);
      if (def == nullptr) {
        report_.add("there is no directive " + owner, {directive.at});
        // Other servers take its arguments for those of the field around.
        arguments(directive.arguments, field_ == nullptr ? nullptr : &field_->arguments, owner, false);
        continue;
      }
      if (std::find(def->places.begin(), def->places.end(), place) == def->places.end()) {
        report_.add(owner + " cannot stand here", {directive.at});
      }
      const auto first = std::find_if(given.begin(), given.end(), [&](const auto& other) {
        return other.name.text == directive.name.text;
      });
      if (&*first != &directive)
        report_.add("there can be only one " + owner + " here", {first->at, directive.at});
      arguments(directive.arguments, &def->arguments, owner, true);
      check_required(directive.arguments, def->arguments, owner, directive.at);
    }
  }

  const Schema& schema_;
  const ast::Document& document_;
  Report& report_;
  Walked& walked_;
  std::vector<VariableUse>* uses_ = nullptr;
  const FieldDef* field_ = nullptr;  ///< the one around
};

}  // namespace

Walked check_types(const Schema& schema, const ast::Document& document, Report& report) {
  Walked walked;
  TypeWalk walk(schema, document, report, walked);
  for (const ast::Operation& operation : document.operations) walk.operation(operation);
  for (const ast::Fragment& fragment : document.fragments) walk.fragment(fragment);
  return walked;
}

}  // namespace racesim::graphql
