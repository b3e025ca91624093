// What resolvers write values with. Values go straight into the answer's text, in order, so that a list of
// many rows costs little more than its bytes; what has to become null after all is cut off again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "graphql/schema/schema.h"

namespace racesim::graphql {

class Execution;
class ListWriter;
struct PlannedField;

/// Where a value stands in the answer; lives on the stack.
struct PathLink {
  const PathLink* above = nullptr;
  std::string_view name;  ///< empty for an index
  std::size_t index = 0;
};

/// Takes one value of a field's type; writing a second one is a programmer's error. A value that the type
/// does not allow (a whole number beyond 32 bits for Int, no name of the enum, null for `!`) becomes an error
/// of the field, as the specification says. Nothing written is null.
class ValueWriter {
 public:
  ValueWriter(Execution& execution, PlannedField& field, const TypeRef& type, const PathLink& path);
  ValueWriter(const ValueWriter&) = delete;
  ValueWriter& operator=(const ValueWriter&) = delete;

  void null();
  void boolean(bool truth);
  /// Of Int, Float, ID or a custom scalar.
  void integer(std::int64_t number);
  /// Of Float or a custom scalar, or a whole one of Int.
  void number(double value);
  /// Of Float or a custom scalar: `scaled` / 10^decimals, with exactly so many decimals.
  void decimal(std::int64_t scaled, unsigned decimals);
  /// Of String, ID, an enum or a custom scalar.
  void text(std::string_view value);
  /// Of a custom scalar: a JSON value, as it is.
  void json(std::string_view value);

  /// An object: `value` is the parent that its fields' resolvers get, and must live until this returns. Null
  /// is null.
  void object(const void* value);
  /// The same where the type is an interface or a union: as the object type `type`.
  void object(const void* value, std::string_view type);

  /// A list: `write(ListWriter&)` writes its items.
  template <class Write>
  void list(Write write);
  /// A list of objects, which lie in `rows`.
  template <class Rows>
  void objects(const Rows& rows);

  /// The name of the object whose field this is.
  void type_name();

  /// The value cannot be had, for a reason that the client may read.
  void refuse(std::string why);

 private:
  friend class Execution;
  friend class ListWriter;

  enum class State : std::uint8_t { empty, written, failed };

  bool begin(std::string_view what);
  void leaf_mismatch(std::string_view what);
  bool begin_list();
  void end_list(bool is_whole);
  void write_object(const void* value, const TypeDef& type);
  /// Settles what became of the value, which begins at `mark`. False if null must go further up.
  bool finish(std::size_t mark);

  Execution& execution_;
  PlannedField& field_;
  const TypeRef& type_;  ///< without `!`
  const PathLink& path_;
  bool is_non_null_;
  State state_ = State::empty;
};

/// The items of a list, in order.
class ListWriter {
 public:
  explicit ListWriter(ValueWriter& list) : list_(list) {}

  /// One item, which `write(ValueWriter&)` writes. False once the whole list has become null: further items
  /// have no use.
  template <class Write>
  bool item(Write write) {
    if (!is_whole_) return false;
    const PathLink path{&list_.path_, {}, count_};
    const std::size_t mark = begin_item();
    ValueWriter to(list_.execution_, list_.field_, *list_.type_.of, path);
    write(to);
    is_whole_ = to.finish(mark);
    return is_whole_;
  }
  bool object(const void* value) {
    return item([&](ValueWriter& to) { to.object(value); });
  }

  bool is_whole() const { return is_whole_; }

 private:
  std::size_t begin_item();

  ValueWriter& list_;
  std::size_t count_ = 0;
  bool is_whole_ = true;
};

template <class Write>
void ValueWriter::list(Write write) {
  if (!begin_list()) return;
  ListWriter items(*this);
  write(items);
  end_list(items.is_whole());
}

template <class Rows>
void ValueWriter::objects(const Rows& rows) {
  list([&](ListWriter& items) {
    for (const auto& row : rows) {
      if (!items.object(&row)) return;
    }
  });
}

}  // namespace racesim::graphql
