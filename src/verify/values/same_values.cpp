#include "verify/values/same_values.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace racesim {
namespace {

/// One bit for each field that was seen.
constexpr std::size_t kMostFields = 64;

bool is_blank_char(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool all_zeros(std::string_view digits) {
  return digits.find_first_not_of('0') == std::string_view::npos;
}

/// Without the line end; in JSON without the spaces before it, which in CSV belong to a value.
std::string_view without_line_end(std::string_view line, bool csv) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (csv) return !line.empty() && line.back() == '\r' ? line.substr(0, line.size() - 1) : line;
  while (!line.empty() && is_blank_char(line.back())) line.remove_suffix(1);
  return line;
}

/// `expected` is a number with the decimals of its schema. `found` is the same, or lacks zeros at its end.
bool same_number(std::string_view expected, std::string_view found) {
  if (found == expected) return true;
  if (found.empty() || found.size() >= expected.size() || found.back() == '.' ||
      expected.compare(0, found.size(), found) != 0)
    return false;
  std::string_view rest = expected.substr(found.size());
  if (rest.front() == '.')
    rest.remove_prefix(1);
  else if (found.find('.') == std::string_view::npos)
    return false;
  return all_zeros(rest);
}

bool same_cell(bool number, std::string_view expected, std::string_view found) {
  if (!found.empty() && found.front() == '"') {
    if (found.size() < 2 || found.back() != '"') return false;
    found = found.substr(1, found.size() - 2);
    if (found.find('"') != std::string_view::npos) return false;
  }
  return found == expected || (number && same_number(expected, found));
}

/// Inlined: the calls of memcmp for some bytes at a time took a fourth of all.
bool starts_with(std::string_view text, std::string_view start) {
  const std::size_t size = start.size();
  if (text.size() < size) return false;
  const char* const a = text.data();
  const char* const b = start.data();
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  const auto word = [](const char* at) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, kWord);
    return value;
  };
  if (size < kWord) {
    for (std::size_t i = 0; i < size; ++i)
      if (a[i] != b[i]) return false;
    return true;
  }
  for (std::size_t i = 0; i + kWord < size; i += kWord)
    if (word(a + i) != word(b + i)) return false;
  return word(a + size - kWord) == word(b + size - kWord);
}

bool take(std::string_view& text, std::string_view start) {
  if (!starts_with(text, start)) return false;
  text.remove_prefix(start.size());
  return true;
}

bool ends_value(char c) {
  return c == ',' || c == '}' || is_blank_char(c);
}

void skip_blank_chars(std::string_view& text) {
  while (!text.empty() && is_blank_char(text.front())) text.remove_prefix(1);
}

/// Takes a text with its quotes, or a word. Empty: an object, a list, a text with an escape or without an
/// end.
std::string_view take_value(std::string_view& text) {
  std::size_t size = 0;
  if (!text.empty() && text.front() == '"') {
    size = 1;
    while (size < text.size() && text[size] != '"' && text[size] != '\\') ++size;
    if (size == text.size() || text[size] == '\\') return {};
    ++size;
  } else {
    while (size < text.size() && !ends_value(text[size]) && text[size] != '{' && text[size] != '[') ++size;
  }
  const std::string_view value = text.substr(0, size);
  text.remove_prefix(size);
  return value;
}

}  // namespace

SameValues::SameValues(std::span<const StreamInfo> streams, bool csv) : csv_(csv) {
  for (const StreamInfo& stream : streams) {
    Form form;
    for (const FieldInfo& field : stream.schema->fields) {
      form.order.push_back(form.paths.size());
      form.before.push_back((form.paths.empty() ? "{\"" : ",\"") + std::string(field.path) + "\":");
      form.paths.push_back(field.path);
      form.numbers.push_back(field.type == FieldType::signed_int || field.type == FieldType::unsigned_int);
      if (field.list_limit > 0 || (!csv && field.path.find('.') != std::string_view::npos))
        form.usable = false;
    }
    form.fronts = form.before;
    if (form.paths.size() > kMostFields) form.usable = false;
    forms_.push_back(std::move(form));
  }
}

void SameValues::set_columns(std::vector<std::size_t> columns) {
  Form& form = forms_.front();
  form.usable = form.usable && columns.size() == form.paths.size();
  form.order = std::move(columns);
}

bool SameValues::same(std::uint32_t stream, std::string_view expected, std::string_view found) {
  Form& form = forms_[stream];
  if (!form.usable) return false;
  expected = without_line_end(expected, csv_);
  found = without_line_end(found, csv_);
  return csv_ ? same_csv(form, expected, found) : same_json(form, expected, found);
}

/// A line as racesim writes it; false: it is not, for faults damaged it, or it holds an escape.
bool SameValues::take_apart_json(const Form& form, std::string_view line) {
  values_.resize(form.paths.size());
  for (std::size_t i = 0; i < form.paths.size(); ++i) {
    if (!take(line, form.before[i])) return false;
    values_[i] = take_value(line);
    if (values_[i].empty()) return false;
  }
  return line == "}";
}

/// A comma or a brace, a key and a colon, and learns them.
bool SameValues::read_front(Form& form, std::size_t place, std::string_view& found) {
  const std::string_view all = found;
  const auto take_char = [&found](char c) {
    skip_blank_chars(found);
    if (found.empty() || found.front() != c) return false;
    found.remove_prefix(1);
    return true;
  };
  if (!take_char(place == 0 ? '{' : ',')) return false;
  skip_blank_chars(found);
  const std::string_view key = take_value(found);
  if (key.size() < 2 || key.front() != '"') return false;
  const auto field = std::find(form.paths.begin(), form.paths.end(), key.substr(1, key.size() - 2));
  if (field == form.paths.end() || !take_char(':')) return false;
  skip_blank_chars(found);
  form.order[place] = static_cast<std::size_t>(field - form.paths.begin());
  form.fronts[place] = all.substr(0, all.size() - found.size());
  return true;
}

bool SameValues::same_value(std::string_view& found, std::string_view wanted) const {
  // A text ends with its quote; of a word it is seen only behind it.
  if (starts_with(found, wanted) && found.size() > wanted.size() &&
      (wanted.front() == '"' || ends_value(found[wanted.size()]))) {
    found.remove_prefix(wanted.size());
    return true;
  }
  const std::string_view value = take_value(found);
  return wanted.front() != '"' && !value.empty() && value.front() != '"' && same_number(wanted, value);
}

bool SameValues::same_json(Form& form, std::string_view expected, std::string_view found) {
  if (!take_apart_json(form, expected)) return false;
  std::uint64_t seen = 0;
  for (std::size_t place = 0; place < form.paths.size(); ++place) {
    const std::string& front = form.fronts[place];
    if (starts_with(found, front) && found.size() > front.size() && !is_blank_char(found[front.size()]))
      found.remove_prefix(front.size());
    else if (!read_front(form, place, found))
      return false;
    const std::size_t field = form.order[place];
    const std::uint64_t bit = std::uint64_t{1} << field;
    if ((seen & bit) != 0) return false;
    seen |= bit;
    if (!same_value(found, values_[field])) return false;
  }
  skip_blank_chars(found);
  return found == "}";
}

/// Cells without quotes; false: there are some.
bool SameValues::take_apart_csv(const Form& form, std::string_view line) {
  values_.clear();
  if (line.find('"') != std::string_view::npos) return false;
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    values_.push_back(line.substr(begin, end - begin));
    if (end == line.size()) break;
    begin = end + 1;
  }
  return values_.size() == form.paths.size();
}

bool SameValues::same_csv(const Form& form, std::string_view expected, std::string_view found) {
  if (!take_apart_csv(form, expected)) return false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < form.order.size(); ++i) {
    if (begin > found.size()) return false;
    const bool quoted = begin < found.size() && found[begin] == '"';
    const std::size_t quote = quoted ? found.find('"', begin + 1) : begin;
    if (quote == std::string_view::npos) return false;
    const std::size_t end = std::min(found.find(',', quote), found.size());
    const std::size_t field = form.order[i];
    if (!same_cell(form.numbers[field], values_[field], found.substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  return begin == found.size() + 1;
}

}  // namespace racesim
