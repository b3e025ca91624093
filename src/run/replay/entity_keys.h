// The keys of events, numbered: what receivers know an entity by ("63", a user's id).
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace racesim {

/// As many keys as a recording has entities. One thread numbers, any may append.
class EntityKeys {
 public:
  std::uint32_t number_of(std::string_view key) {
    if (const auto found = numbers_.find(key); found != numbers_.end()) return found->second;
    const std::scoped_lock lock(mutex_);
    keys_.emplace_back(key);
    const auto number = static_cast<std::uint32_t>(keys_.size() - 1);
    numbers_.emplace(keys_.back(), number);
    return number;
  }
  void append(std::uint32_t number, std::string& out) const {
    const std::scoped_lock lock(mutex_);
    out += keys_[number];
  }

 private:
  mutable std::mutex mutex_;
  std::deque<std::string> keys_;  ///< their texts stay where they are
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

}  // namespace racesim
