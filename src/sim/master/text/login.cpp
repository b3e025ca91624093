#include "sim/master/text/login.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "sim/master/keyed.h"
#include "sim/master/text/people.h"
#include "sim/master/text/word_list.h"

namespace racesim {
namespace {

constexpr std::string_view kHandleFirst =
    "quiet neon velvet cosmic lazy lucky electric midnight paper crimson foggy frosty golden hollow humble "
    "indigo "
    "jolly karma lunar mellow misty mossy nimble northern odd pixel plastic polar rapid rusty salty secret "
    "shiny "
    "silver sleepy sneaky solar sonic spicy static stereo stormy sunny super sweet tiny turbo urban vintage "
    "wavy "
    "wild winter yellow zen analog binary broken bubble chilly";
constexpr std::string_view kHandleSecond =
    "otter mango falcon pancake cactus penguin comet robot tiger waffle panda rider badger biscuit canyon "
    "cassette "
    "chorus cipher coyote dragonfly drifter echo ember fiddle fox gecko ghost glider harbor hedgehog koala "
    "lantern "
    "lemon lynx magpie maple marble meadow moose noodle nova orbit owl pebble pickle pigeon pilot quartz "
    "rabbit "
    "raven rocket signal sparrow teapot thunder turtle vinyl walrus wizard yeti";

enum class NumberKind : std::uint8_t { none, two_digits, year, three_digits };
/// The first uses of a pair go through kOpening, the rest over and over through kLater; both start at a place
/// of the pair's own. Plain names are few, so they stand in the opening only.
using enum NumberKind;
constexpr std::array kOpening{none, two_digits, year,       two_digits, none, two_digits, three_digits, none,
                              year, two_digits, two_digits, none,       year, two_digits, three_digits, none};
constexpr std::array kLater{two_digits,   three_digits, year,       two_digits,
                            three_digits, year,         two_digits, three_digits};

struct NumberRange {
  std::uint64_t first;
  std::uint64_t count;
  std::size_t digits;
};
constexpr std::array<NumberRange, 4> kRanges{{{0, 1, 0}, {0, 100, 2}, {1960, 50, 4}, {100, 900, 3}}};
constexpr std::uint64_t kLongNumber = 10'000;  // above every number of kRanges

/// How the two words are joined; in the last style the second word comes first.
constexpr std::uint64_t kLoginStyles = 5;
constexpr std::array<std::string_view, kLoginStyles> kSeparators{"", ".", "_", "-", "."};
constexpr std::uint64_t kSwappedStyle = kLoginStyles - 1;
constexpr std::array<std::string_view, 6> kDomains{"example.com",  "example.org",  "example.net",
                                                   "mail.example", "post.example", "inbox.example"};
static_assert(kDomains.size() >= kLoginStyles);

/// One use of a pair; no two uses of a pair are equal.
struct Variant {
  std::uint64_t style = 0;
  std::string number;
};

NumberKind kind_of(std::uint64_t start, std::uint64_t use) {
  return use < kOpening.size() ? kOpening[(start + use) % kOpening.size()]
                               : kLater[(start + use) % kLater.size()];
}

/// How many of the uses before `use` are of `kind`.
std::uint64_t count_kind(std::uint64_t start, std::uint64_t use, NumberKind kind) {
  const auto in = [kind](const auto& list) {
    return static_cast<std::uint64_t>(std::count(list.begin(), list.end(), kind));
  };
  std::uint64_t whole = 0;
  std::uint64_t count = 0;
  if (use >= kOpening.size()) {
    const std::uint64_t rounds = (use - kOpening.size()) / kLater.size();
    whole = kOpening.size() + rounds * kLater.size();
    count = in(kOpening) + rounds * in(kLater);
  }
  for (; whole < use; ++whole) count += kind_of(start, whole) == kind ? 1 : 0;
  return count;
}

/// The `use`-th variant of the pair whose draws come from `key`.
Variant variant_of(StreamKey key, std::uint64_t use) {
  const std::uint64_t start = below(draw(key, 0), kOpening.size());
  const NumberKind kind = kind_of(start, use);
  const std::uint64_t earlier = count_kind(start, use, kind);
  const NumberRange& range = kRanges[static_cast<std::size_t>(kind)];
  if (earlier >= range.count * kLoginStyles)
    return {below(draw(key, use), kLoginStyles), std::to_string(kLongNumber + use)};
  const StreamKey kind_key{key.a + static_cast<std::uint64_t>(kind) + 1, key.b};
  const std::uint64_t choice = permute(kind_key, earlier, range.count * kLoginStyles);
  Variant variant{choice % kLoginStyles, {}};
  if (range.digits > 0) {
    variant.number = std::to_string(range.first + choice / kLoginStyles);
    variant.number.insert(0, range.digits - variant.number.size(), '0');
  }
  return variant;
}

std::vector<std::string> lower_case(const std::vector<std::string_view>& words) {
  std::vector<std::string> lowered;
  for (const std::string_view word : words) {
    std::string text(word);
    for (char& c : text)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    lowered.push_back(std::move(text));
  }
  return lowered;
}

}  // namespace

void LoginPool::make(std::uint64_t seed, std::uint64_t number, Login& out) const {
  const std::uint64_t pairs = first_.size() * second_.size();
  // The pool's words tell its streams from those of other pools.
  const std::uint64_t pool = topic_hash(first_.front() + second_.front());
  const std::uint64_t pair = permute(stream_key(seed, "master.login.pair", pool), number % pairs, pairs);
  const StreamKey key = stream_key(seed, "master.login.variant", pool + pair);
  const Variant variant = variant_of(key, number / pairs);

  const std::string& first = first_[pair % first_.size()];
  const std::string& second = second_[pair / first_.size()];
  const bool swapped = variant.style == kSwappedStyle;
  out.username = swapped ? second : first;
  out.username += kSeparators[variant.style];
  out.username += swapped ? first : second;
  out.username += variant.number;
  // The address always reads first.second; uses of a pair that share a number differ in the domain.
  out.email = first + '.' + second + variant.number + '@';
  const std::uint64_t shift = below(draw(key, ~std::uint64_t{0}), kDomains.size());
  out.email += kDomains[(variant.style + shift) % kDomains.size()];
}

const std::vector<LoginPool>& login_pools() {
  static const auto pools = [] {
    std::vector<LoginPool> made;
    for (const NameGroup& group : name_groups())
      made.emplace_back(lower_case(group.given), lower_case(group.family));
    made.emplace_back(lower_case(split_words(kHandleFirst)), lower_case(split_words(kHandleSecond)));
    return made;
  }();
  return pools;
}

}  // namespace racesim
