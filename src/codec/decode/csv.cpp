// Format csv: RFC 4180 with a header. docs/formats/csv.md says how lists and nested keys look.
#include <algorithm>
#include <cstring>

#include "codec/decode/csv_cells.h"
#include "codec/decode/csv_row.h"
#include "codec/decode/formats.h"
#include "codec/decode/stream.h"

namespace racesim {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

class CsvDecoder final : public StreamDecoder {
 public:
  CsvDecoder(const SchemaInfo& schema, const DecoderOptions& options)
      : StreamDecoder(options), reader_(schema, options) {}

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
      if (!readable_csv(text, why) || !cells_.split(text, why)) return refuse_line(std::move(why));
      if (header_ == Header::expected)
        read_header(text);
      else if (header_ == Header::unusable)
        reject("the header cannot be used", text);
      else if (reader_.read(cells_.views(), good(), why))
        accept();
      else
        reject(std::move(why), text);
    }
    drop(record.size() + (ended ? 1 : 0), scan_.line_ends);
  }

  void read_header(std::string_view text) {
    std::string why;
    if (reader_.read_header(cells_.views(), why))
      header_ = Header::known;
    else
      refuse_header(why, text);
  }

  enum class Header : std::uint8_t { expected, known, unusable };

  CsvRowReader reader_;
  Header header_ = Header::expected;
  RecordScan scan_;
  bool skipping_ = false;  ///< inside an overlong line that was rejected
  CsvCells cells_;
};

}  // namespace

std::unique_ptr<Decoder> make_csv_decoder(const SchemaInfo& schema, const DecoderOptions& options) {
  return std::make_unique<CsvDecoder>(schema, options);
}

}  // namespace racesim
