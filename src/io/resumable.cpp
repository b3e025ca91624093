#include "io/resumable.h"

#include "io/sink.h"

namespace racesim {

std::vector<StreamPosition> origins_of(Sink& sink) {
  const Resumable* const place = sink.resumable();
  return place == nullptr ? std::vector<StreamPosition>() : place->destination().origins;
}

}  // namespace racesim
