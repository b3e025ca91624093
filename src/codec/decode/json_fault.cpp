#include "codec/decode/json_fault.h"

#include <string>

#include "base/parse_text.h"

namespace racesim {
namespace {

/// Reads one value from front to back; `at` is the first byte that was not taken.
class JsonScan {
 public:
  explicit JsonScan(std::string_view text) : text_(text) {}

  /// False: it stops before the end of the text, or at it in the middle of the value.
  bool whole() {
    do {
      if (!value_or_opening()) return false;
      while (!open_.empty() && closes())
        if (blanks(); open_.empty()) return done();
    } while (!open_.empty() && next_item());
    return open_.empty() && done();
  }
  std::size_t at() const { return at_; }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void blanks() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }
  bool done() {
    blanks();
    return at_ == text_.size();
  }
  /// An end of the innermost object or array.
  bool closes() {
    blanks();
    if (!take(open_.back() == '{' ? '}' : ']')) return false;
    open_.pop_back();
    return true;
  }
  bool next_item() { return take(',') && (open_.back() == '[' || key()); }
  bool key() {
    blanks();
    if (!string()) return false;
    blanks();
    return take(':');
  }

  /// A scalar, or all openings up to the first scalar or end.
  bool value_or_opening() {
    for (;;) {
      blanks();
      const char c = peek();
      if (c != '{' && c != '[') return scalar();
      ++at_;
      open_ += c;
      blanks();
      if (peek() == (c == '{' ? '}' : ']')) return true;
      if (c == '{' && !key()) return false;
    }
  }
  bool scalar() {
    switch (peek()) {
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }
  bool word(std::string_view word) {
    for (const char c : word)
      if (!take(c)) return false;
    return true;
  }
  bool digits() {
    const std::size_t first = at_;
    while (is_digit(peek())) ++at_;
    return at_ > first;
  }
  bool number() {
    static_cast<void>(take('-'));
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (!take('e') && !take('E')) return true;
    static_cast<void>(take('+') || take('-'));
    return digits();
  }
  bool string() {
    if (!take('"')) return false;
    while (!take('"')) {
      if (at_ == text_.size() || static_cast<unsigned char>(peek()) < 0x20) return false;
      if (take('\\') ? !escape() : !take(peek())) return false;
    }
    return true;
  }
  bool escape() {
    constexpr std::string_view kEscapes = "\"\\/bfnrt";
    if (at_ < text_.size() && kEscapes.find(peek()) != kEscapes.npos) return take(peek());
    if (!take('u')) return false;
    constexpr std::string_view kHex = "0123456789abcdefABCDEF";
    for (int i = 0; i < 4; ++i, ++at_)
      if (at_ == text_.size() || kHex.find(peek()) == kHex.npos) return false;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string open_;  // '{' and '[' that are not closed yet
};

}  // namespace

std::size_t json_fault(std::string_view text) {
  JsonScan scan(text);
  return scan.whole() ? std::string_view::npos : scan.at();
}

}  // namespace racesim
