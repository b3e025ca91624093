// Which event a line says it is: its stream, run, owner and number.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/scenario.h"
#include "verify/identity/line_fields.h"

namespace racesim {

struct Identity {
  std::uint32_t stream = 0;
  std::uint32_t owner = 0;
  std::uint64_t seq = 0;
  std::optional<std::uint32_t> run;  ///< none: lines of that form do not say
};

/// The fields of one schema that make up the identity, as indices of SchemaInfo::fields; none: it has no
/// such.
struct IdentityFields {
  using Index = std::optional<std::size_t>;
  Index event_id;  ///< carries all the rest (model/event_id.h)
  Index run;
  Index owner;  ///< as Owners::owner_of() reads it
  Index seq;
  bool known() const { return event_id || seq; }
};
/// As the scenario declares them (RowForm); none if no scenario makes such rows.
IdentityFields identity_fields(const SchemaInfo& schema);

/// Of forms whose rows carry no number events are told apart by their bytes only.
class IdentityReader {
 public:
  /// `owners` outlives the reader.
  IdentityReader(std::span<const StreamInfo> streams, const Owners& owners, LineForm form);

  /// The stream whose form the line has, by its fields; of a line that lacks some, the one that it has most
  /// of, with those that tell which event it is. None if there is no such stream.
  std::optional<std::uint32_t> stream_of(const LineFields& line) const;
  /// `line` without its line end.
  std::optional<Identity> read(std::string_view line) const;

 private:
  bool says_which(std::uint32_t stream, const LineFields& line) const;
  std::optional<Identity> read_point(std::string_view line) const;
  std::optional<Identity> read_as(std::uint32_t stream, const LineFields& line) const;

  std::span<const StreamInfo> streams_;
  const Owners& owners_;
  std::vector<IdentityFields> fields_;
  const LineForm form_;
};

std::optional<Uuid> parse_uuid_text(std::string_view text);

/// Names an event among all events of a run.
constexpr std::uint64_t identity_key(std::uint32_t stream, std::uint32_t owner, std::uint64_t seq) {
  const std::uint64_t x = (static_cast<std::uint64_t>(stream) << 32 | owner) * 0x9e3779b97f4a7c15ULL;
  const std::uint64_t y = (x ^ (x >> 29)) + seq * 0xbf58476d1ce4e5b9ULL;
  return (y ^ (y >> 31)) * 0x94d049bb133111ebULL;
}

}  // namespace racesim
