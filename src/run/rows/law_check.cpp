#include "run/rows/law_check.h"

#include <fmt/format.h>

namespace racesim {

LawCheck::LawCheck(std::span<const RowKind> kinds, const MasterTables& master)
    : kinds_(kinds), master_(master) {
  for (const RowKind& kind : kinds)
    readers_.push_back(kind.form == nullptr ? nullptr
                                            : std::make_unique<RowReader>(*kind.scenario, *kind.form));
}

Laws* LawCheck::laws_of(const ScenarioEntry& scenario) {
  const auto [found, fresh] = laws_.try_emplace(&scenario);
  if (fresh && scenario.laws != nullptr) found->second = scenario.laws({master_});
  return found->second.get();
}

std::string LawCheck::check(std::size_t kind, const RowBatch& rows, std::size_t i) {
  const RowReader* const reader = readers_[kind].get();
  if (reader == nullptr) return {};
  Laws* const laws = laws_of(reader->scenario());
  if (laws == nullptr) return {};
  const RowOwner owner = reader->row_owner(rows, i);
  bool follows = false;
  if (owner.seq) {
    const Numbering::Came came = numbering_.note(owner.name, *owner.seq, reader->form().seq_in_time_order);
    if (came == Numbering::Came::again) return {};  // the store tells whether it is the same
    follows = came == Numbering::Came::next;
  }
  breaches_.clear();
  laws->check(rows, i, {owner.name, reader->time_us(rows, i), follows}, breaches_);
  if (breaches_.empty()) return {};
  // It is not stored, so the number has not come: when it comes again it is judged again.
  if (owner.seq) numbering_.take_back(owner.name, *owner.seq);
  const Breach& breach = breaches_.front();
  const std::string found = breach.found.empty() ? "" : ", found " + breach.found;
  return fmt::format("breaks a law: {}: expected {}{}", breach.field, breach.expected, found);
}

void LawCheck::forget() {
  laws_.clear();
  numbering_ = {};
}

}  // namespace racesim
