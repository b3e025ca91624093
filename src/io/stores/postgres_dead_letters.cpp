#include "io/stores/postgres_dead_letters.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "io/stores/postgres_columns.h"

namespace racesim::postgres {
namespace {

// What a text column takes: no NUL, and valid UTF-8 is what the caller gives.
std::string without_nul(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '\0', '?');
  return out;
}

}  // namespace

Done write_dead_letters(Connection& connection, std::span<const DeadRecord> records) {
  if (Done ok = connection.copy_begin(
          "COPY dead_letter (source, lane, record_offset, reason, raw) FROM STDIN (FORMAT binary)");
      !ok)
    return ok;
  ByteBuffer buffer;
  bool going = connection.copy_data(kCopyHeader);
  for (std::size_t i = 0; i < records.size() && going; ++i) {
    buffer.clear();
    TupleWriter out(buffer);
    out.begin(5);
    out.text(without_nul(records[i].source));
    out.text(without_nul(records[i].lane));
    out.int64(records[i].offset);
    out.text(without_nul(records[i].reason));
    out.text(records[i].raw);
    going = connection.copy_data(buffer.view());
  }
  if (going) (void)connection.copy_data(kCopyTrailer);
  const Result<std::uint64_t> copied = connection.copy_end();
  if (!copied) return tl::make_unexpected(copied.error());
  return {};
}

}  // namespace racesim::postgres
