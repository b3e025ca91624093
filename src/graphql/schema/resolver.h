// How a field gets its value: a function that reads the arguments and writes the value.
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "graphql/values/value.h"

namespace racesim::graphql {

class Execution;
class Schema;
class ValueWriter;
struct PlannedField;

/// A field's arguments, coerced: each has the declared type, defaults are filled in.
class Arguments {
 public:
  Arguments() = default;
  explicit Arguments(Fields fields) : fields_(std::move(fields)) {}

  /// Null if the argument was left out (and has no default) or is null.
  const Value* find(std::string_view name) const {
    for (const auto& [key, value] : fields_) {
      if (key == name) return value.is_null() ? nullptr : &value;
    }
    return nullptr;
  }
  /// In the order of their declaration; one that was left out without a default is not there, an explicit
  /// null is.
  const Fields& all() const { return fields_; }

 private:
  Fields fields_;
};

/// What a resolver is called with. All of it lives as long as the call.
struct Call {
  const void* parent;  ///< what the parent's resolver gave to object(); for root fields the request's root
  void* context;       ///< the request's
  const Arguments& arguments;
  const Schema& schema;
  const Execution& execution;
  const PlannedField& field;

  /// Does the request ask for a field of this name, at any depth below? What @skip may leave out counts. So a
  /// resolver need not read columns that nobody wants; ask once for each list, not for each row.
  bool asks_for(std::string_view name) const;

  template <class T>
  T& context_as() const {
    return *static_cast<T*>(context);
  }
};

/// Writes exactly one value, or none for null. A failure takes the place of whatever was written: its `what`
/// is the message that the client reads. Called on the thread that executes the request.
using Resolve = std::function<Done(const Call&, ValueWriter&)>;

}  // namespace racesim::graphql
