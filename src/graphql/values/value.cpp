#include "graphql/values/value.h"

#include "base/check.h"

namespace racesim::graphql {
namespace {

template <class T, class Variant>
const T& as(const Variant& value) {
  const T* found = std::get_if<T>(&value);
  RACESIM_CHECK(found != nullptr);
  return *found;
}

}  // namespace

bool Value::truth() const {
  return as<bool>(value_);
}

std::int64_t Value::integer() const {
  return as<std::int64_t>(value_);
}

double Value::number() const {
  if (const auto* whole = get<std::int64_t>()) return static_cast<double>(*whole);
  return as<double>(value_);
}

const std::string& Value::text() const {
  if (const auto* name = get<EnumName>()) return name->name;
  return as<std::string>(value_);
}

const Items& Value::items() const {
  return as<Items>(value_);
}

const Fields& Value::fields() const {
  return as<Fields>(value_);
}

const Value* Value::find(std::string_view name) const {
  for (const auto& [key, value] : fields()) {
    if (key == name) return &value;
  }
  return nullptr;
}

bool Value::operator==(const Value& other) const {
  return value_ == other.value_;
}

}  // namespace racesim::graphql
