#include "run/replay/fact_reader.h"

namespace racesim {

void FactReader::complete(TimedBlock& block) {
  std::size_t refusal = 0;
  for (std::size_t i = 0; i < block.facts.size(); ++i) {
    RecordFact& fact = block.facts[i];
    fact.entity = keys_.number_of(block.key(i));
    if (fact.time_ns == kNoTime_ns)
      fact.time_ns = last_ns_;
    else
      last_ns_ = fact.time_ns;
    if (fact.kind != RecordFact::Kind::refused) continue;
    const std::string& why = block.refusals[refusal++];
    if (lane_.takes_all) {
      // It goes out with the one before it.
      fact.kind = RecordFact::Kind::event;
      continue;
    }
    refuse_(lane_.name, i < block.records.offsets.size() ? block.records.offsets[i] : 0,
            block.records.record(i), why);
  }
}

}  // namespace racesim
