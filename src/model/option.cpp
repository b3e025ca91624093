#include "model/option.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/number_text.h"
#include "base/suggest.h"

namespace racesim {
namespace {

template <class... Visitors>
struct Overload : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overload(Visitors...) -> Overload<Visitors...>;

Done check_choice(const ContentOption& option, std::string_view text) {
  if (std::find(option.choices.begin(), option.choices.end(), text) != option.choices.end()) return {};
  return tl::make_unexpected(unknown_choice(text, {option.choices.begin(), option.choices.end()}));
}

Result<OptionValue> parse_list(const ContentOption& option, std::string_view text) {
  std::vector<std::string> items;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    const std::string item(text.substr(from, comma - from));
    if (const Done ok = check_choice(option, item); !ok) return tl::make_unexpected(ok.error());
    if (std::find(items.begin(), items.end(), item) != items.end())
      return fail(ErrorKind::usage, "'" + item + "' is given twice", "give each once, separated by commas");
    items.push_back(item);
    from = comma + 1;
  }
  return OptionValue(std::move(items));
}

}  // namespace

Result<OptionValue> parse_value(const ContentOption& option, std::string_view text) {
  switch (option.kind) {
    case ValueKind::whole:
      return parse_whole(text, option.range.low, option.range.high).map([](std::uint64_t v) {
        return OptionValue(v);
      });
    case ValueKind::thousandths:
      return parse_thousandths(text, option.range.low, option.range.high).map([](std::uint64_t v) {
        return OptionValue(Thousandths{v});
      });
    case ValueKind::list:
      return parse_list(option, text);
    case ValueKind::choice:
      if (const Done ok = check_choice(option, text); !ok) return tl::make_unexpected(ok.error());
      return OptionValue(std::string(text));
    case ValueKind::text:
      if (const Done ok = option.check(text); !ok) return tl::make_unexpected(ok.error());
      return OptionValue(std::string(text));
    case ValueKind::document:
      if (!option.document->is_path(text))
        if (const Done ok = option.check(text); !ok) return tl::make_unexpected(ok.error());
      return OptionValue(Document{std::string(text), {}});
  }
  RACESIM_CHECK(false);
}

std::string value_text(const OptionValue& value) {
  return std::visit(
      Overload{[](std::uint64_t whole) { return std::to_string(whole); },
               [](Thousandths number) { return format_thousandths(number.value); },
               [](const std::string& text) { return text; },
               [](const std::vector<std::string>& list) { return fmt::format("{}", fmt::join(list, ",")); },
               [](const Document& document) { return document.name; }},
      value);
}

bool same_value(const OptionValue& a, const OptionValue& b) {
  const auto* list_a = std::get_if<std::vector<std::string>>(&a);
  const auto* list_b = std::get_if<std::vector<std::string>>(&b);
  if (list_a == nullptr || list_b == nullptr) return a == b;
  return std::is_permutation(list_a->begin(), list_a->end(), list_b->begin(), list_b->end());
}

OptionValues::OptionValues(std::span<const ContentOption> options) : options_(options) {
  for (const ContentOption& option : options) {
    Result<OptionValue> fallback = parse_value(option, option.fallback);
    RACESIM_CHECK(fallback.has_value());
    entries_.push_back({std::move(*fallback), GivenBy::nobody});
  }
}

std::size_t OptionValues::index(std::string_view name) const {
  const auto found =
      std::find_if(options_.begin(), options_.end(), [&](const ContentOption& o) { return o.name == name; });
  RACESIM_CHECK(found != options_.end());
  return static_cast<std::size_t>(found - options_.begin());
}

void OptionValues::set(std::string_view name, OptionValue value, GivenBy by) {
  Entry& entry = entries_[index(name)];
  RACESIM_CHECK(value.index() == entry.value.index());
  entry = {std::move(value), by};
}

const OptionValue& OptionValues::value(std::string_view name) const {
  return entries_[index(name)].value;
}
std::uint64_t OptionValues::whole(std::string_view name) const {
  return std::get<std::uint64_t>(value(name));
}
std::uint64_t OptionValues::thousandths(std::string_view name) const {
  return std::get<Thousandths>(value(name)).value;
}
const std::string& OptionValues::text(std::string_view name) const {
  return std::get<std::string>(value(name));
}
const std::vector<std::string>& OptionValues::list(std::string_view name) const {
  return std::get<std::vector<std::string>>(value(name));
}
const Document& OptionValues::document(std::string_view name) const {
  return std::get<Document>(value(name));
}
GivenBy OptionValues::given_by(std::string_view name) const {
  return entries_[index(name)].by;
}

}  // namespace racesim
