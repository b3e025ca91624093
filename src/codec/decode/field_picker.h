// A few fields of records that may be anybody's: found in one pass that also says whether the record is JSON.
// Faster than making rows, for those who hand records on as they are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/decode/check.h"

namespace racesim {

/// One value as it stands in the record.
struct PickedValue {
  std::string_view text;  ///< of a string what is between the quotes; escapes as they are
  bool there = false;
  bool is_string = false;
};

/// One thread. Remembers which names follow which, at most some ten thousand; then it begins anew.
class FieldPicker {
 public:
  /// Paths of fields, '.' between levels; what is within arrays is not found.
  explicit FieldPicker(std::vector<std::string> paths);

  /// Finds the fields of a record. `record` is without its line end and readable for kReadAhead more. False:
  /// it is no JSON object, `why` says why not, and no value is there.
  bool pick(std::string_view record, std::string& why);
  /// Of the last record; valid as long as that. Of a field that stands there twice the last one.
  const PickedValue& value(std::size_t path) const { return values_[path]; }

  /// By path.
  const PickedValue* values() const { return values_.data(); }

  /// Records with the same names in the same order have the same shape(), as long as generation() stays.
  std::size_t shape() const { return node_; }
  std::uint64_t generation() const { return generation_; }

 private:
  /// A name behind those that lead to it; "{" and "}" stand for the borders of an object within.
  struct Node {
    std::string name;
    std::array<char, 16> head{};      ///< the name and its closing quote, if they fit
    unsigned head_mask = 0;           ///< a bit for each byte of these; 0: they do not fit
    std::string prefix;               ///< of paths of what follows
    std::int32_t wanted = -1;         ///< index of the path
    std::size_t recent = 0;           ///< of `next`: where it went last
    std::vector<std::uint32_t> next;  ///< nodes
  };

  bool walk(std::string_view record);
  bool walk_object(const char*& p, int depth);
  bool walk_member(const char*& p, int depth);
  bool walk_valid(std::string_view record);
  bool take_expected(const char*& p);
  void step(std::string_view name);
  std::uint32_t add(std::string_view name);
  void begin();

  std::vector<std::string> paths_;
  std::vector<PickedValue> values_;
  std::vector<Node> nodes_;  ///< the first one is the beginning
  std::uint32_t node_ = 0;
  std::uint64_t generation_ = 0;
  std::string scratch_;
  const char* end_ = nullptr;
  JsonCheck check_;
};

}  // namespace racesim
