#include "cli/values.h"

#include <fmt/format.h>

#include <charconv>

#include "base/number_text.h"
#include "base/suggest.h"

namespace racesim::cli {
namespace {

Done refuse(const std::string& what, const std::string& hint) {
  return fail(ErrorKind::usage, what, hint);
}

/// Flags have values too: --quiet=false, RACESIM_QUIET=1, quiet = true.
Result<bool> truth_of(const std::string& text) {
  for (const char* yes : {"true", "1", "yes", "on"})
    if (text == yes) return true;
  for (const char* no : {"false", "0", "no", "off"})
    if (text == no) return false;
  return fail(ErrorKind::usage, "'" + text + "' is neither true nor false", "example: true");
}

template <class Number>
Setter number_setter(Number& target, std::uint64_t low, std::uint64_t high) {
  return [&target, low, high](const std::string& text) -> Done {
    const Result<std::uint64_t> value = parse_whole(text, low, high);
    if (!value) return tl::make_unexpected(value.error());
    target = static_cast<Number>(*value);
    return {};
  };
}

}  // namespace

Setter set_text(std::string& target) {
  return [&target](const std::string& text) -> Done {
    if (text.empty()) return refuse("the value is empty", "");
    target = text;
    return {};
  };
}

Setter add_text(std::vector<std::string>& target) {
  return [&target](const std::string& text) -> Done {
    if (text.empty()) return refuse("the value is empty", "");
    target.push_back(text);
    return {};
  };
}

Setter set_flag(bool& target) {
  return [&target](const std::string& text) -> Done {
    const Result<bool> truth = truth_of(text);
    if (!truth) return tl::make_unexpected(truth.error());
    target = *truth;
    return {};
  };
}

Setter set_count(int& target) {
  return [&target](const std::string& text) -> Done {
    if (text.size() == 1 && text[0] >= '0' && text[0] <= '9') {
      target += text[0] - '0';
      return {};
    }
    const Result<bool> truth = truth_of(text);
    if (!truth) return tl::make_unexpected(truth.error());
    target += *truth ? 1 : 0;
    return {};
  };
}

Setter set_when(When& target) {
  return [&target](const std::string& text) -> Done {
    if (text == "auto")
      target = When::automatic;
    else if (text == "always")
      target = When::always;
    else if (text == "never")
      target = When::never;
    else
      return refuse("'" + text + "' is not known", "one of: auto, always, never");
    return {};
  };
}

Setter set_number(std::uint64_t& target, std::uint64_t low, std::uint64_t high) {
  return number_setter(target, low, high);
}
Setter set_number(std::uint32_t& target, std::uint32_t low, std::uint32_t high) {
  return number_setter(target, low, high);
}

Setter set_positive(double& target, double limit) {
  return [&target, limit](const std::string& text) -> Done {
    double value = 0;
    const auto [end, failure] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    // from_chars knows "inf" and "nan"; the comparison refuses them.
    const bool whole = failure == std::errc() && end == text.data() + text.size();
    if (!whole || !(value > 0 && value <= limit))
      return refuse("'" + text + "' is not a usable number",
                    fmt::format("expected a number above 0 and at most {}   example: 2.5", limit));
    target = value;
    return {};
  };
}

Setter set_choice(std::string& target, std::vector<std::string> choices) {
  return [&target, choices = std::move(choices)](const std::string& text) -> Done {
    for (const std::string& choice : choices)
      if (choice == text) {
        target = text;
        return {};
      }
    return tl::make_unexpected(unknown_choice(text, choices));
  };
}

OptionSpec option_of(const char* group, const OptionText& text, Setter set) {
  OptionSpec option;
  option.group = group;
  option.name = text.name;
  option.metavar = text.metavar;
  option.default_value = text.fallback;
  option.help = text.help;
  option.set = std::move(set);
  return option;
}

OptionSpec noted(OptionSpec option, const char* note) {
  option.default_note = note;
  return option;
}

OptionSpec file(OptionSpec option) {
  option.complete = Complete::file;
  return option;
}

OptionSpec choice_option(OptionSpec option, std::string& target) {
  option.set = set_choice(target, option.choices);
  return option;
}

OptionSpec chosen(OptionSpec option, std::string& target, std::vector<std::string> choices) {
  option.choices = std::move(choices);
  return choice_option(std::move(option), target);
}

}  // namespace racesim::cli
