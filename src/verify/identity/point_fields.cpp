#include "verify/identity/point_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/registry.h"

namespace racesim {
namespace {

/// The first of `ends` from `at` on that no backslash stands in front of; the line's size: there is none.
std::size_t find_bare(std::string_view line, std::size_t at, std::string_view ends) {
  for (; at < line.size() && ends.find(line[at]) == std::string_view::npos; ++at)
    if (line[at] == '\\') ++at;
  return std::min(at, line.size());
}

std::string path_named(std::string_view name, const SchemaInfo& schema) {
  const auto is_named = [&](const FieldInfo& field) {
    return std::equal(field.path.begin(), field.path.end(), name.begin(), name.end(),
                      [](char a, char b) { return (a == '.' ? '_' : a) == b; });
  };
  const auto found = std::find_if(schema.fields.begin(), schema.fields.end(), is_named);
  return std::string(found != schema.fields.end() ? found->path : name);
}

class PointWalk {
 public:
  PointWalk(std::string_view line, const SchemaInfo& schema, LineFields& out)
      : line_(line), schema_(schema), out_(out) {}

  void run() {
    at_ = find_bare(line_, 0, ", ");
    if (at_ == 0) return wrong("no measurement");
    while (is_at(','))
      if (!pair(true)) return;
    if (!is_at(' ')) return wrong("no fields");
    do
      if (!pair(false)) return;
    while (is_at(','));
    if (!is_at(' ')) return wrong("no time");
    time();
  }

 private:
  bool is_at(char c) const { return at_ < line_.size() && line_[at_] == c; }
  void wrong(const char* why) { out_.wrong = fmt::format("{} at byte {}", why, at_); }
  bool is_wrong(const char* why) {
    wrong(why);
    return false;
  }

  /// From the comma or blank in front of it to behind its value.
  bool pair(bool is_tag) {
    LineField field;
    field.begin = ++at_;
    const std::size_t equals = find_bare(line_, at_, "=, ");
    if (equals >= line_.size() || line_[equals] != '=') return is_wrong("a name without a value");
    field.path = path_named(line_.substr(at_, equals - at_), schema_);
    at_ = equals + 1;
    field.quoted = !is_tag && is_at('"');
    if (field.quoted) {
      const std::size_t close = find_bare(line_, at_ + 1, "\"");
      if (close >= line_.size()) return is_wrong("the line ends in a text");
      field.value = line_.substr(at_ + 1, close - at_ - 1);
      at_ = close + 1;
    } else {
      const std::size_t end = find_bare(line_, at_, ", ");
      field.value = line_.substr(at_, end - at_);
      at_ = end;
      // The type of a whole number.
      if (!is_tag && !field.value.empty() && (field.value.back() == 'i' || field.value.back() == 'u'))
        field.value.remove_suffix(1);
      if (field.value.empty()) return is_wrong("a value is missing");
    }
    field.end = at_;
    out_.fields.push_back(std::move(field));
    return true;
  }

  void time() {
    LineField field;
    field.begin = ++at_;
    field.value = line_.substr(at_);
    field.end = line_.size();
    const RowForm* const form = find_row_form(schema_);
    field.path = form != nullptr ? std::string(form->table.time) : "time";
    const std::string_view digits = field.value.substr(field.value.starts_with('-') ? 1 : 0);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
      return wrong("the time is no number");
    out_.fields.push_back(std::move(field));
    out_.complete = true;
  }

  const std::string_view line_;
  const SchemaInfo& schema_;
  LineFields& out_;
  std::size_t at_ = 0;
};

}  // namespace

void walk_point(std::string_view line, const SchemaInfo& schema, LineFields& out) {
  PointWalk(line, schema, out).run();
}

std::string unescaped_tag(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && i + 1 < value.size()) ++i;
    text += value[i];
  }
  return text;
}

bool is_point_of(std::string_view line, const SchemaInfo& schema) {
  const RowForm* const form = find_row_form(schema);
  if (form == nullptr || !line.starts_with(form->table.name)) return false;
  const std::size_t end = form->table.name.size();
  return line.size() > end && (line[end] == ',' || line[end] == ' ');
}

}  // namespace racesim
