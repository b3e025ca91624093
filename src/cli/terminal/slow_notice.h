// A message for the case that something takes long that mostly does not.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace racesim::cli {

/// Logs `text` as a warning if the object still lives after some seconds. Started behind SignalWatch, whose
/// signals its thread then leaves alone. Without threads left it says nothing.
class SlowNotice {
 public:
  explicit SlowNotice(std::string text);
  ~SlowNotice();
  SlowNotice(const SlowNotice&) = delete;
  SlowNotice& operator=(const SlowNotice&) = delete;

 private:
  const std::string text_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;  // under mutex_
  std::thread thread_;
};

}  // namespace racesim::cli
