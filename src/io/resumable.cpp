#include "io/resumable.h"

#include "io/sink.h"

namespace racesim {

bool is_same_record(const RecordMark& a, const RecordMark& b) {
  return a.hash == b.hash && (a.time_ms < 0 || b.time_ms < 0 || a.time_ms == b.time_ms);
}

std::vector<StreamPosition> origins_of(Sink& sink) {
  const Resumable* const place = sink.resumable();
  return place == nullptr ? std::vector<StreamPosition>() : place->destination().origins;
}

}  // namespace racesim
