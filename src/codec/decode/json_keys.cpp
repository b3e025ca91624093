#include "codec/decode/json_keys.h"

#include <algorithm>
#include <numeric>

namespace racesim {

bool RepeatedKeys::find(std::string_view record, std::string& path) {
  keys_.clear();
  names_.clear();
  objects_ = 0;
  JsonCursor in(record);
  read_value(in, kNoKey);

  order_.resize(keys_.size());
  std::iota(order_.begin(), order_.end(), 0U);
  std::sort(order_.begin(), order_.end(), [this](std::uint32_t a, std::uint32_t b) {
    if (keys_[a].object != keys_[b].object) return keys_[a].object < keys_[b].object;
    return name_of(a) < name_of(b);
  });
  const auto repeat =
      std::adjacent_find(order_.begin(), order_.end(), [this](std::uint32_t a, std::uint32_t b) {
        return keys_[a].object == keys_[b].object && name_of(a) == name_of(b);
      });
  if (repeat == order_.end()) return false;
  path = path_of(*repeat);
  return true;
}

void RepeatedKeys::read_value(JsonCursor& in, std::uint32_t key) {
  switch (in.kind()) {
    case JsonKind::object:
      read_object(in, key);
      break;
    case JsonKind::array:
      in.take('[');
      while (!in.take(']')) {
        in.take(',');
        read_value(in, key);
      }
      break;
    default:
      in.skip_value();
  }
}

void RepeatedKeys::read_object(JsonCursor& in, std::uint32_t holder) {
  const std::uint32_t object = objects_++;
  in.take('{');
  while (!in.take('}')) {
    in.take(',');
    const std::string_view name = in.string(scratch_);
    const auto key = static_cast<std::uint32_t>(keys_.size());
    keys_.push_back(
        {object, holder, static_cast<std::uint32_t>(names_.size()), static_cast<std::uint32_t>(name.size())});
    names_ += name;
    in.take(':');
    read_value(in, key);
  }
}

std::string RepeatedKeys::path_of(std::uint32_t key) const {
  std::string path(name_of(key));
  for (std::uint32_t at = keys_[key].holder; at != kNoKey; at = keys_[at].holder)
    path.insert(0, std::string(name_of(at)) + '.');
  return path;
}

}  // namespace racesim
