#include "run/aggregate/line_output.h"

#include <map>
#include <utility>

#include "codec/encoder.h"
#include "run/aggregate/text_target.h"

namespace racesim {
namespace {

class LineOutput final : public ResultOutput {
 public:
  Done open(const OutputRequest& request) {
    const bool is_apart = is_file_each(request);
    name_ = request.kind == "stdout" ? "stdout" : "file:" + request.target;
    for (const AggregationEntry* entry : request.entries) {
      auto encoder =
          make_encoder(entry->result(), request.format == ResultFormat::csv ? "csv" : "json", &entry->table);
      if (!encoder) return tl::make_unexpected(encoder.error());
      Form& form = forms_[entry];
      form.encoder = std::move(*encoder);
      if (targets_.empty() || is_apart) {
        auto target =
            open_text_target(request, path_for(request.target, entry->name), form.encoder->header());
        if (!target) return tl::make_unexpected(target.error());
        targets_.push_back(std::move(*target));
      }
      form.target = targets_.back().get();
    }
    return {};
  }

  std::string name() const override { return name_; }

  Done put(const AggregationEntry& entry, const RowBatch& rows) override {
    const Form& form = forms_.at(&entry);
    lines_.clear();
    form.encoder->encode(rows, lines_);
    return form.target->write(lines_.text.view());
  }
  Done flush() override {
    for (const auto& target : targets_)
      if (Done ok = target->sync(); !ok) return ok;
    return {};
  }
  Done close() override {
    Done first;
    for (const auto& target : targets_)
      if (Done done = target->close(); first && !done) first = std::move(done);
    return first;
  }
  void abandon() override {
    for (const auto& target : targets_) target->abandon();
  }

 private:
  struct Form {
    std::unique_ptr<Encoder> encoder;
    TextTarget* target = nullptr;
  };

  std::string name_;
  std::vector<std::unique_ptr<TextTarget>> targets_;
  std::map<const AggregationEntry*, Form> forms_;
  WireBatch lines_;
};

}  // namespace

Result<std::unique_ptr<ResultOutput>> make_line_output(const OutputRequest& request) {
  if (request.format == ResultFormat::csv && request.entries.size() > 1 && !is_file_each(request))
    return fail(ErrorKind::usage,
                "CSV has one header: the results of several aggregations do not fit into it",
                "a file each: --to 'file:out-{by}.csv' --format csv; or --format json");
  auto output = std::make_unique<LineOutput>();
  if (Done ok = output->open(request); !ok) return tl::make_unexpected(ok.error());
  return output;
}

}  // namespace racesim
