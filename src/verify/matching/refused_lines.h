// Events of the run that a store did not take as rows and kept aside: its dead letters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace racesim {

/// By the hash of the line as the comparison spells it. One thread.
class RefusedLines {
 public:
  static constexpr std::size_t kMost = std::size_t{1} << 20;

  /// `reason_of` tells why the letter of that id was refused; asked for those that are shown.
  explicit RefusedLines(std::function<std::string(std::int64_t id)> reason_of)
      : reason_of_(std::move(reason_of)) {}

  /// False: there are too many, and this one is not remembered.
  bool add(std::uint64_t key, std::int64_t id) {
    if (ids_.size() >= kMost) return false;
    ids_.emplace(key, id);
    return true;
  }
  /// The id of one with these bytes, which is not given again.
  std::optional<std::int64_t> take(std::uint64_t key) {
    const auto found = ids_.find(key);
    if (found == ids_.end()) return std::nullopt;
    const std::int64_t id = found->second;
    ids_.erase(found);
    return id;
  }
  std::string reason_of(std::int64_t id) const { return reason_of_(id); }

 private:
  std::function<std::string(std::int64_t)> reason_of_;
  std::unordered_multimap<std::uint64_t, std::int64_t> ids_;
};

}  // namespace racesim
