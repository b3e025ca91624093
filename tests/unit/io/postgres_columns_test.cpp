// Goal: what is written for COPY's binary format is what the manual says it is, and comes back as the same
// row. Method: a decoder of that format written from the manual alone (chapter "COPY", binary format, and the
// send functions of the types), and random rows of a type that has every field.
#include "io/stores/postgres_columns.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <vector>

#include "support/random_rows.h"

namespace racesim {
namespace {

using Cells = std::vector<std::optional<std::string>>;

class CopyDecoder {
 public:
  explicit CopyDecoder(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value * 256 + static_cast<unsigned char>(bytes_.at(at_++));
    return value;
  }
  Cells tuple() {
    Cells cells(number(2));
    for (auto& cell : cells) {
      const auto size = static_cast<std::int32_t>(number(4));
      if (size < 0) continue;
      cell = std::string(bytes_.substr(at_, static_cast<std::size_t>(size)));
      at_ += static_cast<std::size_t>(size);
    }
    return cells;
  }
  bool at_end() const { return at_ == bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

std::int64_t signed_of(const std::string& bytes) {
  std::int64_t value = static_cast<signed char>(bytes.at(0));
  for (std::size_t i = 1; i < bytes.size(); ++i) value = value * 256 + static_cast<unsigned char>(bytes[i]);
  return value;
}

double real_of(const std::string& bytes) {
  const auto bits = static_cast<std::uint64_t>(signed_of(bytes));
  const int exponent = static_cast<int>(bits >> 52 & 0x7ff);
  const double fraction = std::ldexp(static_cast<double>(bits & ((1ULL << 52) - 1)), -52);
  const double size = exponent == 0 ? std::ldexp(fraction, -1022) : std::ldexp(1 + fraction, exponent - 1023);
  return bits >> 63 != 0 ? -size : size;
}

RowBatch random_wide_rows(std::uint64_t seed, std::size_t count) {
  RowBatch batch(schema_info<WideRow>());
  RandomRows(seed).add(batch, count);
  return batch;
}

TEST(PostgresColumns, WritesTuplesAsTheManualHasThem) {
  const RowBatch batch = random_wide_rows(11, 500);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WideRow& row = batch.rows<WideRow>()[i];
    ByteBuffer bytes;
    postgres::append_tuple(batch, i, true, static_cast<std::int32_t>(i), bytes);
    CopyDecoder decoder(bytes.view());
    const Cells cells = decoder.tuple();
    ASSERT_TRUE(decoder.at_end());
    ASSERT_EQ(cells.size(), batch.schema().fields.size() + 1);
    EXPECT_EQ(signed_of(*cells[0]), static_cast<std::int64_t>(i));
    EXPECT_EQ(*cells[1], std::string(reinterpret_cast<const char*>(row.id.bytes.data()), 16));
    EXPECT_EQ(std::stoul(*cells[2], nullptr, 16), row.run.value);
    EXPECT_EQ(cells[2]->size(), 8u);
    EXPECT_EQ(*cells[3], std::string(1, row.valid ? '\1' : '\0'));
    EXPECT_EQ(*cells[4], EnumNames<WideMode>::names[static_cast<std::size_t>(row.mode)]);
    EXPECT_EQ(cells[5]->size(), 2u);
    EXPECT_EQ(signed_of(*cells[5]), row.gear);
    EXPECT_EQ(real_of(*cells[6]), row.offset_dk / 10.0);
    EXPECT_EQ(real_of(*cells[7]), row.latitude_udeg / 1e6);
    EXPECT_EQ(signed_of(*cells[9]), row.level);
    EXPECT_EQ(cells[9]->size(), 2u);
    EXPECT_EQ(signed_of(*cells[10]), row.rpm);
    EXPECT_EQ(cells[10]->size(), 4u);
    EXPECT_EQ(real_of(*cells[11]), row.duration_ms / 1e3);
    EXPECT_EQ(cells[12]->size(), 8u);
    EXPECT_EQ(static_cast<std::uint64_t>(signed_of(*cells[12])), row.total);
    EXPECT_EQ(signed_of(*cells[13]), row.seen_at.ms * 1000 - 946'684'800'000'000);
    EXPECT_EQ(signed_of(*cells[14]), row.measured_at.us - 946'684'800'000'000);
    EXPECT_EQ(signed_of(*cells[15]), row.day.days - 10957);
    EXPECT_EQ(cells[15]->size(), 4u);
    EXPECT_EQ(*cells[16], batch.text(row.note));
    std::string codes = "\1[";
    for (std::size_t item = 0; item < row.codes.count; ++item)
      codes += (item > 0 ? "," : "") + std::to_string(row.codes.items[item]);
    EXPECT_EQ(*cells[17], codes + "]");
  }
}

TEST(PostgresColumns, ReadsBackWhatItWrote) {
  const RowBatch batch = random_wide_rows(12, 2000);
  const std::span<const FieldInfo> fields = batch.schema().fields;
  int kept = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    RowBatch back(batch.schema());
    back.resize(1);
    std::memset(back.row_bytes(0), 0, batch.schema().row_size);
    ByteBuffer bytes;
    postgres::append_tuple(batch, i, false, 0, bytes);
    const Cells cells = CopyDecoder(bytes.view()).tuple();
    bool fits = true;
    for (std::size_t f = 0; f < fields.size(); ++f) {
      if (!postgres::why_unfit(fields[f], batch, i, false).empty())
        fits = false;
      else
        EXPECT_TRUE(postgres::read_value(fields[f], *cells[f], false, back, 0)) << fields[f].path;
    }
    if (!fits) continue;
    EXPECT_EQ(first_difference(batch, i, back, 0), "");
    ++kept;
  }
  EXPECT_GT(kept, 500);
  EXPECT_LT(kept, 2000);
}

TEST(PostgresColumns, KeepsEveryDecimalNumberOfFifteenDigits) {
  const FieldInfo* balance = nullptr;
  for (const FieldInfo& f : schema_info<WideRow>().fields)
    if (f.path == "car.balance") balance = &f;
  RandomRows random(3);
  RowBatch batch(schema_info<WideRow>());
  batch.resize(1);
  RowBatch back(schema_info<WideRow>());
  back.resize(1);
  for (int i = 0; i < 20000; ++i) {
    WideRow& row = batch.rows<WideRow>()[0];
    row = {};
    row.balance_nano = 1'000'000'000'000'000 - static_cast<std::int64_t>(random.below_n(1'000'000));
    if (i % 2 == 0) row.balance_nano = -row.balance_nano;
    ASSERT_EQ(postgres::why_unfit(*balance, batch, 0, false), "");
    ByteBuffer bytes;
    postgres::append_tuple(batch, 0, false, 0, bytes);
    const Cells cells = CopyDecoder(bytes.view()).tuple();
    ASSERT_TRUE(postgres::read_value(*balance, *cells[7], false, back, 0));
    ASSERT_EQ(back.rows<WideRow>()[0].balance_nano, row.balance_nano);
  }
  batch.rows<WideRow>()[0].balance_nano = 1'000'000'000'000'001;
  EXPECT_NE(postgres::why_unfit(*balance, batch, 0, false), "");
}

TEST(PostgresColumns, TakesNoValueThatTheFieldCannotHaveWritten) {
  RowBatch back(schema_info<WideRow>());
  back.resize(1);
  const auto reads = [&](std::string_view path, std::string_view bytes) {
    for (const FieldInfo& f : schema_info<WideRow>().fields)
      if (f.path == path) return postgres::read_value(f, bytes, false, back, 0);
    ADD_FAILURE() << path;
    return false;
  };
  const std::string third("\x3f\xd5\x55\x55\x55\x55\x55\x55", 8);  // 1/3
  EXPECT_FALSE(reads("car.air.latitude", third));
  EXPECT_FALSE(reads("mode", "racing"));
  EXPECT_TRUE(reads("mode", "eco"));
  EXPECT_FALSE(reads("car.gear", std::string("\x01\x00", 2)));                // 256
  EXPECT_FALSE(reads("time.seen_at", std::string("\0\0\0\0\0\0\0\x01", 8)));  // a microsecond
  EXPECT_FALSE(reads("run", "A1B2C3D4"));
  EXPECT_FALSE(reads("codes", "\1[1,2,3,4,5]"));
  EXPECT_FALSE(reads("codes", "\1[1,[2]]"));
  EXPECT_FALSE(reads("codes", "\1{}"));
  EXPECT_TRUE(reads("codes", "\1[1, 2]"));
  EXPECT_FALSE(reads("lists.corners_m", "\1[1.2345]"));
  EXPECT_TRUE(reads("lists.corners_m", "\1[1.2]"));
}

TEST(PostgresColumns, NamesWhatItCannotKeep) {
  RowBatch batch(schema_info<WideRow>());
  batch.resize(1);
  WideRow& row = batch.rows<WideRow>()[0];
  row = {};
  const auto why = [&](std::string_view path, bool indexed = false) {
    for (const FieldInfo& f : schema_info<WideRow>().fields)
      if (f.path == path) return postgres::why_unfit(f, batch, 0, indexed);
    return std::string("?");
  };
  row.total = 1ULL << 63;
  EXPECT_EQ(why("total"), "total: a number beyond 63 bits is not kept");
  row.total -= 1;
  EXPECT_EQ(why("total"), "");
  row.note = batch.add_text(std::string_view("a\0b", 3));
  EXPECT_EQ(why("note"), "note: a text with a NUL is not kept");
  row.note = batch.add_text(std::string(1001, 'x'));
  EXPECT_EQ(why("note"), "");
  EXPECT_NE(why("note", true), "");
  row.seen_at.ms = 253'402'300'800'000;  // the year 10000
  EXPECT_NE(why("time.seen_at"), "");
  row.seen_at.ms -= 1;
  EXPECT_EQ(why("time.seen_at"), "");
}

}  // namespace
}  // namespace racesim
