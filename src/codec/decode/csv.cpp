// Format csv: RFC 4180 with a header. docs/formats/csv.md says how lists and nested keys look.
#include <algorithm>
#include <cstring>
#include <functional>

#include <fmt/core.h>

#include "codec/decode/check.h"
#include "codec/decode/csv_cells.h"
#include "codec/decode/formats.h"
#include "codec/decode/row.h"
#include "codec/decode/stream.h"

namespace racesim {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

std::string column_name(const FieldInfo& field) {
  std::string name(field.path);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

class CsvDecoder final : public StreamDecoder {
 public:
  CsvDecoder(const SchemaInfo& schema, const DecoderOptions& options)
      : StreamDecoder(options),
        schema_(&schema),
        ignore_unknown_(options.ignore_unknown),
        on_unknown_(options.on_unknown),
        row_(schema) {}

 private:
  /// What was seen of the record at the front of pending().
  struct RecordScan {
    std::size_t scanned = 0;
    std::size_t first_line = kNone;  ///< size of its first line, without the '\n'
    std::uint64_t line_ends = 0;
    bool in_quotes = false;  ///< an odd number of quotes came by: a line end is text
  };

  void consume(bool last) override {
    while (!pending().empty()) {
      const bool found = find_record_end();
      const std::size_t size = scan_.scanned - (found ? 1 : 0);
      if (!found && !last && size <= kRecordLimit) return;
      if (skipping_) {
        skipping_ = !drop_line();
      } else if (size > kRecordLimit) {
        refuse_line(overlong_reason());
      } else if (!found && scan_.in_quotes) {
        refuse_line(open_quote_reason());
      } else if (!found && line_end_required()) {
        refuse_line("torn: no line end");
      } else {
        take_record(pending().substr(0, size), found);
      }
      scan_ = {};
    }
    if (last && header_ == Header::expected) reject_outside("header: missing, the input is empty", {});
  }

  void restart() override {
    scan_ = {};
    skipping_ = false;
    header_ = Header::expected;
    columns_.clear();
  }

  /// True when the record ends with a '\n' that was scanned last.
  bool find_record_end() {
    const std::string_view rest = pending();
    while (scan_.scanned < rest.size()) {
      const char* const from = rest.data() + scan_.scanned;
      const void* const found = std::memchr(from, '\n', rest.size() - scan_.scanned);
      const char* const end = found == nullptr ? rest.data() + rest.size() : static_cast<const char*>(found);
      if (std::count(from, end, '"') % 2 != 0) scan_.in_quotes = !scan_.in_quotes;
      scan_.scanned = static_cast<std::size_t>(end - rest.data());
      if (found == nullptr) return false;
      if (scan_.first_line == kNone) scan_.first_line = scan_.scanned;
      ++scan_.line_ends;
      ++scan_.scanned;
      if (!scan_.in_quotes) return true;
    }
    return false;
  }

  /// Refuses only the first line: a stray quote does not take good lines with it.
  void refuse_line(std::string reason) {
    const std::string_view line = without_cr(pending().substr(0, scan_.first_line));
    if (header_ == Header::expected)
      refuse_header(reason, line);
    else
      reject(std::move(reason), line);
    skipping_ = !drop_line();
  }

  /// Quotes do not pair up to the input's end; the first line alone shows best which one is wrong.
  std::string open_quote_reason() {
    std::string why;
    if (cells_.split(without_cr(pending().substr(0, scan_.first_line)), why)) why = "a quote is never closed";
    return why;
  }

  void refuse_header(const std::string& reason, std::string_view line) {
    header_ = Header::unusable;
    reject_outside("header: " + reason, line);
  }

  /// False if the line has no end yet.
  bool drop_line() {
    const bool ended = scan_.first_line != kNone;
    drop(ended ? scan_.first_line + 1 : pending().size(), ended ? 1 : 0);
    return ended;
  }

  void take_record(std::string_view record, bool ended) {
    const std::string_view text = without_cr(record);
    if (!is_blank(text)) {
      std::string why;
      if (!readable(text, why) || !cells_.split(text, why)) return refuse_line(std::move(why));
      if (header_ == Header::expected)
        read_header(text);
      else if (header_ == Header::unusable)
        reject("the header cannot be used", text);
      else if (read_row(why))
        accept();
      else
        reject(std::move(why), text);
    }
    drop(record.size() + (ended ? 1 : 0), scan_.line_ends);
  }

  static bool readable(std::string_view text, std::string& why) {
    const std::size_t nul = text.find('\0');
    if (nul != std::string_view::npos) {
      why = fmt::format("NUL byte at position {}", nul + 1);
      return false;
    }
    if (valid_utf8(text)) return true;
    why = "not UTF-8";
    return false;
  }

  void read_header(std::string_view text) {
    std::string why;
    if (map_columns(why))
      header_ = Header::known;
    else
      refuse_header(why, text);
  }

  bool map_columns(std::string& why) {
    columns_.clear();
    if (cells_.views().size() == 1) {
      const std::string_view all = cells_.views().front();
      const bool semicolons = all.find(';') != std::string_view::npos;
      if (semicolons || all.find('\t') != std::string_view::npos) {
        why = fmt::format("separated by {}; commas are read", semicolons ? "semicolons" : "tabs");
        return false;
      }
    }
    for (const std::string_view cell : cells_.views()) {
      const auto fits = [&](const FieldInfo& f) { return column_name(f) == cell; };
      const auto field = std::find_if(schema_->fields.begin(), schema_->fields.end(), fits);
      const bool known = field != schema_->fields.end();
      if (!known && !ignore_unknown_) {
        why = fmt::format("column {} is not in the schema '{}'", excerpt(cell), schema_->name);
        return false;
      }
      if (known && std::find(columns_.begin(), columns_.end(), &*field) != columns_.end()) {
        why = fmt::format("column {} appears twice", excerpt(cell));
        return false;
      }
      if (!known && on_unknown_) on_unknown_(cell);
      columns_.push_back(known ? &*field : nullptr);
    }
    return !names_missing(why);
  }

  /// Whether the header lacks columns, and in `why` what it looks like instead.
  bool names_missing(std::string& why) const {
    std::string wanted;
    const FieldInfo* missing = nullptr;
    for (const FieldInfo& field : schema_->fields) {
      wanted += (wanted.empty() ? "" : ",") + column_name(field);
      if (missing == nullptr && std::find(columns_.begin(), columns_.end(), &field) == columns_.end())
        missing = &field;
    }
    if (missing == nullptr) return false;
    const auto unknown = std::count(columns_.begin(), columns_.end(), nullptr);
    if (unknown == static_cast<std::ptrdiff_t>(columns_.size())) {
      why = fmt::format("no column of '{}' in it; the first line has to be {}", schema_->name, wanted);
    } else {
      why = fmt::format("column '{}' is missing{}", column_name(*missing), strangers());
    }
    return true;
  }

  /// "; there is 'Genre', which is not known": a name may be written differently.
  std::string strangers() const {
    constexpr int kMost = 3;
    std::string names;
    int count = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] != nullptr || ++count > kMost) continue;
      names += (names.empty() ? "" : ", ") + excerpt(cells_.views()[i]);
    }
    if (count == 0) return {};
    return fmt::format("; not known: {}{}", names, count > kMost ? " …" : "");
  }

  bool read_row(std::string& why) {
    const std::vector<std::string_view>& cells = cells_.views();
    if (cells.size() != columns_.size()) {
      why = fmt::format("{} columns, the header has {}", cells.size(), columns_.size());
      return false;
    }
    row_.start(good());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const FieldInfo* const field = columns_[i];
      if (field == nullptr) continue;
      if (field->list_limit > 0 ? read_list(*field, cells[i], why) : row_.set(*field, 0, cells[i], why))
        continue;
      why.insert(0, column_name(*field) + ": ");
      row_.abandon();
      return false;
    }
    row_.commit();
    return true;
  }

  bool read_list(const FieldInfo& field, std::string_view cell, std::string& why) {
    if (!items_.split_list(cell, why)) return false;
    const std::vector<std::string_view>& items = items_.views();
    if (items.size() > field.list_limit) {
      why = fmt::format("more than {} items", field.list_limit);
      return false;
    }
    for (std::size_t i = 0; i < items.size(); ++i)
      if (!row_.set(field, i, items[i], why)) return false;
    row_.set_count(field, items.size());
    return true;
  }

  enum class Header : std::uint8_t { expected, known, unusable };

  const SchemaInfo* schema_;
  bool ignore_unknown_;
  std::function<void(std::string_view)> on_unknown_;
  RowBuilder row_;
  Header header_ = Header::expected;
  std::vector<const FieldInfo*> columns_;  ///< as in the header; null for one that is ignored
  RecordScan scan_;
  bool skipping_ = false;  ///< inside an overlong line that was rejected
  CsvCells cells_;
  CsvCells items_;
};

}  // namespace

std::unique_ptr<Decoder> make_csv_decoder(const SchemaInfo& schema, const DecoderOptions& options) {
  return std::make_unique<CsvDecoder>(schema, options);
}

}  // namespace racesim
