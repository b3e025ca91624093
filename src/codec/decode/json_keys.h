// Keys that stand twice in one object, anywhere in a record: parsers disagree which of the values counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/decode/json_cursor.h"

namespace racesim {

/// Keeps its memory. One thread.
class RepeatedKeys {
 public:
  /// Whether a key stands twice in an object of `record`, which is valid JSON of at most kJsonDepthLimit
  /// levels; then `path` leads to the key.
  bool find(std::string_view record, std::string& path);

 private:
  static constexpr std::uint32_t kNoKey = UINT32_MAX;
  struct Key {
    std::uint32_t object = 0;  ///< number of the object that it stands in
    std::uint32_t holder = 0;  ///< index of the key whose value that object is; kNoKey: the record itself
    std::uint32_t begin = 0, size = 0;  ///< in names_
  };

  void read_value(JsonCursor& in, std::uint32_t key);
  void read_object(JsonCursor& in, std::uint32_t holder);
  std::string_view name_of(std::uint32_t key) const {
    return std::string_view(names_).substr(keys_[key].begin, keys_[key].size);
  }
  std::string path_of(std::uint32_t key) const;

  std::vector<Key> keys_;
  std::vector<std::uint32_t> order_;  ///< of keys_, by object and name
  std::uint32_t objects_ = 0;
  std::string names_, scratch_;
};

}  // namespace racesim
