// Format json: one object a line (NDJSON).
#include <cstring>

#include "codec/decode/formats.h"
#include "codec/decode/json_row.h"
#include "codec/decode/stream.h"

namespace racesim {
namespace {

class JsonLinesDecoder final : public StreamDecoder {
 public:
  JsonLinesDecoder(const SchemaInfo& schema, const DecoderOptions& options)
      : StreamDecoder(options), reader_(schema, options) {}

 private:
  void consume(bool last) override {
    while (!pending().empty()) {
      const std::string_view rest = pending();
      const void* const found = std::memchr(rest.data() + scanned_, '\n', rest.size() - scanned_);
      if (found == nullptr && !last && rest.size() <= kRecordLimit) {
        scanned_ = rest.size();
        return;
      }
      scanned_ = 0;
      const bool ended = found != nullptr;
      const std::size_t size =
          ended ? static_cast<std::size_t>(static_cast<const char*>(found) - rest.data()) : rest.size();
      if (skipping_)
        skipping_ = !ended;
      else if (size > kRecordLimit)
        skip_line(rest.substr(0, size), ended);
      else if (!ended && line_end_required())
        reject("torn: no line end", rest);
      else
        line_to_row(rest.substr(0, size));
      drop(size + (ended ? 1 : 0), ended ? 1 : 0);
    }
  }

  void restart() override {
    scanned_ = 0;
    skipping_ = false;
  }

  void skip_line(std::string_view line, bool ended) {
    reject(overlong_reason(), line);
    skipping_ = !ended;
  }

  void line_to_row(std::string_view line) {
    line = without_cr(line);
    if (is_blank(line)) return;
    if (reader_.read(line, good(), why_))
      accept();
    else
      reject(why_, line);
  }

  JsonRowReader reader_;
  std::size_t scanned_ = 0;  ///< bytes of pending() that hold no line end
  bool skipping_ = false;    ///< inside an overlong line that was rejected
  std::string why_;
};

}  // namespace

std::unique_ptr<Decoder> make_json_lines_decoder(const SchemaInfo& schema, const DecoderOptions& options) {
  return std::make_unique<JsonLinesDecoder>(schema, options);
}

}  // namespace racesim
