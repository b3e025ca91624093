// The state of aggregations as bytes: what a checkpoint keeps. Fixed-width little-endian numbers; texts and
// lists with their size before them. Written and read by the same version of an aggregation only.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/error.h"

namespace racesim {

static_assert(std::endian::native == std::endian::little);

class StateWriter {
 public:
  explicit StateWriter(std::string& out) : out_(out) {}

  template <class T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>,
                  "padding has no value; write the members one by one");
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::string_view text) {
    put(static_cast<std::uint64_t>(text.size()));
    out_.append(text);
  }

 private:
  std::string& out_;
};

/// Reads never go past the end: a value that is not there is zero, and ok() says so.
class StateReader {
 public:
  explicit StateReader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  T get() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    if (bytes_.size() < sizeof value) {
      ok_ = false;
      bytes_ = {};
      return value;
    }
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view text() {
    const auto size = get<std::uint64_t>();
    if (size > bytes_.size()) {
      ok_ = false;
      bytes_ = {};
      return {};
    }
    const std::string_view text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }
  /// How many items of at least `least_bytes` follow; 0 where they could not all be there.
  std::uint64_t count(std::size_t least_bytes) {
    const auto items = get<std::uint64_t>();
    if (items <= bytes_.size() / (least_bytes == 0 ? 1 : least_bytes)) return items;
    ok_ = false;
    bytes_ = {};
    return 0;
  }

  bool at_end() const { return bytes_.empty(); }
  bool ok() const { return ok_; }
  /// For load(), as its last step. Errors: runtime, where something was missing or is left over.
  Done done() const {
    if (ok_ && bytes_.empty()) return {};
    return fail(ErrorKind::runtime, "the saved state is damaged: it has another size than it says",
                "start over: remove the checkpoint");
  }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

template <class T>
void put_list(const std::vector<T>& list, StateWriter& out) {
  out.put(static_cast<std::uint64_t>(list.size()));
  for (const T& item : list) out.put(item);
}

template <class T>
void get_list(std::vector<T>& list, StateReader& in) {
  list.resize(in.count(sizeof(T)));
  for (T& item : list) item = in.get<T>();
}

}  // namespace racesim
