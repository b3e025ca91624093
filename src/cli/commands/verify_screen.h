// What a terminal shows of racesim verify: a line while it compares, and the report in colour, broken to the
// width.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/terminal/progress.h"
#include "cli/terminal/terminal.h"
#include "verify/report.h"

namespace racesim::cli {

/// "00:12  1,234,567 of 2,400,000 events  51%  102,880/s", no wider than the screen. `seconds`: since the
/// begin.
std::string verify_line(double seconds, std::uint64_t lines, std::optional<std::uint64_t> expected,
                        const Screen& screen);

/// Lines wider than `columns` are broken at spaces and go on below, four columns further in.
std::string broken_to(const std::string& text, std::size_t columns);

/// The report as it is if `screen` is no terminal; else with its time and rate, the verdict in colour,
/// broken.
std::string shown_report(const VerifyReport& report, const Screen& screen);

/// Draws the line at most some times a second, on stderr; clears it at its end. One thread.
class VerifyLine {
 public:
  VerifyLine(ProgressForm form, const Screen& screen);
  ~VerifyLine();
  VerifyLine(const VerifyLine&) = delete;
  VerifyLine& operator=(const VerifyLine&) = delete;
  void tell(std::uint64_t lines, std::optional<std::uint64_t> expected);

 private:
  const ProgressForm form_;
  const Screen screen_;
  const std::int64_t begin_ns_;
  std::int64_t next_ns_;
  bool drawn_ = false;
};

}  // namespace racesim::cli
