// Laws that every stream of racesim keeps, checked on data alone: without a manifest, nothing is made again.
// docs/verify.md lists them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "run/master/load.h"
#include "verify/arrivals/arrivals.h"
#include "verify/findings.h"
#include "verify/identity/line_fields.h"

namespace racesim {

/// One line whose form is known.
class LawRow {
 public:
  LawRow(const SchemaInfo& schema, const LineFields& line) : schema_(schema), line_(line) {}

  const SchemaInfo& schema() const { return schema_; }
  /// The text of a field; empty if the schema has none of that name.
  std::string_view text(std::string_view path) const;
  /// Its number; 0 if it is none.
  double number(std::string_view path) const;
  /// The event's time; 0 if it does not say.
  std::int64_t time_us() const;

 private:
  const SchemaInfo& schema_;
  const LineFields& line_;
};

/// What a law is broken by.
struct Breach {
  std::string field, expected, found;
};

/// The laws of some schemas. Rows of one owner come in their order. One thread.
class Laws {
 public:
  virtual ~Laws() = default;
  /// `owner` names the row's owner among all; `follows`: it is the owner's next one, none is missing between.
  virtual void check(const LawRow& row, const std::string& owner, bool follows, std::vector<Breach>& out) = 0;
};
std::unique_ptr<Laws> race_laws();
/// `master`: songs, users and locations that plays refer to; may be null.
std::unique_ptr<Laws> plays_laws(const MasterData* master);

/// Reads all sequences, JSON lines or CSV with a header, of any known streams. Errors: runtime.
Result<Findings> check_invariants(ArrivedSequences& arrivals, const MasterData* master);

}  // namespace racesim
