#include "graphql/execute/value_writer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "graphql/execute/execution.h"
#include "graphql/values/json.h"

namespace racesim::graphql {
namespace {

bool fits_int(double number) {
  return number >= std::numeric_limits<std::int32_t>::min() &&
         number <= std::numeric_limits<std::int32_t>::max() && std::trunc(number) == number;
}

void append_decimal(std::string& out, std::int64_t scaled, unsigned decimals) {
  const bool is_negative = scaled < 0;
  const std::uint64_t size =
      is_negative ? 0 - static_cast<std::uint64_t>(scaled) : static_cast<std::uint64_t>(scaled);
  std::string digits = std::to_string(size);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  if (is_negative) out += '-';
  out.append(digits, 0, digits.size() - decimals);
  if (decimals > 0) out.append(".").append(digits, digits.size() - decimals);
}

}  // namespace

ValueWriter::ValueWriter(Execution& execution, PlannedField& field, const TypeRef& type, const PathLink& path)
    : execution_(execution),
      field_(field),
      type_(type.nullable()),
      path_(path),
      is_non_null_(type.wrap == Wrap::non_null) {}

/// False if the type is a list, which `what` is not.
bool ValueWriter::begin(std::string_view what) {
  RACESIM_CHECK(state_ != State::written);
  if (state_ == State::failed) return false;
  state_ = State::written;
  if (type_.wrap == Wrap::none) return true;
  leaf_mismatch(what);
  return false;
}

void ValueWriter::leaf_mismatch(std::string_view what) {
  refuse(field_.parent->name + "." + field_.def->name + " is " + type_.text + ", and got " +
         std::string(what));
}

void ValueWriter::null() {
  RACESIM_CHECK(state_ != State::written);
  if (state_ == State::failed) return;
  if (is_non_null_) {
    refuse(field_.parent->name + "." + field_.def->name + " is never null, and has no value");
    return;
  }
  *execution_.out_ += "null";
  state_ = State::written;
}

void ValueWriter::boolean(bool truth) {
  if (!begin("a Boolean")) return;
  if (type_.def->scalar != Scalar::boolean && type_.def->scalar != Scalar::custom)
    return leaf_mismatch("a Boolean");
  *execution_.out_ += truth ? "true" : "false";
}

void ValueWriter::integer(std::int64_t number) {
  if (!begin("a whole number")) return;
  switch (type_.def->scalar) {
    case Scalar::integer:
      if (!fits_int(static_cast<double>(number))) return leaf_mismatch(std::to_string(number));
      [[fallthrough]];
    case Scalar::real:
    case Scalar::custom:
      append_json_number(*execution_.out_, number);
      return;
    case Scalar::id:
      append_json_text(*execution_.out_, std::to_string(number));
      return;
    default:
      leaf_mismatch("a whole number");
  }
}

void ValueWriter::number(double value) {
  if (!begin("a number")) return;
  const Scalar scalar = type_.def->scalar;
  const bool takes_it = scalar == Scalar::integer
                            ? fits_int(value)
                            : std::isfinite(value) && (scalar == Scalar::real || scalar == Scalar::custom);
  if (!takes_it) return leaf_mismatch(std::isfinite(value) ? "a number" : "what is no number");
  if (scalar == Scalar::integer) {
    append_json_number(*execution_.out_, static_cast<std::int64_t>(value));
  } else {
    append_json_number(*execution_.out_, value);
  }
}

void ValueWriter::decimal(std::int64_t scaled, unsigned decimals) {
  if (!begin("a number")) return;
  if (type_.def->scalar != Scalar::real && type_.def->scalar != Scalar::custom)
    return leaf_mismatch("a number");
  append_decimal(*execution_.out_, scaled, decimals);
}

void ValueWriter::text(std::string_view value) {
  if (!begin("a text")) return;
  const Scalar scalar = type_.def->scalar;
  if (type_.def->kind == TypeKind::enumeration) {
    if (!type_.def->has_value(value)) return leaf_mismatch("'" + std::string(value) + "'");
  } else if (scalar != Scalar::text && scalar != Scalar::id && scalar != Scalar::custom) {
    return leaf_mismatch("a text");
  }
  append_json_text(*execution_.out_, value);
}

void ValueWriter::json(std::string_view value) {
  if (!begin("JSON")) return;
  if (type_.def->scalar != Scalar::custom) return leaf_mismatch("JSON");
  *execution_.out_ += value;
}

void ValueWriter::object(const void* value) {
  if (value == nullptr) return null();
  if (!begin("an object")) return;
  if (type_.def->kind != TypeKind::object) return leaf_mismatch("an object that does not say its type");
  write_object(value, *type_.def);
}

void ValueWriter::object(const void* value, std::string_view type) {
  if (value == nullptr) return null();
  if (!begin("an object")) return;
  const TypeDef* found = nullptr;
  for (const TypeDef* possible : type_.def->possible) {
    if (possible->name == type) found = possible;
  }
  if (found == nullptr) return leaf_mismatch("'" + std::string(type) + "', which it cannot be");
  write_object(value, *found);
}

void ValueWriter::write_object(const void* value, const TypeDef& type) {
  SelectionPlan& plan = execution_.planner_.below(field_, type);
  if (plan.refused) {
    execution_.add_error(*plan.refused, &path_);
    state_ = State::failed;
  } else if (!execution_.write_fields(plan, value, &path_)) {
    state_ = State::failed;
  }
}

bool ValueWriter::begin_list() {
  RACESIM_CHECK(state_ != State::written);
  if (state_ == State::failed) return false;
  state_ = State::written;
  if (type_.wrap != Wrap::list) {
    leaf_mismatch("a list");
    return false;
  }
  *execution_.out_ += '[';
  return true;
}

void ValueWriter::end_list(bool is_whole) {
  if (is_whole) {
    *execution_.out_ += ']';
  } else {
    state_ = State::failed;
  }
}

void ValueWriter::type_name() {
  text(field_.parent->name);
}

void ValueWriter::refuse(std::string why) {
  if (state_ == State::failed) return;
  state_ = State::failed;
  execution_.add_error(std::move(why), field_, path_);
}

bool ValueWriter::finish(std::size_t mark) {
  if (state_ == State::empty) null();
  if (state_ != State::failed) return true;
  execution_.out_->resize(mark);
  if (is_non_null_) return false;
  *execution_.out_ += "null";
  return true;
}

std::size_t ListWriter::begin_item() {
  if (count_++ > 0) *list_.execution_.out_ += ',';
  return list_.execution_.out_->size();
}

}  // namespace racesim::graphql
