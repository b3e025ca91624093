// Lines that somebody parsed and wrote again, spelled as racesim writes them: equal values give equal bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario.h"
#include "verify/identity/line_fields.h"

namespace racesim {

/// Fields that lines had beyond those of their stream.
struct ExtraFields {
  static constexpr std::size_t kMostNames = 8;
  std::uint64_t lines = 0;         ///< that had any
  std::vector<std::string> names;  ///< the first few, each once
  void add(std::string_view name);
  void merge(const ExtraFields& other);
};

/// For the lines of one sequence. One thread.
class Respeller {
 public:
  /// The spans outlive the respeller.
  Respeller(std::span<const StreamInfo> streams, bool csv);
  ~Respeller();

  struct Header {
    bool is_one = false;  ///< else the line is no header, and the lines are read as if the run's stood there
    std::string wrong;    ///< empty: it has all columns. Else what can be read of the lines behind it is read
  };
  /// CSV: takes the arrived header, whose columns may stand in any order.
  Header take_header(std::string_view line);
  /// Of the header taken: the field of each column; the number of fields for one that no field has.
  const std::vector<std::size_t>& columns() const { return columns_; }

  /// Appends the line, with its line end, to `out`. A line that has some fields of a stream, but not all, or
  /// values that the stream cannot have, is spelled with what it has; any other line stays as it is. False:
  /// it is no whole row, and why_not() tells why.
  bool spell(std::string_view line, std::string& out);
  const std::string& why_not() const { return why_; }
  /// Of a line that spell() gave: it could not even be taken apart into fields.
  bool is_unreadable(std::string_view line) const;
  const ExtraFields& extra() const { return extra_; }
  /// Of a line that need not be spelled: it had these fields beyond those of its stream.
  void note_extra(std::span<const std::string_view> names);

 private:
  struct Form;
  void restart_csv();
  bool decode(Form& form, std::string_view line);
  Form* find_form(const LineFields& fields);
  LineFields fields_of(std::string_view line) const;
  void spell_parts(std::string_view line, std::string& out);

  const bool csv_;
  std::vector<std::unique_ptr<Form>> forms_;  ///< the one met last in front
  std::string header_, buffer_, why_;
  std::vector<std::size_t> columns_;
  std::vector<std::string> extra_now_;  ///< of the line at hand
  bool extra_columns_ = false;          ///< the header has some
  ExtraFields extra_;
};

}  // namespace racesim
