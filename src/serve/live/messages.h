// What clients of the live feed are sent; docs/formats/live-feed.md shows it from outside.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/schema.h"
#include "serve/live/event_ring.h"

namespace racesim::serve {

/// Some of the members of an event, in its own order. Empty: all.
class FieldChoice {
 public:
  FieldChoice() = default;
  /// "speed_kmh,location": members of the outermost object. Errors (usage) name the known ones.
  static Result<FieldChoice> parse(std::string_view text, const SchemaInfo& schema);

  bool all() const { return names_.empty(); }
  /// Is the field of this path ("location.lat") within a chosen member?
  bool has(std::string_view path) const;
  /// Appends the object with the chosen members. `line` is one JSON object as our encoder writes it.
  void append(std::string_view line, std::string& to) const;

 private:
  std::vector<std::string> names_;
};

/// The event's line, or what was chosen of it, which `buffer` holds then: only the main stream has the fields
/// that were checked, and a damaged line has none.
std::string_view chosen_line(const EventChunk& chunk, std::size_t i, const FieldChoice& fields,
                             std::string& buffer);

/// {"type":"event","data":…}; of another stream than the main one with its name; a damaged line as text.
void append_event_message(const EventChunk& chunk, std::size_t i, std::string_view data, std::string& to);
/// The same as a server-sent event with the id EPOCH-NUMBER.
void append_server_sent(const EventChunk& chunk, std::size_t i, std::string_view data, std::string_view epoch,
                        std::string& to);

/// {"items":[…]}, with `type` in front of it where one is given.
std::string items_message(std::span<const EventPlace> events, const FieldChoice& fields,
                          std::string_view type = {});
/// {"type":"thinned","skipped":N,"detail":"…"}.
std::string thinned_message(std::uint64_t skipped);

}  // namespace racesim::serve
