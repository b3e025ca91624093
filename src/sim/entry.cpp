#include "sim/entry.h"

namespace racesim {

const ContentOption* find_option(const ScenarioEntry& entry, std::string_view name) {
  for (const ContentOption& option : entry.options)
    if (option.name == name) return &option;
  return nullptr;
}

std::string identity_of(const ScenarioEntry& entry, const ScenarioContent& content, const ContentInput& input,
                        const Frame& frame) {
  if (entry.identity != nullptr) return entry.identity(content, frame);
  const OptionValues fallbacks(entry.options);
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!text.empty()) text += '|';
    text.append(name).append("=").append(value);
  };
  if (input.volume && entry.volume.is_content) {
    add("volume", std::to_string(input.volume->events) + (input.volume->per_minute ? "/min" : ""));
    // A fixed number of events is spread over the window.
    if (!input.volume->per_minute && frame.end_ms) add("end", std::to_string(*frame.end_ms));
  }
  for (const ContentOption& option : entry.options) {
    const OptionValue& value = input.values.value(option.name);
    if (option.effect != Effect::bytes || same_value(value, fallbacks.value(option.name))) continue;
    const Document* document = std::get_if<Document>(&value);
    const bool is_file = document != nullptr && !document->text.empty();
    add(option.name, is_file ? "file:" + document->text : value_text(value));
  }
  return text;
}

}  // namespace racesim
