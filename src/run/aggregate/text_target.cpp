#include "run/aggregate/text_target.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "io/files/atomic_file.h"
#include "io/files/compression.h"
#include "io/sinks/file.h"
#include "model/batch.h"

namespace racesim {
namespace {

class StdoutTarget final : public TextTarget {
 public:
  StdoutTarget(std::function<Done(std::string_view)> write, std::string header)
      : write_(std::move(write)), header_(std::move(header)) {}
  std::string name() const override { return "stdout"; }
  Done write(std::string_view lines) override {
    if (Done ok = write_header(); !ok) return ok;
    return write_(lines);
  }
  Done close() override { return write_header(); }

 private:
  Done write_header() {
    const std::string header = std::exchange(header_, {});
    return header.empty() ? Done() : write_(header);
  }

  std::function<Done(std::string_view)> write_;
  std::string header_;
};

class FileTarget final : public TextTarget {
 public:
  explicit FileTarget(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}
  std::string name() const override { return sink_->name(); }
  Done write(std::string_view lines) override {
    if (lines.empty()) return {};
    auto batch = std::make_shared<WireBatch>();
    batch->append(0, {}, lines, 0);
    return sink_->submit(std::move(batch), 0, 1);
  }
  Done sync() override { return sink_->sync(); }
  Done close() override { return sink_->close(); }
  void abandon() override { sink_->abandon(); }

 private:
  std::unique_ptr<Sink> sink_;
};

/// What an earlier process finished grows again.
Done take_back(const std::string& path) {
  // Those name what is open already, whatever it is.
  if (path.starts_with("/dev/") || path.starts_with("/proc/")) return {};
  const std::string whole = resolve_links(path), partial = whole + ".partial";
  struct stat info {};
  if (stat(partial.c_str(), &info) == 0 || stat(whole.c_str(), &info) != 0 || !S_ISREG(info.st_mode))
    return {};
  if (std::rename(whole.c_str(), partial.c_str()) == 0) return {};
  return tl::make_unexpected(system_error("rename " + whole + " to " + partial, errno));
}

}  // namespace

bool is_file_each(const OutputRequest& request) {
  return request.kind == "file" && request.target.find(kByToken) != std::string::npos;
}

std::string path_for(std::string path, std::string_view aggregation) {
  for (std::size_t at = path.find(kByToken); at != std::string::npos;
       at = path.find(kByToken, at + aggregation.size()))
    path.replace(at, kByToken.size(), aggregation);
  return path;
}

Result<std::unique_ptr<TextTarget>> open_text_target(const OutputRequest& request, const std::string& path,
                                                     std::string header) {
  if (request.kind == "stdout")
    return std::unique_ptr<TextTarget>(
        std::make_unique<StdoutTarget>(request.write_stdout, std::move(header)));
  if (request.append && is_compressed(path))
    return fail(ErrorKind::usage, "file:" + path + " is compressed: it cannot be gone on with",
                "name a plain file, and compress it once it is complete");
  if (request.append)
    if (Done ok = take_back(path); !ok) return tl::make_unexpected(ok.error());
  Result<std::unique_ptr<Sink>> sink =
      open_file_sink(path, std::move(header), system_clock(), nullptr, request.append);
  if (!sink) return tl::make_unexpected(sink.error());
  return std::unique_ptr<TextTarget>(std::make_unique<FileTarget>(std::move(*sink)));
}

}  // namespace racesim
