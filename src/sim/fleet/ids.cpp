#include "sim/fleet/ids.h"

#include <algorithm>

namespace racesim::fleet {
namespace {

constexpr std::size_t kMostDigits = 18;  // more would not fit into the number

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Length of the UTF-8 character that begins here; 0: none does.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  // Too long for what they hold, surrogates, beyond the last character.
  if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) >= 0xa0) ||
      (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) >= 0x90))
    return 0;
  return length;
}

std::string padded(std::uint64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

}  // namespace

Done check_vehicle_id(std::string_view id) {
  const char* hint = "take a short name, such as TESTCAR01";
  if (id.empty()) return fail(ErrorKind::usage, "a vehicle needs a name", hint);
  if (id.size() > kLongestId_bytes)
    return fail(ErrorKind::usage,
                "the name of " + std::to_string(id.size()) + " bytes is longer than " +
                    std::to_string(kLongestId_bytes),
                hint);
  for (std::size_t i = 0; i < id.size();) {
    const std::size_t length = utf8_length(id.substr(i));
    const auto byte = static_cast<unsigned char>(id[i]);
    if (length == 0)
      return fail(ErrorKind::usage, "byte " + std::to_string(i + 1) + " of the name is not UTF-8", hint);
    const bool is_c1 = length == 2 && byte == 0xc2 && static_cast<unsigned char>(id[i + 1]) < 0xa0;
    if (byte < 0x20 || byte == 0x7f || is_c1)
      return fail(ErrorKind::usage, "byte " + std::to_string(i + 1) + " of the name is a control character",
                  hint);
    i += length;
  }
  return {};
}

VehicleIds::VehicleIds(std::string_view first, std::uint32_t count) {
  std::size_t digits = 0;
  while (digits < std::min(first.size(), kMostDigits) && is_digit(first[first.size() - 1 - digits])) ++digits;
  prefix_ = first.substr(0, first.size() - digits);
  width_ = digits;
  first_number_ = digits == 0 ? 1 : std::stoull(std::string(first.substr(first.size() - digits)));
  ends_.reserve(count);
  text_.reserve(count * (first.size() + 2));
  add(first);
  for (std::uint32_t i = 1; i < count; ++i) add(prefix_ + padded(first_number_ + i, width_));
}

VehicleIds::VehicleIds(std::vector<std::string> ids) {
  std::size_t bytes = 0;
  for (const std::string& id : ids) bytes += id.size();
  text_.reserve(bytes);  // the views stay where they are
  for (const std::string& id : ids) {
    add(id);
    by_id_.emplace((*this)[size() - 1], size() - 1);
  }
}

void VehicleIds::add(std::string_view id) {
  text_ += id;
  ends_.push_back(static_cast<std::uint32_t>(text_.size()));
}

std::optional<std::uint32_t> VehicleIds::find(std::string_view id) const {
  if (!by_id_.empty()) {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? std::nullopt : std::optional(found->second);
  }
  if (id == (*this)[0]) return 0;
  if (id.size() <= prefix_.size() || id.substr(0, prefix_.size()) != prefix_) return std::nullopt;
  const std::string_view digits = id.substr(prefix_.size());
  if (digits.size() > kMostDigits + 1 || !std::all_of(digits.begin(), digits.end(), is_digit))
    return std::nullopt;
  const std::uint64_t number = std::stoull(std::string(digits));
  if (number < first_number_ || number - first_number_ >= size()) return std::nullopt;
  const auto vehicle = static_cast<std::uint32_t>(number - first_number_);
  return (*this)[vehicle] == id ? std::optional(vehicle) : std::nullopt;
}

}  // namespace racesim::fleet
