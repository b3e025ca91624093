#include "verify/values/same_values.h"

#include <algorithm>
#include <cstring>
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

/// Steps through one flat object.
class FlatObject {
 public:
  explicit FlatObject(std::string_view line) : at_(line.data()), end_(line.data() + line.size()) {}

  bool take(char c) {
    skip();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool at_end() const { return at_ == end_; }
  /// Behind a quote: up to the next one. False: there is none, or an escape before it.
  bool text(std::string_view& out) {
    const char* const begin = at_;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\') ++at_;
    if (at_ == end_ || *at_ == '\\') return false;
    out = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
  }
  /// Steps over `name` and its quote, if that is next.
  bool take_name(std::string_view name) {
    if (static_cast<std::size_t>(end_ - at_) <= name.size() || at_[name.size()] != '"' ||
        std::memcmp(at_, name.data(), name.size()) != 0)
      return false;
    at_ += name.size() + 1;
    return true;
  }
  /// A text with its quotes, or a word. False: an object, a list, an escape, nothing.
  bool value(std::string_view& out) {
    skip();
    const char* const begin = at_;
    if (at_ != end_ && *at_ == '"') {
      ++at_;
      if (!text(out)) return false;
      out = {begin, static_cast<std::size_t>(at_ - begin)};
      return true;
    }
    while (at_ != end_ && *at_ != ',' && *at_ != '}' && !is_blank_char(*at_) && *at_ != '{' && *at_ != '[') ++at_;
    out = {begin, static_cast<std::size_t>(at_ - begin)};
    return at_ != begin;
  }

 private:
  void skip() {
    while (at_ != end_ && is_blank_char(*at_)) ++at_;
  }
  const char* at_;
  const char* const end_;
};

}  // namespace

SameValues::SameValues(std::span<const StreamInfo> streams, bool csv) : csv_(csv) {
  for (const StreamInfo& stream : streams) {
    Form form;
    for (const FieldInfo& field : stream.schema->fields) {
      form.order.push_back(form.paths.size());
      form.paths.push_back(field.path);
      form.numbers.push_back(field.type == FieldType::signed_int || field.type == FieldType::unsigned_int);
      if (field.list_limit > 0 || (!csv && field.path.find('.') != std::string_view::npos)) form.usable = false;
    }
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
  FlatObject in(line);
  for (std::size_t i = 0; i < form.paths.size(); ++i)
    if (!in.take(i == 0 ? '{' : ',') || !in.take('"') || !in.take_name(form.paths[i]) || !in.take(':') ||
        !in.value(values_[i]))
      return false;
  return in.take('}') && in.at_end();
}

bool SameValues::same_json(Form& form, std::string_view expected, std::string_view found) {
  if (!take_apart_json(form, expected)) return false;
  FlatObject in(found);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < form.paths.size(); ++i) {
    if (!in.take(i == 0 ? '{' : ',') || !in.take('"')) return false;
    std::size_t field = form.order[i];
    if (!in.take_name(form.paths[field])) {
      std::string_view name;
      if (!in.text(name)) return false;
      field = static_cast<std::size_t>(std::find(form.paths.begin(), form.paths.end(), name) - form.paths.begin());
      if (field == form.paths.size()) return false;
      form.order[i] = field;
    }
    const std::uint64_t bit = std::uint64_t{1} << field;
    if ((seen & bit) != 0) return false;
    seen |= bit;
    std::string_view value;
    if (!in.take(':') || !in.value(value)) return false;
    const std::string_view wanted = values_[field];
    if (value != wanted && (wanted.front() == '"' || value.front() == '"' || !same_number(wanted, value)))
      return false;
  }
  return in.take('}') && in.at_end();
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
