// How the lines of a run are written.
#pragma once

#include <cstdint>
#include <string_view>

namespace racesim {

enum class LineForm : std::uint8_t { json, csv, line_protocol };

/// `format`: a name of encoder_formats().
constexpr LineForm line_form_of(std::string_view format) {
  if (format == "csv") return LineForm::csv;
  return format == "lineprotocol" ? LineForm::line_protocol : LineForm::json;
}

}  // namespace racesim
