#include "codec/decode/field_picker.h"

#include <emmintrin.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "codec/decode/json_cursor.h"
#include "codec/decoder.h"

namespace racesim {
namespace {

constexpr std::size_t kMostNodes = 10'000;
// Deeper records are left to the library, which has a limit of its own.
constexpr int kQuickDepth = 8;
constexpr std::string_view kOpen = "{", kClose = "}";

bool is_digit(char c) {
  return static_cast<unsigned char>(c - '0') < 10;
}

void skip_space(const char*& p) {
  while (*p == ' ' || *p == '\t') ++p;
}

/// Behind the opening quote; ends behind the closing one. False: the string has something that is not plain
/// text (an escape, a control character, a byte that is not ASCII) or no end. Reads 16 bytes at a time.
bool skip_plain_string(const char*& p, const char* end) {
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(' ');
  for (;;) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // Signed: bytes from 0x80 on are below the space too.
    const __m128i odd = _mm_or_si128(_mm_cmpeq_epi8(bytes, backslash), _mm_cmplt_epi8(bytes, space));
    const auto mask =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(odd, _mm_cmpeq_epi8(bytes, quote))));
    if (mask == 0) {
      p += 16;
      if (p >= end) return false;
      continue;
    }
    p += std::countr_zero(mask);
    if (p >= end || *p != '"') return false;
    ++p;
    return true;
  }
}

/// The grammar of JSON. `p` does not pass what is readable: every byte is looked at before the next.
bool skip_number(const char*& p) {
  if (*p == '-') ++p;
  if (!is_digit(*p)) return false;
  if (*p == '0')
    ++p;
  else
    while (is_digit(*p)) ++p;
  if (*p == '.') {
    if (!is_digit(*++p)) return false;
    while (is_digit(*p)) ++p;
  }
  if (*p == 'e' || *p == 'E') {
    ++p;
    if (*p == '+' || *p == '-') ++p;
    if (!is_digit(*p)) return false;
    while (is_digit(*p)) ++p;
  }
  return true;
}

bool skip_word(const char*& p) {
  const auto takes = [&](std::string_view word) {
    if (std::memcmp(p, word.data(), word.size()) != 0) return false;
    p += word.size();
    return true;
  };
  return takes("true") || takes("false") || takes("null");
}

bool skip_scalar(const char*& p, const char* end) {
  if (*p == '"') return skip_plain_string(++p, end);
  if (*p == '-' || is_digit(*p)) return skip_number(p);
  return skip_word(p);
}

/// A list of plain values; what is deeper is left to the library.
bool skip_list(const char*& p, const char* end) {
  ++p;
  skip_space(p);
  if (*p == ']') {
    ++p;
    return true;
  }
  for (;;) {
    skip_space(p);
    if (p >= end || !skip_scalar(p, end)) return false;
    skip_space(p);
    if (*p == ']') {
      ++p;
      return p <= end;
    }
    if (*p != ',') return false;
    ++p;
  }
}

}  // namespace

FieldPicker::FieldPicker(std::vector<std::string> paths) : paths_(std::move(paths)), values_(paths_.size()) {
  nodes_.emplace_back();
}

void FieldPicker::begin() {
  for (PickedValue& value : values_) value = {};
  node_ = 0;
  if (nodes_.size() < kMostNodes) return;
  nodes_.assign(1, {});
  ++generation_;
}

bool FieldPicker::pick(std::string_view record, std::string& why) {
  begin();
  if (record.size() <= kRecordLimit && walk(record)) return true;
  begin();
  if (record.size() > kRecordLimit) {
    why = "the record is longer than 1 MiB";
    return false;
  }
  if (!check_.valid(record, why)) return false;
  if (walk_valid(record)) return true;
  why = "expected an object, found " + std::string(name_of(JsonCursor(record).kind()));
  return false;
}

std::uint32_t FieldPicker::add(std::string_view name) {
  Node made;
  made.name = name;
  if (name.size() < made.head.size()) {
    std::copy(name.begin(), name.end(), made.head.begin());
    made.head[name.size()] = '"';
    made.head_mask = (2U << name.size()) - 1;
  }
  const std::string& prefix = nodes_[node_].prefix;
  if (name == kOpen) {
    made.prefix = prefix + nodes_[node_].name + '.';
  } else if (name == kClose) {
    // The prefix of what is outside: without its last level.
    const std::size_t dot = prefix.size() < 2 ? std::string::npos : prefix.rfind('.', prefix.size() - 2);
    if (dot != std::string::npos) made.prefix = prefix.substr(0, dot + 1);
  } else {
    made.prefix = prefix;
    const auto found = std::find(paths_.begin(), paths_.end(), prefix + made.name);
    if (found != paths_.end()) made.wanted = static_cast<std::int32_t>(found - paths_.begin());
  }
  nodes_.push_back(std::move(made));
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

/// Steps over the name that came here last time, with its closing quote. False: it is another one, or a long
/// one.
bool FieldPicker::take_expected(const char*& p) {
  const Node& node = nodes_[node_];
  if (node.recent >= node.next.size()) return false;
  const std::uint32_t next = node.next[node.recent];
  const Node& expected = nodes_[next];
  const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i there = _mm_loadu_si128(reinterpret_cast<const __m128i*>(expected.head.data()));
  const auto equal = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(here, there)));
  if (expected.head_mask == 0 || (equal & expected.head_mask) != expected.head_mask) return false;
  p += expected.name.size() + 1;
  node_ = next;
  return true;
}

/// Goes on to the node of that name; mostly it is the one of last time.
void FieldPicker::step(std::string_view name) {
  Node& node = nodes_[node_];
  if (node.recent < node.next.size() && nodes_[node.next[node.recent]].name == name) {
    node_ = node.next[node.recent];
    return;
  }
  for (std::size_t i = 0; i < node.next.size(); ++i) {
    if (nodes_[node.next[i]].name != name) continue;
    node.recent = i;
    node_ = node.next[i];
    return;
  }
  const std::uint32_t made = add(name);
  Node& from = nodes_[node_];  // adding may have moved it
  from.recent = from.next.size();
  from.next.push_back(made);
  node_ = made;
}

/// The quick way: false where the record is not spelled plainly, valid or not.
bool FieldPicker::walk(std::string_view record) {
  const char* p = record.data();
  end_ = p + record.size();
  skip_space(p);
  if (p >= end_ || *p != '{' || !walk_object(p, 0)) return false;
  while (p < end_ && (*p == ' ' || *p == '\t' || *p == '\r')) ++p;
  return p == end_;
}

bool FieldPicker::walk_object(const char*& p, int depth) {
  ++p;
  skip_space(p);
  if (*p == '}') {
    ++p;
    return p <= end_;
  }
  for (;;) {
    skip_space(p);
    if (p >= end_ || !walk_member(p, depth)) return false;
    skip_space(p);
    if (p >= end_) return false;
    if (*p == '}') {
      ++p;
      return true;
    }
    if (*p != ',') return false;
    ++p;
  }
}

bool FieldPicker::walk_member(const char*& p, int depth) {
  if (*p != '"') return false;
  const char* const name = ++p;
  if (!take_expected(p)) {
    if (!skip_plain_string(p, end_)) return false;
    step({name, static_cast<std::size_t>(p - name) - 1});
  }
  skip_space(p);
  if (*p != ':') return false;
  ++p;
  skip_space(p);
  if (p >= end_) return false;
  if (*p == '{') {
    if (depth == kQuickDepth) return false;
    step(kOpen);
    if (!walk_object(p, depth + 1)) return false;
    step(kClose);
    return true;
  }
  const std::int32_t wanted = nodes_[node_].wanted;
  const char* const value = p;
  const bool ok = *p == '[' ? skip_list(p, end_) : skip_scalar(p, end_);
  if (!ok || p > end_) return false;
  if (wanted < 0) return true;
  const bool is_string = *value == '"';
  const std::size_t quote = is_string ? 1 : 0;
  values_[static_cast<std::size_t>(wanted)] = {
      {value + quote, static_cast<std::size_t>(p - value) - 2 * quote}, true, is_string};
  return true;
}

/// The same of valid JSON, however it is spelled. False: it is no object.
bool FieldPicker::walk_valid(std::string_view record) {
  JsonCursor in(record);
  if (!in.take('{')) return false;
  int depth = 1;
  bool first = true;
  while (depth > 0) {
    if (in.take('}')) {
      if (--depth > 0) step(kClose);
      first = false;
      continue;
    }
    if (!first) in.take(',');
    first = false;
    step(in.string(scratch_));
    in.take(':');
    if (in.kind() == JsonKind::object) {
      step(kOpen);
      in.take('{');
      ++depth;
      first = true;
      continue;
    }
    const std::int32_t wanted = nodes_[node_].wanted;
    const bool is_string = in.kind() == JsonKind::string;
    const char* const begin = in.at();
    in.skip_value();
    if (wanted < 0) continue;
    const std::size_t quote = is_string ? 1 : 0;
    values_[static_cast<std::size_t>(wanted)] = {
        {begin + quote, static_cast<std::size_t>(in.at() - begin) - 2 * quote}, true, is_string};
  }
  return true;
}

}  // namespace racesim
