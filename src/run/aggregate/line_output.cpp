#include "run/aggregate/line_output.h"

#include <map>
#include <utility>

#include "codec/encoder.h"

namespace racesim {
namespace {

class StdoutLines final : public ResultOutput {
 public:
  explicit StdoutLines(const OutputRequest& request) : write_(request.write_stdout) {}

  Done prepare(const OutputRequest& request) {
    for (const AggregationEntry* entry : request.entries) {
      auto encoder = make_encoder(entry->result(), "json", &entry->table);
      if (!encoder) return tl::make_unexpected(encoder.error());
      encoders_[entry] = std::move(*encoder);
    }
    return {};
  }
  std::string name() const override { return "stdout"; }
  Done put(const AggregationEntry& entry, const RowBatch& rows) override {
    lines_.clear();
    encoders_.at(&entry)->encode(rows, lines_);
    return write_(lines_.text.view());
  }
  Done flush() override { return {}; }
  Done close() override { return {}; }

 private:
  std::function<Done(std::string_view)> write_;
  std::map<const AggregationEntry*, std::unique_ptr<Encoder>> encoders_;
  WireBatch lines_;
};

}  // namespace

Result<std::unique_ptr<ResultOutput>> make_stdout_output(const OutputRequest& request) {
  auto output = std::make_unique<StdoutLines>(request);
  if (Done ok = output->prepare(request); !ok) return tl::make_unexpected(ok.error());
  return output;
}

}  // namespace racesim
