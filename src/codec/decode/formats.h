// The makers of the built-in decoders, one per file decode_*.cpp.
#pragma once

#include <memory>

#include "codec/decoder.h"

namespace racesim {

std::unique_ptr<Decoder> make_json_lines_decoder(const SchemaInfo& schema, const DecoderOptions& options);
std::unique_ptr<Decoder> make_json_array_decoder(const SchemaInfo& schema, const DecoderOptions& options);
std::unique_ptr<Decoder> make_csv_decoder(const SchemaInfo& schema, const DecoderOptions& options);

}  // namespace racesim
