#include "serve/gateway/answer_cache.h"

#include <utility>

namespace racesim::serve {
namespace {

constexpr std::size_t kEntryBytes = 512;  // of list, map, basis and headers, about

}  // namespace

std::shared_ptr<const http::Response> AnswerCache::find(std::string_view key) {
  const std::lock_guard lock(mutex_);
  const auto known = places_.find(key);
  if (known == places_.end()) return nullptr;
  const Place place = known->second;
  if (!place->basis.holds()) {
    drop(place);
    return nullptr;
  }
  kept_.splice(kept_.begin(), kept_, place);
  return place->response;
}

void AnswerCache::keep(std::string_view key, AnswerBasis basis, const http::Response& response) {
  const std::size_t size = size_of(key, response);
  if (response.status != 200 || response.body.size() > limits_.answer_bytes ||
      key.size() > limits_.key_bytes || size > limits_.bytes || !basis.holds())
    return;
  auto shared = std::make_shared<const http::Response>(response);
  const std::lock_guard lock(mutex_);
  if (const auto known = places_.find(key); known != places_.end()) drop(known->second);
  while (bytes_ + size > limits_.bytes) drop(std::prev(kept_.end()));
  kept_.push_front({std::string(key), std::move(basis), std::move(shared)});
  places_[kept_.front().key] = kept_.begin();
  bytes_ += size;
}

std::size_t AnswerCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::size_t AnswerCache::size_of(std::string_view key, const http::Response& response) {
  return key.size() + response.body.size() + kEntryBytes;
}

void AnswerCache::drop(Place place) {
  bytes_ -= size_of(place->key, *place->response);
  places_.erase(place->key);
  kept_.erase(place);
}

}  // namespace racesim::serve
