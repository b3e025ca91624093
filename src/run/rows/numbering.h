// The numbers that an owner's events carry: which came, which are missing, which came twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>

namespace racesim {

/// One thread. Remembers at most kMostHoles missing numbers in all.
class Numbering {
 public:
  static constexpr std::size_t kMostHoles = std::size_t{1} << 20;
  static constexpr std::uint64_t kLeap = 10'000;  ///< 100 s at 100 Hz

  enum class Came : std::uint8_t {
    next,    ///< the one behind the last
    ahead,   ///< some are missing between, or it is the first
    missed,  ///< it was missing
    again,   ///< it came before
    leapt,   ///< so far ahead that it is taken for a wrong number, unless the next goes on from it
  };
  struct Owner {
    std::uint64_t next = 0;         ///< one behind the highest
    std::set<std::uint64_t> holes;  ///< below it
    std::uint64_t leapt_to = 0;     ///< one behind a number that leapt ahead, if that came last
    bool fresh = true;              ///< nothing came yet
  };

  /// `in_order`: the owner's events come in the order of their numbers, and may begin anywhere. Else they
  /// begin with 0.
  Came note(const std::string& owner, std::uint64_t seq, bool in_order);
  /// The event of this number, which was noted, is none: the number is missing again.
  void take_back(const std::string& owner, std::uint64_t seq);
  /// What the number should have been when it leapt.
  std::uint64_t expected(const std::string& owner) const { return owners_.at(owner).next; }

  const std::unordered_map<std::string, Owner>& owners() const { return owners_; }
  bool overflowed() const { return holes_ >= kMostHoles; }

 private:
  std::unordered_map<std::string, Owner> owners_;
  std::size_t holes_ = 0;
};

}  // namespace racesim
