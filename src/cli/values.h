// Setters: how the text of an option becomes a value, with messages that show a right one. A target must live
// as long as the option.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "cli/terminal/terminal.h"

namespace racesim::cli {

Setter set_text(std::string& target);               ///< not empty
Setter add_text(std::vector<std::string>& target);  ///< not empty, appended
Setter set_flag(bool& target);                      ///< true, false, 1, 0, yes, no, on, off
Setter set_count(int& target);                      ///< a flag that may be given several times
Setter set_when(When& target);                      ///< auto, always, never
/// A whole number from `low` to `high`; digits may be grouped with '_'.
Setter set_number(std::uint64_t& target, std::uint64_t low, std::uint64_t high);
Setter set_number(std::uint32_t& target, std::uint32_t low, std::uint32_t high);
/// One of `choices`; else the message lists them and the closest.
Setter set_choice(std::string& target, std::vector<std::string> choices);

/// A positive decimal number below `limit`, without exponent.
Setter set_positive(double& target, double limit);
/// Any of the parsers of base/quantity.h.
template <class T>
Setter set_parsed(T& target, Result<T> (*parse)(std::string_view)) {
  return [&target, parse](const std::string& text) -> Done {
    Result<T> value = parse(text);
    if (!value) return tl::make_unexpected(value.error());
    target = std::move(*value);
    return {};
  };
}

/// What the help says of an option.
struct OptionText {
  const char* name;
  const char* metavar;   ///< empty: a flag
  const char* fallback;  ///< OptionSpec::default_value
  const char* help;
};
/// An option of which the rest is as OptionSpec has it.
OptionSpec option_of(const char* group, const OptionText& text, Setter set);
/// One whose default depends on others: `note` tells it.
OptionSpec noted(OptionSpec option, const char* note);
/// One whose value the shell completes as a file's name.
OptionSpec file(OptionSpec option);
/// The values for an option's `choices` and its setter cannot differ when both come from here.
OptionSpec choice_option(OptionSpec option, std::string& target);
OptionSpec chosen(OptionSpec option, std::string& target, std::vector<std::string> choices);

}  // namespace racesim::cli
