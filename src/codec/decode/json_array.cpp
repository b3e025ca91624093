// Format json-array: one document, an array of objects. The elements are cut out as the bytes come, so a file
// of any size needs the memory of one element; each is then validated whole.
#include <algorithm>
#include <cstring>

#include "codec/decode/formats.h"
#include "codec/decode/json_row.h"
#include "codec/decode/stream.h"

namespace racesim {
namespace {

bool is_json_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Finds where a JSON value ends, in pieces. Counts brackets of both kinds alike: whether they match is asked
/// later.
class ValueScan {
 public:
  /// Looks at `text` from `from` on. Returns true when the value ends; then `end` is behind its last byte,
  /// else the size of `text`.
  bool find_end(std::string_view text, std::size_t from, std::size_t& end) {
    for (end = from; end < text.size(); ++end) {
      const char c = text[end];
      if (in_string_) {
        if (escaped_)
          escaped_ = false;
        else if (c == '\\')
          escaped_ = true;
        else if (c == '"')
          in_string_ = false;
        if (!in_string_ && depth_ == 0) return ++end, true;
      } else if (c == '"') {
        in_string_ = true;
      } else if (c == '{' || c == '[') {
        ++depth_;
      } else if (c == '}' || c == ']') {
        if (depth_ == 0) return true;
        if (--depth_ == 0) return ++end, true;
      } else if (depth_ == 0 && (c == ',' || is_json_space(c))) {
        return true;
      }
    }
    return false;
  }

 private:
  std::uint64_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

class JsonArrayDecoder final : public StreamDecoder {
 public:
  JsonArrayDecoder(const SchemaInfo& schema, const DecoderOptions& options)
      : StreamDecoder(options), reader_(schema, options) {}

 private:
  enum class State : std::uint8_t { before, first, element, separator, behind, broken };

  void consume(bool last) override {
    while (!pending().empty()) {
      if (state_ == State::broken) {
        drop_front(pending().size());
      } else if (in_element_) {
        if (!take_element(last)) return;
      } else if (const std::size_t spaces = leading_spaces()) {
        drop_front(spaces);
      } else {
        step(pending().front());
      }
    }
    if (last) check_end();
  }

  void restart() override {
    state_ = State::before;
    in_element_ = false;
    oversize_ = false;
    scanned_ = 0;
  }

  /// One character between elements.
  void step(char c) {
    switch (state_) {
      case State::before:
        if (c != '[') return give_up("expected an array: '[' is missing");
        state_ = State::first;
        break;
      case State::first:
        if (c == ']') {
          state_ = State::behind;
          break;
        }
        [[fallthrough]];
      case State::element:
        if (c == ',' || c == ']' || c == '}') return give_up("an element is missing");
        in_element_ = true;
        scan_ = {};
        return;
      case State::separator:
        if (c != ',' && c != ']') return give_up("',' or ']' is missing after an element");
        state_ = c == ',' ? State::element : State::behind;
        break;
      default:
        return give_up("text after the end of the array");
    }
    drop_front(1);
  }

  /// False: the element goes on behind pending().
  bool take_element(bool last) {
    const std::string_view rest = pending();
    std::size_t end = 0;
    const bool ended = scan_.find_end(rest, scanned_, end);
    scanned_ = end;
    if (!ended && !last && end <= kRecordLimit) return false;
    if (oversize_)
      oversize_ = !ended;
    else if (end > kRecordLimit)
      skip_element(rest.substr(0, end), ended);
    else if (!ended)
      reject("the document ends inside this element", rest);
    else if (reader_.read(rest.substr(0, end), good(), why_))
      accept();
    else
      reject(why_, rest.substr(0, end));

    drop_front(end);
    scanned_ = 0;
    if (ended) {
      in_element_ = false;
      state_ = State::separator;
    } else if (last) {
      state_ = State::broken;  // said already
    }
    return true;
  }

  void skip_element(std::string_view element, bool ended) {
    reject(overlong_reason(), element);
    oversize_ = !ended;
  }

  /// What follows cannot be cut into elements any more.
  void give_up(std::string_view reason) {
    reject_outside(std::string(reason) + "; the rest of the document is not read",
                   pending().substr(0, kRejectHead));
    state_ = State::broken;
  }

  void check_end() {
    if (state_ == State::before)
      reject_outside("no JSON array: the document is empty", {});
    else if (state_ != State::behind && state_ != State::broken)
      reject_outside("the document ends before the array does", {});
  }

  std::size_t leading_spaces() const {
    const std::string_view rest = pending();
    const auto found = std::find_if_not(rest.begin(), rest.end(), is_json_space);
    return static_cast<std::size_t>(found - rest.begin());
  }

  void drop_front(std::size_t size) {
    const std::string_view front = pending().substr(0, size);
    drop(size, static_cast<std::uint64_t>(std::count(front.begin(), front.end(), '\n')));
  }

  JsonRowReader reader_;
  State state_ = State::before;
  bool in_element_ = false;
  bool oversize_ = false;  ///< inside an overlong element that was rejected
  ValueScan scan_;
  std::size_t scanned_ = 0;  ///< bytes of pending() that `scan_` has seen
  std::string why_;
};

}  // namespace

std::unique_ptr<Decoder> make_json_array_decoder(const SchemaInfo& schema, const DecoderOptions& options) {
  return std::make_unique<JsonArrayDecoder>(schema, options);
}

}  // namespace racesim
