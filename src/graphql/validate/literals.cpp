#include "graphql/validate/literals.h"

#include <algorithm>

#include "base/suggest.h"
#include "graphql/values/coerce.h"

namespace racesim::graphql {
namespace {

using ast::Literal;
using ast::LiteralKind;

class LiteralRules {
 public:
  LiteralRules(Report& report, std::vector<VariableUse>& uses) : report_(report), uses_(uses) {}

  /// Without `judged` a place around has been reported already, or takes anything.
  void check(const Literal& literal, ValuePlace place, bool judged) {
    switch (literal.kind) {
      case LiteralKind::variable:
        uses_.push_back({literal.text, literal.at, place.type, place.has_default});
        return;
      case LiteralKind::null:
        if (judged && place.type != nullptr && place.type->wrap == Wrap::non_null) {
          report_.add(place.type->text + " is never null", {literal.at});
        }
        return;
      case LiteralKind::list:
        check_list(literal, place.type, judged);
        return;
      case LiteralKind::object:
        check_object(literal, place.type, judged);
        return;
      default:
        if (judged) check_leaf(literal, place.type);
    }
  }

 private:
  void check_leaf(const Literal& literal, const TypeRef* type) {
    if (type == nullptr) return;
    if (!type->def->is_leaf()) {
      report_.add(type->text + " is wanted in place of " + shown(literal), {literal.at});
    } else if (const auto why = refuse_literal(literal, *type->def)) {
      report_.add(*why, {literal.at});
    }
  }

  void check_list(const Literal& literal, const TypeRef* type, bool judged) {
    const TypeRef* item = type == nullptr ? nullptr : &type->nullable();
    if (item != nullptr && item->wrap == Wrap::list) {
      item = item->of;
    } else if (judged) {
      check_leaf(literal, item);
      judged = false;
    }
    for (const Literal& each : literal.items) check(each, {item, false}, judged);
  }

  void check_object(const Literal& literal, const TypeRef* type, bool judged) {
    report_each_repeated(
        report_, literal.fields, [](const ast::LiteralField& field) { return field.name; }, "field");
    const TypeDef* object = type != nullptr && type->def->kind == TypeKind::input ? type->def : nullptr;
    if (object == nullptr) {
      if (judged) check_leaf(literal, type);
      judged = false;
    } else if (judged) {
      check_complete(literal, *object);
    }
    for (const ast::LiteralField& field : literal.fields) {
      const InputDef* input = object == nullptr ? nullptr : object->find_input(field.name.text);
      if (input == nullptr && object != nullptr && judged) report_unknown(field, *object);
      const ValuePlace place =
          input == nullptr ? ValuePlace{} : ValuePlace{input->type, input->default_value.has_value()};
      check(field.value, place, judged);
    }
  }

  void check_complete(const Literal& literal, const TypeDef& object) {
    for (const InputDef& input : object.inputs) {
      if (!input.is_required()) continue;
      const bool is_given = std::any_of(literal.fields.begin(), literal.fields.end(),
                                        [&](const auto& field) { return field.name.text == input.name; });
      if (!is_given) {
        report_.add(object.name + " needs the field '" + input.name + "' (" + input.type->text + ")",
                    {literal.at});
      }
    }
  }

  void report_unknown(const ast::LiteralField& field, const TypeDef& object) {
    std::vector<std::string> names;
    for (const InputDef& input : object.inputs) names.push_back(input.name);
    const std::string meant = closest(field.name.text, names);
    report_.add(object.name + " has no field '" + std::string(field.name.text) + "'" +
                    (meant.empty() ? "" : "; did you mean '" + meant + "'?"),
                {field.name.at});
  }

  Report& report_;
  std::vector<VariableUse>& uses_;
};

}  // namespace

void check_value(const Literal& literal, ValuePlace place, Report& report, std::vector<VariableUse>& uses) {
  LiteralRules(report, uses).check(literal, place, true);
}

}  // namespace racesim::graphql
