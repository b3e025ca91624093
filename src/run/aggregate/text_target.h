// Where results go as text: the standard output, or a file.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "run/aggregate/outputs.h"

namespace racesim {

/// One thread, but for abandon(), which any may call.
class TextTarget {
 public:
  virtual ~TextTarget() = default;
  virtual std::string name() const = 0;
  /// Whole lines.
  virtual Done write(std::string_view lines) = 0;
  /// What was written is there also after a loss of power, where it is a file.
  virtual Done sync() { return {}; }
  virtual Done close() = 0;
  virtual void abandon() {}
};

/// In the path of a file this stands for the name of an aggregation.
inline constexpr std::string_view kByToken = "{by}";
/// Each aggregation has a file of its own.
bool is_file_each(const OutputRequest& request);
std::string path_for(std::string path, std::string_view aggregation);

/// Stdout or file, as the request says. `header` goes first, but not behind what an earlier process wrote
/// into the file. A file grows as PATH.partial and gets its name in close(), like those of `run`; to be gone
/// on with it is PATH.partial again. Errors: those of open_file_sink(), usage for a compressed file that is
/// to be gone on with.
Result<std::unique_ptr<TextTarget>> open_text_target(const OutputRequest& request, const std::string& path,
                                                     std::string header);

}  // namespace racesim
