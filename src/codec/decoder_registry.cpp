// The formats that can be read. A new one is a file, its maker in decode_formats.h and a line here.
#include <array>

#include "codec/decode/formats.h"

namespace racesim {
namespace {

struct DecoderEntry {
  std::string_view name;
  std::unique_ptr<Decoder> (*make)(const SchemaInfo&, const DecoderOptions&);
};
constexpr std::array kDecoders{
    DecoderEntry{"json", &make_json_lines_decoder},
    DecoderEntry{"json-array", &make_json_array_decoder},
    DecoderEntry{"csv", &make_csv_decoder},
};

}  // namespace

Result<std::unique_ptr<Decoder>> make_decoder(const SchemaInfo& schema, std::string_view format,
                                              const DecoderOptions& options) {
  std::string known;
  for (const DecoderEntry& entry : kDecoders) {
    if (entry.name == format) return entry.make(schema, options);
    known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  return fail(ErrorKind::usage, "cannot read the format '" + std::string(format) + "'", "one of: " + known);
}

std::vector<std::string_view> decoder_formats() {
  std::vector<std::string_view> names;
  for (const DecoderEntry& entry : kDecoders) names.push_back(entry.name);
  return names;
}

}  // namespace racesim
