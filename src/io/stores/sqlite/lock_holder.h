// Who holds the lock that an SQLite database is waited for.
#pragma once

#include <string>

namespace racesim::sqlite {

/// "process 1234 (sqlite3)", or "another writer" where /proc does not tell. Opens neither the database nor
/// what stands beside it: closing them would drop this process' own locks.
std::string lock_holder(const std::string& database);

}  // namespace racesim::sqlite
