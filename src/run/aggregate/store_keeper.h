// A database that keeps results, state and positions of aggregations in one transaction: each event counts
// once, whatever happens in between.
#pragma once

#include <memory>
#include <string>

#include "run/aggregate/result_keeper.h"

namespace racesim {

/// `name` tells apart several aggregations in one database, and from what ingest keeps there. `options`: a
/// text of all that results hang on; a state that was kept with another is refused (usage).
std::unique_ptr<ResultKeeper> make_store_keeper(std::unique_ptr<Store> store, std::string name,
                                                std::string options);

}  // namespace racesim
