// Reads of a line no more than which event it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario.h"
#include "verify/identity/identity.h"
#include "verify/identity/line_form.h"

namespace racesim {

/// For lines as racesim writes them; of others it says nothing. One thread.
class FastIdentity {
 public:
  /// `owners` outlives this.
  FastIdentity(std::span<const StreamInfo> streams, const Owners& owners, LineForm form, std::uint32_t run);

  /// Whether lines of all streams say which event they are.
  bool usable() const { return usable_; }
  /// Whether `line`, with its line end, is the event (owner, seq) of the stream, as far as its identity and
  /// its end tell.
  bool is(std::string_view line, std::uint32_t stream, std::uint32_t owner, std::uint64_t seq);
  /// What the line says it is, of any stream; none if it does not say, or is of another run.
  std::optional<Identity> identity(std::string_view line) const;

 private:
  struct Step {
    std::string before;  ///< what stands in front of the value, from the end of the one before: `,"seq":`
    bool text = false;   ///< the value ends at a quote
    enum class Use : std::uint8_t { none, list, event_id, run, owner, seq } use = Use::none;
  };
  struct Form {
    std::vector<Step> steps;          ///< up to the last field of the identity
    std::vector<std::string> fronts;  ///< by owner: the line up to the value of seq, as it was last
    bool keeps_fronts = false;        ///< seq stands behind all else that names the event
    bool is_id = false;               ///< the event_id, which says all, stands first
    std::string last_key;             ///< of the line; empty: there is one stream, nothing to tell apart
  };
  std::optional<Identity> read(std::string_view line, const Form& form, std::size_t* seq_at = nullptr) const;
  bool ends_as(std::string_view line, const Form& form) const;
  bool has_id(std::string_view line, const Form& form, std::uint32_t owner, std::uint64_t seq) const;
  bool has_front(std::string_view line, const Form& form, std::uint32_t owner, std::uint64_t seq) const;

  const Owners& owners_;
  const bool csv_;
  const std::uint32_t run_;
  std::vector<Form> forms_;  ///< by stream
  bool usable_ = true;
};

}  // namespace racesim
