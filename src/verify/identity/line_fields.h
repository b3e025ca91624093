// A line taken apart into fields, with tolerance: whatever came before the first thing that is wrong is
// given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/schema.h"
#include "verify/identity/line_form.h"

namespace racesim {

struct LineField {
  std::string path;        ///< "location.lat"
  std::string_view value;  ///< as it stands there; texts without their quotes
  bool quoted = false;     ///< the value stands between quotes
  std::size_t begin = 0;   ///< where its part of the line begins (a JSON key, a CSV cell)
  std::size_t end = 0;     ///< one behind the value
};

struct LineFields {
  std::vector<LineField> fields;
  bool complete = false;  ///< the whole line is well-formed
  std::string wrong;      ///< why not

  /// Null if there is none.
  const LineField* find(std::string_view path) const;
};

/// JSON objects of values, lists and objects, CSV cells named in the order of the schema's fields, or points
/// of line protocol. `line` is without its line end.
LineFields take_apart(std::string_view line, LineForm form, const SchemaInfo& schema);

/// How two lines differ, in the words of a report.
struct LineDifference {
  std::string field;     ///< path, or what else differs: "form", "line end"
  std::string expected;  ///< value there
  std::string found;
};
LineDifference compare_lines(std::string_view expected, std::string_view found, LineForm form,
                             const SchemaInfo& schema);

/// Bytes between the common begin and the common end.
std::size_t line_distance(std::string_view a, std::string_view b);

/// At most `most` bytes, printable: what is not ASCII text is shown as \xNN.
std::string printable(std::string_view bytes, std::size_t most = 120);

}  // namespace racesim
