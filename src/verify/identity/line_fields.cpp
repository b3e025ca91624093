#include "verify/identity/line_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "verify/identity/point_fields.h"

namespace racesim {
namespace {

/// A JSON object of any depth up to kDepth, read in one pass.
class JsonWalk {
 public:
  JsonWalk(std::string_view line, LineFields& out) : line_(line), out_(out) {}

  void run() {
    if (!object("", 0)) return;
    if (at_ != line_.size()) {
      wrong("text after the object");
      return;
    }
    out_.complete = true;
  }

 private:
  static constexpr int kDepth = 8;

  bool wrong(const char* why) {
    if (out_.wrong.empty()) out_.wrong = fmt::format("{} at byte {}", why, at_);
    return false;
  }
  void blanks() {
    while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t' || line_[at_] == '\r')) ++at_;
  }
  bool eat(char c, const char* why) {
    blanks();
    if (at_ >= line_.size()) return wrong("the line ends too early");
    if (line_[at_] != c) return wrong(why);
    ++at_;
    return true;
  }

  bool text(std::string_view& value) {
    if (!eat('"', "a text without its quote")) return false;
    const std::size_t begin = at_;
    while (at_ < line_.size() && line_[at_] != '"') {
      if (static_cast<unsigned char>(line_[at_]) < 0x20) return wrong("a control character");
      at_ += line_[at_] == '\\' ? 2 : 1;
    }
    if (at_ >= line_.size()) return wrong("the line ends in a text");
    value = line_.substr(begin, at_ - begin);
    ++at_;
    return true;
  }

  bool list(std::string_view& value) {
    const std::size_t begin = at_;
    const std::size_t end = line_.find(']', at_);
    if (end == std::string_view::npos) return wrong("the line ends in a list");
    at_ = end + 1;
    value = line_.substr(begin, at_ - begin);
    return true;
  }

  bool word(std::string_view& value) {
    const std::size_t begin = at_;
    const auto in_word = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
             c == '+' || c == '.';
    };
    while (at_ < line_.size() && in_word(line_[at_])) ++at_;
    value = line_.substr(begin, at_ - begin);
    return begin != at_ || wrong("a value is missing");
  }

  bool value_of(LineField& field, int depth) {
    blanks();
    const char c = at_ < line_.size() ? line_[at_] : '\0';
    bool ok = false;
    field.quoted = c == '"';
    if (c == '{') return object(field.path + '.', depth + 1);
    if (c == '"')
      ok = text(field.value);
    else if (c == '[')
      ok = list(field.value);
    else
      ok = word(field.value);
    if (!ok) return false;
    field.end = at_;
    out_.fields.push_back(field);
    return true;
  }

  bool object(const std::string& prefix, int depth) {
    if (depth > kDepth) return wrong("nested objects");
    if (!eat('{', "not an object")) return false;
    for (;;) {
      blanks();
      LineField field;
      field.begin = at_;
      std::string_view key;
      if (!text(key) || !eat(':', "a colon is missing")) return false;
      field.path = prefix + std::string(key);
      if (!value_of(field, depth)) return false;
      blanks();
      if (at_ < line_.size() && line_[at_] == ',') {
        ++at_;
        continue;
      }
      return eat('}', "a comma is missing");
    }
  }

  const std::string_view line_;
  LineFields& out_;
  std::size_t at_ = 0;
};

void walk_csv(std::string_view line, const SchemaInfo& schema, LineFields& out) {
  std::size_t at = 0;
  for (;;) {
    LineField field;
    field.begin = at;
    if (at < line.size() && line[at] == '"') {
      std::size_t end = at + 1;
      while (end < line.size() && (line[end] != '"' || (end + 1 < line.size() && line[end + 1] == '"')))
        end += line[end] == '"' ? 2 : 1;
      if (end >= line.size()) {
        out.wrong = fmt::format("the line ends in a text at byte {}", at);
        return;
      }
      field.value = line.substr(at + 1, end - at - 1);
      field.quoted = true;
      field.end = end + 1;
    } else {
      field.end = std::min(line.find(',', at), line.size());
      field.value = line.substr(at, field.end - at);
    }
    const std::size_t column = out.fields.size();
    field.path = column < schema.fields.size() ? std::string(schema.fields[column].path)
                                               : fmt::format("column {}", column + 1);
    at = field.end;
    out.fields.push_back(std::move(field));
    if (at >= line.size()) break;
    if (line[at] != ',') {
      out.wrong = fmt::format("a comma is missing at byte {}", at);
      return;
    }
    ++at;
  }
  out.complete = out.fields.size() == schema.fields.size();
  if (!out.complete)
    out.wrong = fmt::format("{} columns instead of {}", out.fields.size(), schema.fields.size());
}

std::string_view without_end(std::string_view line) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  return line;
}

/// As a report shows it: of JSON with its quotes where the other has none.
std::string shown_value(const LineField& field, bool with_quotes) {
  return with_quotes && field.quoted ? '"' + printable(field.value) + '"' : printable(field.value);
}

/// Both lines are whole: the first field whose value differs, in the expected order.
LineDifference compare_values(const LineFields& expected, const LineFields& found, bool csv) {
  for (const LineField& field : expected.fields) {
    const LineField* other = found.find(field.path);
    if (other == nullptr) return {field.path, printable(field.value), "(missing)"};
    const bool other_type = !csv && other->quoted != field.quoted;
    if (other->value != field.value || other_type)
      return {field.path, shown_value(field, other_type), shown_value(*other, other_type)};
  }
  for (const LineField& field : found.fields)
    if (expected.find(field.path) == nullptr) return {field.path, "(no such field)", printable(field.value)};
  return {"form", "as racesim writes it", "the same values with other spaces, quotes or order"};
}

}  // namespace

const LineField* LineFields::find(std::string_view path) const {
  for (const LineField& field : fields)
    if (field.path == path) return &field;
  return nullptr;
}

LineFields take_apart(std::string_view line, LineForm form, const SchemaInfo& schema) {
  LineFields out;
  switch (form) {
    case LineForm::json:
      JsonWalk(line, out).run();
      break;
    case LineForm::csv:
      walk_csv(line, schema, out);
      break;
    case LineForm::line_protocol:
      walk_point(line, schema, out);
      break;
  }
  return out;
}

LineDifference compare_lines(std::string_view expected, std::string_view found, LineForm form,
                             const SchemaInfo& schema) {
  const std::string_view e = without_end(expected), f = without_end(found);
  if (e == f) return {"line end", "a line end", "none"};
  if (!f.empty() && f.back() == '\r' && e == f.substr(0, f.size() - 1)) return {"line end", "\\n", "\\r\\n"};
  const LineFields expected_fields = take_apart(e, form, schema), found_fields = take_apart(f, form, schema);
  if (expected_fields.complete && found_fields.complete)
    return compare_values(expected_fields, found_fields, form == LineForm::csv);
  // Where the bytes part: within a field, or in what stands between two.
  const auto at = static_cast<std::size_t>(
      std::mismatch(e.begin(), e.begin() + static_cast<std::ptrdiff_t>(std::min(e.size(), f.size())),
                    f.begin())
          .first -
      e.begin());
  const LineField* place = nullptr;
  for (const LineField& field : expected_fields.fields)
    if (at >= field.begin && (place == nullptr || field.begin > place->begin)) place = &field;
  if (at == f.size() && place != nullptr)
    return {place->path, printable(place->value), fmt::format("the line ends at byte {}", at)};
  if (place == nullptr) return {"line", printable(e), printable(f)};
  const std::size_t begin = std::min(place->begin, f.size());
  return {place->path, printable(e.substr(place->begin, place->end - place->begin), 80),
          printable(f.substr(begin, place->end - place->begin), 80)};
}

std::size_t line_distance(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t front = 0, back = 0;
  while (front < most && a[front] == b[front]) ++front;
  while (back < most - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
  return std::max(a.size(), b.size()) - front - back;
}

std::string printable(std::string_view bytes, std::size_t most) {
  std::string text;
  for (const char c : bytes.substr(0, most)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f)
      text += c;
    else
      text += fmt::format("\\x{:02x}", byte);
  }
  return bytes.size() > most ? text + "…" : text;
}

}  // namespace racesim
