#include "run/aggregate/table_output.h"

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/text_table.h"
#include "base/visible.h"
#include "run/aggregate/column_lines.h"
#include "run/aggregate/text_target.h"

namespace racesim {
namespace {

std::vector<std::string_view> shown_paths(const AggregationEntry& entry) {
  if (!entry.shown.empty()) return {entry.shown.begin(), entry.shown.end()};
  std::vector<std::string_view> all;
  for (const FieldInfo& field : entry.result().fields) all.push_back(field.path);
  return all;
}

bool is_number(const FieldInfo& field) {
  return field.list_limit == 0 &&
         (field.type == FieldType::signed_int || field.type == FieldType::unsigned_int);
}

class TableOutput final : public ResultOutput {
 public:
  explicit TableOutput(const OutputRequest& request)
      : live_(request.live),
        name_(request.kind == "stdout" ? "stdout" : "file:" + request.target),
        is_apart_(is_file_each(request)),
        with_headings_(request.entries.size() > 1 && !is_apart_) {}

  Done open(const OutputRequest& request) {
    for (const AggregationEntry* entry : request.entries) {
      if (targets_.empty() || is_apart_) {
        auto target = open_text_target(request, path_for(request.target, entry->name), {});
        if (!target) return tl::make_unexpected(target.error());
        targets_.push_back(std::move(*target));
      }
      parts_.emplace_back(*entry, *targets_.back());
      Part& part = parts_.back();
      std::vector<std::string> names;
      for (const auto& column : part.columns) names.push_back(visible_text(column.fields().front().path));
      part.table.emplace(std::move(names), request.most_columns,
                         [this, &part](std::string_view text) { return write(part, text); });
    }
    return {};
  }

  std::string name() const override { return name_; }

  Done put(const AggregationEntry& entry, const RowBatch& rows) override {
    Part* part = nullptr;
    for (Part& one : parts_)
      if (one.entry == &entry) part = &one;
    RACESIM_CHECK(part != nullptr);
    for (ColumnLines& column : part->columns) column.read(rows);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      std::vector<TableCell> cells;
      for (const ColumnLines& column : part->columns) {
        std::string text = visible_text(without_quotes(column.line(row)));
        cells.push_back({text.empty() ? "-" : std::move(text), is_number(column.fields().front())});
      }
      if (Done ok = part->table->add(std::move(cells)); !ok) return ok;
      part->has_rows = true;
    }
    return live_ ? part->table->flush() : Done();
  }
  Done flush() override {
    for (const auto& target : targets_)
      if (Done ok = target->sync(); !ok) return ok;
    return {};
  }
  Done close() override {
    Done first;
    const auto note = [&](Done done) {
      if (first && !done) first = std::move(done);
    };
    for (Part& part : parts_)
      if (part.has_rows) note(part.table->flush());
    for (const auto& target : targets_) note(target->close());
    return first;
  }
  void abandon() override {
    for (const auto& target : targets_) target->abandon();
  }

 private:
  struct Part {
    Part(const AggregationEntry& of, TextTarget& to) : entry(&of), target(&to) {
      for (const std::string_view path : shown_paths(of))
        columns.emplace_back(of.result(), std::span(&path, 1));
    }
    const AggregationEntry* entry;
    TextTarget* target;
    std::deque<ColumnLines> columns;  ///< a deque does not move them
    std::optional<TextTable> table;
    bool has_rows = false, has_written = false;
  };

  /// What a table writes stands below its own heading.
  Done write(Part& part, std::string_view text) {
    if (with_headings_ && last_ != &part) {
      const std::string heading = (last_ == nullptr ? "" : "\n") + std::string(part.entry->name) + "\n";
      last_ = &part;
      if (Done ok = part.target->write(heading); !ok) return ok;
      if (part.has_written)
        if (Done ok = part.table->write_header(); !ok) return ok;
    }
    part.has_written = true;
    return part.target->write(text);
  }

  const bool live_;
  const std::string name_;
  const bool is_apart_, with_headings_;
  std::vector<std::unique_ptr<TextTarget>> targets_;
  std::deque<Part> parts_;
  const Part* last_ = nullptr;  ///< whose rows were written last
};

}  // namespace

Result<std::unique_ptr<ResultOutput>> make_table_output(const OutputRequest& request) {
  auto output = std::make_unique<TableOutput>(request);
  if (Done ok = output->open(request); !ok) return tl::make_unexpected(ok.error());
  return output;
}

}  // namespace racesim
