#include "verify/values/respeller.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.h"
#include "codec/decode/json_cursor.h"
#include "codec/decode/row.h"
#include "codec/decoder.h"
#include "codec/encoder.h"

namespace racesim {
namespace {

std::string column_name_of(std::string_view path) {
  std::string name(path);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

std::string_view without_end_of(std::string_view line) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

bool is_text_in_json(FieldType type) {
  return type != FieldType::signed_int && type != FieldType::unsigned_int && type != FieldType::boolean;
}

/// The value as it stands in its line, a text with its quotes.
std::string_view as_written(const LineField& field) {
  return field.quoted ? std::string_view(field.value.data() - 1, field.value.size() + 2) : field.value;
}

/// A list of JSON without the blanks between its items.
std::string without_blanks(std::string_view list) {
  std::string out;
  bool quoted = false, escaped = false;
  for (const char c : list) {
    if (!quoted && (c == ' ' || c == '\t' || c == '\r')) continue;
    if (c == '"' && !escaped) quoted = !quoted;
    escaped = c == '\\' && !escaped;
    out += c;
  }
  return out;
}

/// A text of JSON that nobody checked yet, without its quotes: what it stands for, or none if its escapes are
/// not ones that can be read here.
std::optional<std::string> unescaped(std::string_view text) {
  for (std::size_t at = 0; (at = text.find('\\', at)) != std::string_view::npos; at += 2) {
    const std::string_view escape = text.substr(at + 1, 5);
    if (escape.empty() || std::string_view("\"\\/bfnrtu").find(escape.front()) == std::string_view::npos)
      return std::nullopt;
    if (escape.front() != 'u') continue;
    const std::string_view digits = escape.substr(1);
    const bool is_half = digits.size() == 4 && (digits[0] | 0x20) == 'd' && digits[1] >= '8';
    if (digits.size() < 4 || is_half ||
        digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
      return std::nullopt;
  }
  std::string scratch;
  const std::string quoted = '"' + std::string(text) + '"';
  return std::string(JsonCursor(quoted).string(scratch));
}

/// A text that is no value of its field: without escapes where it can do without, so that it is the same
/// however they were written.
std::string plainly_quoted(const LineField& field) {
  const std::optional<std::string> text = unescaped(field.value);
  const bool needs_escapes = !text || std::any_of(text->begin(), text->end(), [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
  });
  return needs_escapes ? std::string(as_written(field)) : '"' + *text + '"';
}

}  // namespace

void ExtraFields::add(std::string_view name) {
  if (names.size() < kMostNames && std::find(names.begin(), names.end(), name) == names.end())
    names.emplace_back(name);
}

void ExtraFields::merge(const ExtraFields& other) {
  lines += other.lines;
  for (const std::string& name : other.names) add(name);
}

struct Respeller::Form {
  Form(const SchemaInfo& of, bool csv, std::vector<std::string>& extra) : schema(&of), rows(of), builder(of) {
    DecoderOptions options;
    options.ignore_unknown = true;
    options.on_unknown = [&extra](std::string_view name) { extra.emplace_back(name); };
    const char* const format = csv ? "csv" : "json";
    auto made = make_decoder(of, format, options);
    auto writes = make_encoder(of, format);
    RACESIM_CHECK(made.has_value() && writes.has_value());
    decoder = std::move(*made);
    encoder = std::move(*writes);
  }

  const SchemaInfo* schema;
  std::unique_ptr<Decoder> decoder;
  std::unique_ptr<Encoder> encoder;
  RowBatch rows;
  RowBuilder builder;
  WireBatch written;

  /// The one row that is in `rows`.
  std::string_view write() {
    written.clear();
    rows.heads.resize(1);
    encoder->encode(rows, written);
    return written.text.view();
  }
};

Respeller::Respeller(std::span<const StreamInfo> streams, bool csv) : csv_(csv) {
  for (const StreamInfo& stream : streams) {
    forms_.push_back(std::make_unique<Form>(*stream.schema, csv, extra_now_));
    if (csv) break;  // a file of cells holds one stream
  }
  if (!csv) return;
  for (std::size_t i = 0; i < forms_.front()->schema->fields.size(); ++i) columns_.push_back(i);
  static_cast<void>(take_header(forms_.front()->encoder->header()));
}
Respeller::~Respeller() = default;

Respeller::Header Respeller::take_header(std::string_view line) {
  Form& form = *forms_.front();
  const auto fields = form.schema->fields;
  const std::string text = std::string(without_end_of(line)) + "\n";
  Rejects rejects;
  form.decoder->finish(form.rows, rejects);
  form.rows.clear();
  rejects.clear();
  extra_now_.clear();
  form.decoder->decode(text, form.rows, rejects);
  std::vector<std::size_t> columns;
  const LineFields cells = take_apart(without_end_of(line), LineForm::csv, *form.schema);
  for (const LineField& cell : cells.fields)
    columns.push_back(static_cast<std::size_t>(
        std::find_if(fields.begin(), fields.end(),
                     [&](const FieldInfo& field) { return column_name_of(field.path) == cell.value; }) -
        fields.begin()));
  if (std::none_of(columns.begin(), columns.end(), [&](std::size_t c) { return c < fields.size(); })) {
    if (!header_.empty()) restart_csv();
    return {};
  }
  columns_ = std::move(columns);
  header_ = text;
  extra_columns_ = !extra_now_.empty();
  for (const std::string& name : extra_now_) extra_.add(name);
  return {true, rejects.empty() ? std::string() : rejects.front().reason};
}

/// The decoder is as it was behind the last header.
void Respeller::restart_csv() {
  Form& form = *forms_.front();
  Rejects rejects;
  form.decoder->finish(form.rows, rejects);
  form.decoder->decode(header_, form.rows, rejects);
  form.rows.clear();
}

/// Whether the line is a row of that form, which is then in form.rows; else why_ says why not.
bool Respeller::decode(Form& form, std::string_view line) {
  buffer_.assign(line).push_back('\n');
  Rejects rejects;
  extra_now_.clear();
  form.rows.clear();
  form.decoder->decode(buffer_, form.rows, rejects);
  if (form.rows.empty() && rejects.empty()) {
    // A quote that is open goes on in the next line: not in what racesim writes.
    form.decoder->finish(form.rows, rejects);
    if (csv_) restart_csv();
  }
  if (form.rows.size() == 1 && rejects.empty()) return true;
  why_ = rejects.empty() ? "no row" : rejects.front().reason;
  return false;
}

void Respeller::note_extra(std::span<const std::string_view> names) {
  if (names.empty() && !extra_columns_) return;
  ++extra_.lines;
  for (const std::string_view name : names) extra_.add(name);
}

bool Respeller::spell(std::string_view line, std::string& out) {
  const std::string_view text = without_end_of(line);
  std::string why;
  std::size_t best = forms_.size(), least = SIZE_MAX;
  for (std::size_t i = 0; i < forms_.size() && least > 0; ++i) {
    if (decode(*forms_[i], text)) {
      if (extra_now_.size() >= least) continue;
      best = i;
      least = extra_now_.size();
    } else if (i == 0) {
      why = why_;
    }
  }
  if (best == forms_.size()) {
    why_ = std::move(why);
    spell_parts(line, out);
    return false;
  }
  // With fields beyond its own the line was tried as all other forms too.
  if (least > 0 && forms_.size() > 1) decode(*forms_[best], text);
  note_extra(std::vector<std::string_view>(extra_now_.begin(), extra_now_.end()));
  out += forms_[best]->write();
  if (best > 0)
    std::rotate(forms_.begin(), forms_.begin() + static_cast<std::ptrdiff_t>(best),
                forms_.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  return true;
}

/// Cells are named by the arrived header.
LineFields Respeller::fields_of(std::string_view line) const {
  const SchemaInfo& schema = *forms_.front()->schema;
  LineFields fields = take_apart(line, csv_ ? LineForm::csv : LineForm::json, schema);
  if (!csv_) {
    for (LineField& field : fields.fields)
      if (field.path.find('\\') != std::string::npos) field.path = unescaped(field.path).value_or(field.path);
    return fields;
  }
  fields.complete = fields.fields.size() == columns_.size() && fields.fields.back().end == line.size();
  for (std::size_t i = 0; i < fields.fields.size() && i < columns_.size(); ++i)
    fields.fields[i].path = columns_[i] < schema.fields.size() ? std::string(schema.fields[columns_[i]].path)
                                                               : fmt::format("column {}", i + 1);
  return fields;
}

bool Respeller::is_unreadable(std::string_view line) const {
  return !take_apart(without_end_of(line), csv_ ? LineForm::csv : LineForm::json, *forms_.front()->schema)
              .complete;
}

/// The one of which the line has most fields; null: none at all.
Respeller::Form* Respeller::find_form(const LineFields& fields) {
  Form* best = nullptr;
  std::size_t most = 0;
  for (const auto& form : forms_) {
    const auto wanted = form->schema->fields;
    const auto shared =
        static_cast<std::size_t>(std::count_if(wanted.begin(), wanted.end(), [&](const FieldInfo& field) {
          return fields.find(field.path) != nullptr;
        }));
    if (shared <= most) continue;
    most = shared;
    best = form.get();
  }
  return best;
}

/// No whole row: what it has of one is spelled as racesim does, so that the rest stands out.
void Respeller::spell_parts(std::string_view line, std::string& out) {
  const std::string_view text = without_end_of(line);
  const LineFields fields = fields_of(text);
  Form* const form = fields.complete ? find_form(fields) : nullptr;
  if (form == nullptr) {
    out += line;
    return;
  }
  decode(*form, text);  // why_not() speaks of this form
  struct Part {
    bool good = false;
    std::string as_it_is;  ///< empty: it is missing
  };
  std::vector<Part> parts;
  std::string why;
  form->rows.clear();
  form->builder.start(form->rows);
  for (const FieldInfo& field : form->schema->fields) {
    const LineField* const found = fields.find(field.path);
    if (!csv_ && field.left_out && (found == nullptr || (found->value == "null" && !found->quoted))) {
      form->builder.set(field, 0, {}, why);  // as racesim has it, and so not among the parts
      continue;
    }
    Part& part = parts.emplace_back();
    if (found == nullptr) continue;
    part.as_it_is = csv_ ? found->value : as_written(*found);
    if (!csv_ && field.list_limit > 0) part.as_it_is = without_blanks(part.as_it_is);
    if (!csv_ && found->quoted) part.as_it_is = plainly_quoted(*found);
    const bool quoted = !csv_ && found->quoted;
    const bool missing = !csv_ && field.may_miss && found->value == "null" && !quoted;
    if (field.list_limit > 0 || (!csv_ && !missing && quoted != is_text_in_json(field.type))) continue;
    std::optional<std::string> value;
    if (quoted)
      value = unescaped(found->value);
    else
      value = missing ? std::string() : std::string(found->value);
    part.good = value && form->builder.set(field, 0, *value, why);
  }
  form->builder.commit();
  std::string whole(form->write());
  const LineFields places = take_apart(std::string_view(whole).substr(0, whole.size() - 1),
                                       csv_ ? LineForm::csv : LineForm::json, *form->schema);
  RACESIM_CHECK(places.fields.size() == parts.size());
  std::vector<std::size_t> values;
  for (const LineField& place : places.fields) values.push_back(place.end - as_written(place).size());
  for (std::size_t i = parts.size(); i-- > 0;) {
    if (parts[i].good) continue;
    const LineField& place = places.fields[i];
    const std::size_t value = values[i];
    const bool missing = parts[i].as_it_is.empty();
    // Of JSON the key goes too, with the comma before or behind it.
    if (missing && !csv_)
      whole.erase(i == 0 ? place.begin : place.begin - 1, place.end - place.begin + 1);
    else
      whole.replace(value, place.end - value, parts[i].as_it_is);
  }
  out += whole;
}

}  // namespace racesim
