// A value that a request brings: a variable, an argument, a default. What resolvers return never takes this
// form: it is written out as it is made (execute/value_writer.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace racesim::graphql {

class Value;

/// An enum's value, which is a name and no text.
struct EnumName {
  std::string name;
  bool operator==(const EnumName&) const = default;
};

/// In the order in which they were written; names differ.
using Fields = std::vector<std::pair<std::string, Value>>;
using Items = std::vector<Value>;

/// null, Boolean, Int, Float, String or ID, enum, list or object. Reading one as another kind than it is, is
/// a programmer's error: arguments have the declared types once a resolver sees them.
class Value {
 public:
  Value() = default;  // null
  explicit Value(bool truth) : value_(truth) {}
  explicit Value(std::int64_t number) : value_(number) {}
  explicit Value(double number) : value_(number) {}
  explicit Value(std::string text) : value_(std::move(text)) {}
  explicit Value(EnumName name) : value_(std::move(name)) {}
  explicit Value(Items items) : value_(std::move(items)) {}
  explicit Value(Fields fields) : value_(std::move(fields)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  template <class T>
  const T* get() const {
    return std::get_if<T>(&value_);
  }

  bool truth() const;
  std::int64_t integer() const;
  double number() const;            ///< of a whole number too
  const std::string& text() const;  ///< of a text or an enum's name
  const Items& items() const;       ///< of a list
  const Fields& fields() const;     ///< of an object
  /// An object's field; null if there is none.
  const Value* find(std::string_view name) const;

  bool operator==(const Value&) const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, EnumName, Items, Fields> value_;
};

}  // namespace racesim::graphql
