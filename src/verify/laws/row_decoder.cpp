#include "verify/laws/row_decoder.h"

#include <algorithm>

#include "base/check.h"
#include "sim/registry.h"
#include "verify/identity/line_fields.h"

namespace racesim {
namespace {

std::string header_of(const SchemaInfo& schema) {
  std::string line;
  for (const FieldInfo& field : schema.fields) {
    line += line.empty() ? "" : ",";
    for (const char c : field.path) line += c == '.' ? '_' : c;
  }
  return line;
}

std::unique_ptr<Decoder> decoder_of(const SchemaInfo& schema, const char* format) {
  auto decoder = make_decoder(schema, format);
  RACESIM_CHECK(decoder.has_value());
  return std::move(*decoder);
}

}  // namespace

struct RowDecoder::Form {
  explicit Form(const ScenarioEntry& entry, const RowForm& form)
      : reader(entry, form), json(decoder_of(reader.schema(), "json")), rows(reader.schema()) {}
  RowReader reader;
  std::unique_ptr<Decoder> json, csv;
  RowBatch rows;
};

RowDecoder::RowDecoder() {
  for (const ScenarioEntry* entry : scenarios())
    for (const RowForm& form : entry->rows) forms_.push_back(std::make_unique<Form>(*entry, form));
}
RowDecoder::~RowDecoder() = default;

bool RowDecoder::take_header(std::string_view line) {
  for (const auto& form : forms_) {
    if (line != header_of(form->reader.schema())) continue;
    csv_ = form.get();
    header_ = std::string(line) + "\n";
    csv_->csv = decoder_of(form->reader.schema(), "csv");
    csv_->csv->decode(header_, csv_->rows, rejects_);
    return true;
  }
  return false;
}

/// True if the line is a row of that form, which is then in form.rows; else rejects_ says why not.
bool RowDecoder::try_form(Form& form, std::string_view line) {
  Decoder& decoder = csv_ != nullptr ? *form.csv : *form.json;
  buffer_.assign(line).push_back('\n');
  form.rows.clear();
  rejects_.clear();
  decoder.decode(buffer_, form.rows, rejects_);
  if (form.rows.empty() && rejects_.empty()) {
    // A quote that is open goes on in the next line: not in what racesim writes.
    decoder.finish(form.rows, rejects_);
    if (csv_ != nullptr) decoder.decode(header_, form.rows, rejects_);
  }
  return form.rows.size() == 1 && rejects_.empty();
}

/// By the names of its fields; null if they are those of no form.
RowDecoder::Form* RowDecoder::find_form(std::string_view line) {
  const LineFields fields = take_apart(line, false, forms_.front()->reader.schema());
  if (!fields.complete) return nullptr;
  for (const auto& form : forms_) {
    const auto wanted = form->reader.schema().fields;
    if (fields.fields.size() != wanted.size()) continue;
    if (std::all_of(wanted.begin(), wanted.end(),
                    [&](const FieldInfo& field) { return fields.find(field.path) != nullptr; }))
      return form.get();
  }
  return nullptr;
}

RowDecoder::Row RowDecoder::decode(std::string_view line) {
  Row row;
  row.blank = line.find_first_not_of(" \t\r") == std::string_view::npos;
  if (row.blank) return row;
  Form* form = csv_ != nullptr ? csv_ : forms_.front().get();
  bool good = try_form(*form, line);
  if (!good && csv_ == nullptr) {
    form = find_form(line);
    if (form == nullptr) {
      row.why = "the fields of a known stream";
      return row;
    }
    good = try_form(*form, line);
    const auto at =
        std::find_if(forms_.begin(), forms_.end(), [&](const auto& f) { return f.get() == form; });
    std::rotate(forms_.begin(), at, at + 1);
  }
  if (!good) {
    row.why = rejects_.empty() ? "one row" : rejects_.front().reason;
    return row;
  }
  row.reader = &form->reader;
  row.rows = &form->rows;
  return row;
}

}  // namespace racesim
