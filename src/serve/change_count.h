// How often something has changed that answers are made of, so that an answer can be given again for as long
// as nothing has (gateway/answer_basis.h).
#pragma once

#include <atomic>
#include <cstdint>

namespace racesim::serve {

/// Any thread.
class ChangeCount {
 public:
  /// By whoever makes the change: within the lock under which it is read, before it is made. So nobody reads
  /// what is new and takes it for what was there before. What is read without a lock notes it behind the
  /// change, and before anybody is told of it.
  void note() { ++count_; }
  std::uint64_t now() const { return count_; }

 private:
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace racesim::serve
