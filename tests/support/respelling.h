// Lines written again in the ways that parsers and printers have, at random: the same values in other bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"
#include "model/schema.h"
#include "verify/identity/line_fields.h"

namespace racesim::verify_test {

class Respelling {
 public:
  explicit Respelling(std::uint64_t seed) : key_(stream_key(seed, "verify.respelling", 0)) {}

  std::uint64_t below_n(std::uint64_t n) { return below(draw(key_, at_++), n); }

  /// `line` as racesim writes it, with its line end.
  std::string json(std::string_view line, const SchemaInfo& schema) {
    const LineFields fields = take_apart(line.substr(0, line.size() - 1), LineForm::json, schema);
    std::vector<std::string> members, inner;
    std::string object;
    const auto close = [&] {
      if (!object.empty()) members.push_back(text(object) + blanks() + ":" + blanks() + joined(inner));
      object.clear();
      inner.clear();
    };
    for (const LineField& field : fields.fields) {
      const std::size_t dot = std::min(field.path.find('.'), field.path.size());
      const std::string level = dot == field.path.size() ? "" : field.path.substr(0, dot);
      if (level != object) close();
      object = level;
      const std::string value = field.quoted ? text(field.value) : word(field.value);
      const std::string name = level.empty() ? field.path : field.path.substr(dot + 1);
      (level.empty() ? members : inner).push_back(text(name) + blanks() + ":" + blanks() + value);
    }
    close();
    return blanks() + joined(members) + (below_n(8) == 0 ? "\r\n" : "\n") + (below_n(30) == 0 ? " \n" : "");
  }
  std::string csv(std::string_view line, const SchemaInfo& schema) {
    const LineFields fields = take_apart(line.substr(0, line.size() - 1), LineForm::csv, schema);
    std::string out;
    for (std::size_t i = 0; i < fields.fields.size(); ++i) {
      const FieldInfo& info = schema.fields[i];
      const bool is_numeric = info.type == FieldType::signed_int || info.type == FieldType::unsigned_int;
      const std::string value(fields.fields[i].value);
      const std::string again = is_numeric && !value.empty() ? number(value) : value;
      const bool had_quotes = fields.fields[i].quoted;
      out += i > 0 ? "," : "";
      out += had_quotes || below_n(2) == 0 ? '"' + again + '"' : again;
    }
    return out + (below_n(8) == 0 ? "\r\n" : "\n");
  }
  /// The same number, spelled otherwise.
  std::string number(std::string_view value) {
    const bool negative = value.front() == '-';
    const std::string_view digits = negative ? value.substr(1) : value;
    const std::size_t point = std::min(digits.find('.'), digits.size());
    std::string whole(digits.substr(0, point)),
        fraction(point == digits.size() ? std::string_view{} : digits.substr(point + 1));
    std::string out = negative ? "-" : "";
    switch (below_n(5)) {
      case 0:  // as it was
        return std::string(value);
      case 1:  // without zeros at the end; Python leaves one
        while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
        return out + whole + (fraction.empty() ? (point == digits.size() ? "" : ".0") : "." + fraction);
      case 2:  // with more of them
        return out + whole + "." + fraction + std::string(1 + below_n(3), '0');
      case 3: {  // all digits, and an exponent
        std::string all = whole + fraction;
        all.erase(0, std::min(all.find_first_not_of('0'), all.size() - 1));
        return out + all + (below_n(2) == 0 ? "e-" : "E-") + std::to_string(fraction.size());
      }
      default: {  // one digit before the point, as far as there is one that is not 0
        std::string all = whole + fraction;
        const std::size_t first = all.find_first_not_of('0');
        if (first == std::string::npos) return out + "0e0";
        const auto exponent = static_cast<std::int64_t>(whole.size()) - 1 - static_cast<std::int64_t>(first);
        all.erase(0, first);
        return out + all.substr(0, 1) + (all.size() > 1 ? "." + all.substr(1) : "") + "e" +
               (exponent >= 0 && below_n(2) == 0 ? "+" : "") + std::to_string(exponent);
      }
    }
  }

 private:
  /// A number, a word, or a list of those and of texts without commas.
  std::string word(std::string_view value) {
    if (value.substr(0, 1) != "[") return is_number(value) ? number(value) : std::string(value);
    std::string out = "[" + blanks();
    for (std::size_t begin = 1; begin + 1 < value.size();) {
      const std::size_t end = std::min(value.find(',', begin), value.size() - 1);
      out += (begin > 1 ? "," + blanks() : "") + word(value.substr(begin, end - begin)) + blanks();
      begin = end + 1;
    }
    return out + "]";
  }
  static bool is_number(std::string_view value) {
    return !value.empty() && (value.front() == '-' || (value.front() >= '0' && value.front() <= '9'));
  }
  /// An object, its members in any order or as they are.
  std::string joined(std::vector<std::string> members) {
    if (below_n(2) == 0)
      for (std::size_t i = members.size(); i > 1; --i) std::swap(members[i - 1], members[below_n(i)]);
    std::string out = "{";
    for (std::size_t i = 0; i < members.size(); ++i)
      out += (i > 0 ? "," : "") + blanks() + members[i] + blanks();
    return out + "}";
  }
  std::string blanks() {
    return below_n(3) > 0 ? "" : std::string(1 + below_n(2), below_n(4) == 0 ? '\t' : ' ');
  }
  /// Between quotes, some characters as escapes. The texts of events are ASCII and hold none.
  std::string text(std::string_view value) {
    constexpr std::string_view kHex = "0123456789abcdefABCDEF";
    std::string out = "\"";
    for (const char c : value) {
      if (below_n(40) == 0)
        out += std::string("\\u00") + kHex[static_cast<std::size_t>(c) >> 4] +
               kHex[static_cast<std::size_t>(c) & 15];
      else
        out += c == '/' ? "\\/" : std::string(1, c);
    }
    return out + '"';
  }

  StreamKey key_;
  std::uint64_t at_ = 0;
};

}  // namespace racesim::verify_test
