#include "serve/reading/shown_decoder.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/registry.h"

namespace racesim::serve {
namespace {

constexpr std::size_t kEntitiesMost = 1'000'000;

const FieldInfo* field_at(const SchemaInfo& schema, std::string_view path) {
  for (const FieldInfo& field : schema.fields)
    if (field.path == path) return &field;
  return nullptr;
}

/// What the rows of one form say of themselves.
struct ShownForm {
  const ScenarioEntry* scenario = nullptr;
  std::uint32_t stream = 0;  ///< in the scenario's rows
  bool is_main = false;
  const FieldInfo* run = nullptr;
  const FieldInfo* entity = nullptr;
};

class ShownDecoder final : public BlockDecoder {
 public:
  ShownDecoder(std::unique_ptr<BlockDecoder> inner, LiveFeed& feed) : inner_(std::move(inner)), feed_(feed) {
    for (const ScenarioEntry* scenario : scenarios())
      for (const RowForm& form : scenario->rows) add_form(*scenario, form);
  }

  void decode(const RecordBlock& block, const LaneInfo& lane, DecodedBlock& out) override {
    inner_->decode(block, lane, out);
    show(block, out);
  }
  void forget() override { inner_->forget(); }
  const std::map<std::string, std::uint64_t>& unknown_fields() const override {
    return inner_->unknown_fields();
  }

 private:
  struct Shown {
    std::uint32_t record = 0;
    const ShownForm* form = nullptr;
    std::uint32_t run = 0, entity = 0;
  };

  void add_form(const ScenarioEntry& scenario, const RowForm& form) {
    const SchemaInfo& schema = form.schema();
    ShownForm& known = forms_[&schema];
    known.scenario = &scenario;
    known.stream = static_cast<std::uint32_t>(&form - scenario.rows.data());
    known.is_main = form.topic.empty() || form.topic == scenario.topic;
    known.run = field_at(schema, form.run);
    known.entity = field_at(schema, form.entity);
  }

  /// A number is its own, as in a run; others are counted as they come.
  std::uint32_t entity_of(const RowBatch& rows, std::size_t row, const FieldInfo* field) {
    if (field == nullptr) return 0;
    const std::byte* const at = rows.row_bytes(row) + field->offset;
    if (field->type == FieldType::unsigned_int && field->size == 2) {
      std::uint16_t number = 0;
      std::memcpy(&number, at, sizeof number);
      return number;
    }
    if (field->type == FieldType::text) {
      Text text;
      std::memcpy(&text, at, sizeof text);
      name_ = rows.text(text);
    } else {
      name_.assign(reinterpret_cast<const char*>(at), field->size);
    }
    if (entities_.size() >= kEntitiesMost) entities_.clear();
    return entities_.try_emplace(name_, static_cast<std::uint32_t>(entities_.size())).first->second;
  }

  void collect(const TableRows& part) {
    const auto form = forms_.find(part.table.schema);
    if (form == forms_.end()) return;  // master data
    const FieldInfo* const run = form->second.run;
    for (std::size_t row = 0; row < part.rows.size(); ++row) {
      Shown& shown = shown_.emplace_back();
      shown.record = part.records[row];
      shown.form = &form->second;
      if (run != nullptr) std::memcpy(&shown.run, part.rows.row_bytes(row) + run->offset, sizeof shown.run);
      shown.entity = entity_of(part.rows, row, form->second.entity);
    }
  }

  /// All streams of the scenario, that of the main rows in front.
  const std::shared_ptr<const LiveForms>& live_forms(const Shown& event) {
    LiveNow& now = now_[event.form->scenario];
    const std::uint32_t main = event.form->is_main ? event.form->stream : now.main;
    if (now.forms != nullptr && now.forms->run == event.run && now.main == main) return now.forms;
    auto forms = std::make_shared<LiveForms>();
    forms->run = event.run;
    for (const RowForm& form : event.form->scenario->rows) {
      forms->stream_names.emplace_back(form.schema().name);
      forms->schemas.push_back(&form.schema());
    }
    std::swap(forms->stream_names.front(), forms->stream_names[main]);
    std::swap(forms->schemas.front(), forms->schemas[main]);
    now.main = main;
    now.forms = std::move(forms);
    return now.forms;
  }

  /// In the order of the records. A line is one line: what stands between a record's tokens may be line ends.
  void show(const RecordBlock& block, const DecodedBlock& decoded) {
    shown_.clear();
    for (const auto& part : decoded.parts) collect(*part);
    std::sort(shown_.begin(), shown_.end(),
              [](const Shown& a, const Shown& b) { return a.record < b.record; });
    std::shared_ptr<const LiveForms> forms;
    const ScenarioEntry* scenario = nullptr;
    WireBatch batch;
    const auto flush = [&] {
      if (batch.size() == 0) return;
      feed_.select(*scenario);
      feed_.ring(*scenario).append(forms, batch, 0, batch.size());
      batch.clear();
    };
    for (const Shown& event : shown_) {
      const std::shared_ptr<const LiveForms>& its = live_forms(event);
      if (its != forms) flush();
      forms = its;
      scenario = event.form->scenario;
      line_ = block.record(event.record);
      std::replace(line_.begin(), line_.end(), '\n', ' ');
      std::replace(line_.begin(), line_.end(), '\r', ' ');
      line_ += '\n';
      EventHead head;
      head.entity = event.entity;
      const std::uint32_t main = now_[scenario].main;
      const std::uint32_t stream = event.form->stream;
      batch.append(stream == main ? 0 : stream == 0 ? main : stream, head, line_, 0);
    }
    flush();
  }

  struct LiveNow {
    std::uint32_t main = 0;
    std::shared_ptr<const LiveForms> forms;
  };
  const std::unique_ptr<BlockDecoder> inner_;
  LiveFeed& feed_;
  std::map<const SchemaInfo*, ShownForm> forms_;
  std::map<const ScenarioEntry*, LiveNow> now_;
  std::unordered_map<std::string, std::uint32_t> entities_;
  std::vector<Shown> shown_;
  std::string name_, line_;
};

}  // namespace

std::unique_ptr<BlockDecoder> show_decoded(std::unique_ptr<BlockDecoder> inner, LiveFeed& feed) {
  return std::make_unique<ShownDecoder>(std::move(inner), feed);
}

}  // namespace racesim::serve
