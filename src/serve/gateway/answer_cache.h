// Answers that were given, to be given again for as long as nothing has changed of what they were made of.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "io/http/server/message.h"
#include "serve/gateway/answer_basis.h"

namespace racesim::serve {

struct AnswerCacheLimits {
  std::size_t bytes = std::size_t{16} << 20;        ///< of all answers and their keys, about
  std::size_t answer_bytes = std::size_t{1} << 20;  ///< a longer answer is not kept
  std::size_t key_bytes = std::size_t{8} << 10;     ///< nor one to a longer question
};

/// Any thread.
class AnswerCache {
 public:
  explicit AnswerCache(const AnswerCacheLimits& limits = {}) : limits_(limits) {}

  /// Null: there is none, or it would be another one by now.
  std::shared_ptr<const http::Response> find(std::string_view key);
  /// Only what was answered with 200 is kept. The answer used longest ago makes room.
  void keep(std::string_view key, AnswerBasis basis, const http::Response& response);

  std::size_t bytes() const;  ///< of what is kept

 private:
  struct Kept {
    std::string key;
    AnswerBasis basis;
    std::shared_ptr<const http::Response> response;
  };
  using Place = std::list<Kept>::iterator;
  static std::size_t size_of(std::string_view key, const http::Response& response);
  void drop(Place place);

  const AnswerCacheLimits limits_;
  mutable std::mutex mutex_;                            // guards the rest
  std::list<Kept> kept_;                                // the last used first
  std::unordered_map<std::string_view, Place> places_;  // by the keys in kept_
  std::size_t bytes_ = 0;
};

}  // namespace racesim::serve
