// What vehicles are called: counted up from one id, or as master data say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace racesim::fleet {

inline constexpr std::size_t kLongestId_bytes = 64;

/// Usage error: empty, too long, not UTF-8, or with control characters.
Done check_vehicle_id(std::string_view id);

/// Immutable once made; any thread.
class VehicleIds {
 public:
  /// The first is `first`; the digits at its end are counted up at their width: TESTCAR01, TESTCAR02 …
  /// TESTCAR99, TESTCAR100; without digits MYCAR, MYCAR2, MYCAR3.
  VehicleIds(std::string_view first, std::uint32_t count);
  /// As they come; each once.
  explicit VehicleIds(std::vector<std::string> ids);

  std::uint32_t size() const { return static_cast<std::uint32_t>(ends_.size()); }
  std::string_view operator[](std::uint32_t vehicle) const {
    const std::uint32_t begin = vehicle == 0 ? 0 : ends_[vehicle - 1];
    return std::string_view(text_).substr(begin, ends_[vehicle] - begin);
  }
  std::optional<std::uint32_t> find(std::string_view id) const;

 private:
  void add(std::string_view id);

  std::string text_;                 ///< one after the other
  std::vector<std::uint32_t> ends_;  ///< in text_
  // Of counted ids.
  std::string prefix_;
  std::uint64_t first_number_ = 0;
  std::size_t width_ = 0;
  std::unordered_map<std::string_view, std::uint32_t> by_id_;  ///< of others; views into text_
};

}  // namespace racesim::fleet
