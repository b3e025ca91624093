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

/// Takes the quotes off; false: the cell holds others.
bool unquote_cell(std::string_view& cell) {
  if (!cell.empty() && cell.front() == '"') {
    if (cell.size() < 2 || cell.back() != '"') return false;
    cell = cell.substr(1, cell.size() - 2);
  }
  return cell.find('"') == std::string_view::npos;
}

bool same_cell(bool number, std::string_view expected, std::string_view found) {
  return unquote_cell(found) && (found == expected || (number && same_number(expected, found)));
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
  return c == ',' || c == '}' || c == ']' || is_blank_char(c);
}

void skip_blank_chars(std::string_view& text) {
  while (!text.empty() && is_blank_char(text.front())) text.remove_prefix(1);
}

bool take_char(std::string_view& text, char c) {
  skip_blank_chars(text);
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
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

/// As racesim writes it: that, or a list of them, which holds neither spaces nor, in a text, a bracket.
std::string_view take_written(std::string_view& text) {
  if (text.empty() || text.front() != '[') return take_value(text);
  const std::string_view value = text.substr(0, text.find(']') + 1);
  text.remove_prefix(value.size());
  return value;
}

/// A key and its colon, and the spaces in front of the value. Empty: none that can be read here.
std::string_view take_key(std::string_view& text) {
  skip_blank_chars(text);
  const std::string_view key = take_value(text);
  if (key.size() < 3 || key.front() != '"' || !take_char(text, ':')) return {};
  skip_blank_chars(text);
  return key.substr(1, key.size() - 2);
}

/// Takes digits; false: there are none.
bool take_digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(count);
  return count > 0;
}

/// A number of JSON, true, false or null.
bool is_word(std::string_view value) {
  if (value == "true" || value == "false" || value == "null") return true;
  if (!value.empty() && value.front() == '-') value.remove_prefix(1);
  if (value.size() > 1 && value[0] == '0' && value[1] >= '0' && value[1] <= '9') return false;
  if (!take_digits(value)) return false;
  if (take(value, ".") && !take_digits(value)) return false;
  if (take(value, "e") || take(value, "E")) {
    if (!take(value, "-")) static_cast<void>(take(value, "+"));
    if (!take_digits(value)) return false;
  }
  return value.empty();
}

bool is_plain_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool same_scalar(std::string_view& found, std::string_view wanted) {
  // A text ends with its quote; of a word it is seen only behind it.
  if (starts_with(found, wanted) && found.size() > wanted.size() &&
      (wanted.front() == '"' || ends_value(found[wanted.size()]))) {
    found.remove_prefix(wanted.size());
    return true;
  }
  const std::string_view value = take_value(found);
  return wanted.front() != '"' && !value.empty() && value.front() != '"' && same_number(wanted, value);
}

bool same_list(std::string_view& found, std::string_view wanted) {
  if (take(found, wanted)) return true;
  wanted.remove_prefix(1);
  if (!take_char(found, '[')) return false;
  for (bool first = true; wanted != "]"; first = false) {
    if (!first && !(take_char(found, ',') && take(wanted, ","))) return false;
    skip_blank_chars(found);
    const std::string_view item = take_value(wanted);
    if (item.empty() || !same_scalar(found, item)) return false;
  }
  return take_char(found, ']');
}

}  // namespace

SameValues::SameValues(std::span<const StreamInfo> streams, bool csv) : csv_(csv) {
  for (const StreamInfo& stream : streams) {
    forms_.push_back(form_of(*stream.schema, csv, true));
    bare_forms_.push_back(form_of(*stream.schema, csv, csv));
  }
}

/// Whether a line has its rare fields, its first one tells.
SameValues::Form& SameValues::form_for(std::uint32_t stream, std::string_view expected) {
  Form& whole = forms_[stream];
  if (whole.rare == kNone || expected.find(whole.fields[whole.rare].before) != std::string_view::npos)
    return whole;
  return bare_forms_[stream];
}

SameValues::Form SameValues::form_of(const SchemaInfo& schema, bool csv, bool rare) {
  Form form;
  form.objects.emplace_back();
  std::size_t open = kRoot;
  for (const FieldInfo& info : schema.fields) {
    if (info.left_out && !rare) continue;
    if (info.left_out && !csv && form.rare == kNone) form.rare = form.fields.size();
    Field field;
    const std::size_t dot = csv ? std::string_view::npos : info.path.find('.');
    const bool nested = dot != std::string_view::npos;
    const std::string_view object = nested ? info.path.substr(0, dot) : std::string_view();
    field.key = nested ? info.path.substr(dot + 1) : info.path;
    if (open != kRoot && form.objects[open].key != object) {
      field.before = "}";
      open = kRoot;
    }
    field.before += form.fields.empty() ? '{' : ',';
    if (nested && open == kRoot) {
      open = form.objects.size();
      form.objects.push_back({object, 0});
      field.before += '"' + std::string(object) + "\":{";
    }
    field.before += '"' + std::string(field.key) + "\":";
    field.object = open;
    field.number =
        info.list_limit == 0 && (info.type == FieldType::signed_int || info.type == FieldType::unsigned_int);
    if (field.key.find('.') != std::string_view::npos && !csv) form.usable = false;
    if (form.fields.size() < kMostFields) form.objects[open].fields |= std::uint64_t{1} << form.fields.size();
    form.order.push_back(form.fields.size());
    form.fields.push_back(std::move(field));
  }
  form.end = open == kRoot ? "}" : "}}";
  form.fronts.resize(form.fields.size());
  if (form.fields.size() > kMostFields) form.usable = false;
  return form;
}

void SameValues::set_columns(std::vector<std::size_t> columns) {
  Form& form = forms_.front();
  for (std::size_t field = 0; field < form.fields.size(); ++field)
    if (std::count(columns.begin(), columns.end(), field) != 1) form.usable = false;
  form.order = std::move(columns);
}

bool SameValues::same(std::uint32_t stream, std::string_view expected, std::string_view found) {
  Form& form = form_for(stream, expected);
  extra_.clear();
  if (!form.usable) return false;
  expected = without_line_end(expected, csv_);
  found = without_line_end(found, csv_);
  return csv_ ? same_csv(form, expected, found) : same_json(form, expected, found);
}

/// A line as racesim writes it; false: it is not, for faults damaged it, or it holds an escape.
bool SameValues::take_apart_json(const Form& form, std::string_view line) {
  values_.resize(form.fields.size());
  for (std::size_t i = 0; i < form.fields.size(); ++i) {
    if (!take(line, form.fields[i].before)) return false;
    values_[i] = take_written(line);
    if (values_[i].empty()) return false;
  }
  return line == form.end;
}

/// A field that the stream does not have, unless it is one of its own again.
bool SameValues::take_extra(const Form& form, std::size_t object, std::string_view key,
                            std::string_view& found) {
  const auto is_own = [&](const Field& field) { return field.object == object && field.key == key; };
  if (std::any_of(form.fields.begin(), form.fields.end(), is_own)) return false;
  const std::string_view value = take_value(found);
  if (value.empty() || !is_plain_text(key)) return false;
  if (value.front() == '"' ? !is_plain_text(value) : !is_word(value)) return false;
  extra_.push_back(key);
  return true;
}

/// What stands in front of the next of the stream's values, and learns it, unless there are further fields.
bool SameValues::read_front(Form& form, std::size_t place, std::size_t object, std::uint64_t seen,
                            std::string_view& found) {
  const std::string_view all = found;
  const std::size_t extra_before = extra_.size();
  Front front;
  front.from = object;
  bool opened = place == 0;
  if (opened && !take_char(found, '{')) return false;
  for (;;) {
    if (!opened && object != kRoot && take_char(found, '}')) {
      front.closes |= form.objects[object].fields;
      object = kRoot;
    }
    if (!opened && !take_char(found, ',')) return false;
    const std::string_view key = take_key(found);
    if (key.empty()) return false;
    opened = false;
    const auto inner = std::find_if(form.objects.begin() + 1, form.objects.end(),
                                    [&](const Object& one) { return object == kRoot && one.key == key; });
    const auto field = std::find_if(form.fields.begin(), form.fields.end(),
                                    [&](const Field& one) { return one.object == object && one.key == key; });
    if (inner != form.objects.end()) {
      if (!take_char(found, '{')) return false;
      object = static_cast<std::size_t>(inner - form.objects.begin());
      front.opens |= inner->fields;
      opened = true;
    } else if (field != form.fields.end()) {
      if ((seen & front.opens) != 0 || (seen & front.closes) != front.closes) return false;
      form.order[place] = static_cast<std::size_t>(field - form.fields.begin());
      front.text = all.substr(0, all.size() - found.size());
      form.fronts[place] = extra_.size() == extra_before ? std::move(front) : Front();
      return true;
    } else if (!take_extra(form, object, key, found)) {
      return false;
    }
  }
}

/// All fields have come: braces, and further fields before them.
bool SameValues::read_end(const Form& form, std::size_t object, std::string_view found) {
  for (;;) {
    if (take_char(found, '}')) {
      if (object == kRoot) return found.empty();
      object = kRoot;
      continue;
    }
    if (!take_char(found, ',')) return false;
    const std::string_view key = take_key(found);
    const auto is_object = [&](const Object& one) { return object == kRoot && one.key == key; };
    if (key.empty() || std::any_of(form.objects.begin() + 1, form.objects.end(), is_object) ||
        !take_extra(form, object, key, found))
      return false;
  }
}

bool SameValues::same_json(Form& form, std::string_view expected, std::string_view found) {
  if (!take_apart_json(form, expected)) return false;
  std::uint64_t seen = 0;
  std::size_t object = kRoot;
  for (std::size_t place = 0; place < form.fields.size(); ++place) {
    const Front& front = form.fronts[place];
    if (front.from == object && (seen & front.opens) == 0 && (seen & front.closes) == front.closes &&
        starts_with(found, front.text) && found.size() > front.text.size() &&
        !is_blank_char(found[front.text.size()]))
      found.remove_prefix(front.text.size());
    else if (!read_front(form, place, object, seen, found))
      return false;
    const std::size_t field = form.order[place];
    const std::uint64_t bit = std::uint64_t{1} << field;
    if ((seen & bit) != 0) return false;
    seen |= bit;
    object = form.fields[field].object;
    const std::string_view wanted = values_[field];
    if (!(wanted.front() == '[' ? same_list(found, wanted) : same_scalar(found, wanted))) return false;
  }
  return read_end(form, object, found);
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
  return values_.size() == form.fields.size();
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
    std::string_view cell = found.substr(begin, end - begin);
    if (field == form.fields.size() ? !unquote_cell(cell) || !is_plain_text(cell)
                                    : !same_cell(form.fields[field].number, values_[field], cell))
      return false;
    begin = end + 1;
  }
  return begin == found.size() + 1;
}

}  // namespace racesim
