#include "run/master/load_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>
#include <string>

#include "base/check.h"

namespace racesim {
namespace {

constexpr std::size_t kFlushSize = std::size_t{1} << 16;

void put_u64(std::string& out, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(value >> shift & 0xff);
}

void put_text(std::string& out, std::string_view text) {
  put_u64(out, text.size());
  out += text;
}

/// An integer of `size` bytes, widened with its sign.
std::uint64_t widened(const std::byte* at, std::size_t size, bool is_signed) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, size);  // the machine is little-endian (x86-64, AArch64)
  const std::size_t unused = 64 - 8 * size;
  return is_signed ? static_cast<std::uint64_t>(static_cast<std::int64_t>(value << unused) >> unused) : value;
}

void put_value(std::string& out, const RowBatch& rows, const FieldInfo& field, const std::byte* at) {
  if (field.type == FieldType::text) {
    Text text;
    std::memcpy(&text, at, sizeof text);
    put_text(out, rows.text(text));
  } else if (field.type == FieldType::uuid) {
    out.append(reinterpret_cast<const char*>(at), field.size);
  } else {
    const bool is_signed = field.type == FieldType::signed_int || field.type == FieldType::date ||
                           field.type == FieldType::time_ms || field.type == FieldType::time_us;
    put_u64(out, widened(at, field.size, is_signed));
  }
}

}  // namespace

struct MasterHash::State {
  XXH3_state_t* xxh = XXH3_createState();
  ~State() { XXH3_freeState(xxh); }
};

MasterHash::MasterHash() : state_(std::make_unique<State>()) {
  RACESIM_CHECK(state_->xxh != nullptr);
  XXH3_128bits_reset(state_->xxh);
}

MasterHash::~MasterHash() = default;

void MasterHash::add(const RowBatch& rows) {
  std::string bytes;
  put_text(bytes, rows.schema().name);
  put_u64(bytes, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const FieldInfo& field : rows.schema().fields) {
      RACESIM_CHECK(field.list_limit == 0);
      put_value(bytes, rows, field, rows.row_bytes(i) + field.offset);
    }
    if (bytes.size() < kFlushSize && i + 1 < rows.size()) continue;
    XXH3_128bits_update(state_->xxh, bytes.data(), bytes.size());
    bytes.clear();
  }
  XXH3_128bits_update(state_->xxh, bytes.data(), bytes.size());
}

std::array<std::uint64_t, 2> MasterHash::value() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_->xxh);
  return {hash.high64, hash.low64};
}

}  // namespace racesim
