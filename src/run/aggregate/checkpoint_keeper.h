// A checkpoint file, for results that go to no database.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "run/aggregate/result_keeper.h"

namespace racesim {

struct KeptFileOptions {
  std::string path;
  std::string options;  ///< what results hang on, as people read it
  bool resume = false;  ///< a file that is there is gone on with; none is a beginning
};

/// The file is replaced as a whole by each commit and is on the disk when that returns. PATH.lock keeps a
/// second process away. Errors: usage (there is one, and it is not to be gone on with; of other options),
/// busy, runtime (damaged; it cannot be made).
Result<std::unique_ptr<ResultKeeper>> open_checkpoint_keeper(KeptFileOptions options);

/// What open_checkpoint_keeper() would refuse of the file that is there. Touches nothing.
Done check_checkpoint(const KeptFileOptions& options);

}  // namespace racesim
