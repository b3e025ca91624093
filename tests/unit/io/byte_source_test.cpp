// Goal: lines are read whatever packed them, wherever they come from and whatever their file is called, and
// data that are no lines are named with the command that makes lines of them. Method: files made with zlib
// and zstd, cut and damaged on purpose, read through files and through a pipe that gives a few bytes at a
// time.
#include "io/files/byte_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "support/scratch_dir.h"

namespace racesim {
namespace {

using testing::HasSubstr;

std::string gzipped(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(text.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd_packed(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

/// Lines that compress well and lines that do not: more than one piece, in and out.
std::string many_lines() {
  std::string text;
  std::uint64_t noise = 1;
  for (int i = 0; i < 20'000; ++i) {
    noise = noise * 6364136223846793005u + 1442695040888963407u;
    text += "{\"event_id\":\"" + std::to_string(noise) + "\",\"seq\":" + std::to_string(i) + "}\n";
  }
  return text + std::string(3'000'000, ' ') + "\n";
}

class ByteSourceTest : public testing::Test {
 protected:
  std::string file(const std::string& name, std::string_view bytes) {
    std::ofstream(dir_ / name, std::ios::binary) << bytes;
    return dir_ / name;
  }
  /// All that can be read, or the error.
  static Result<std::string> read_all(const std::string& path) {
    auto source = ByteSource::open(path);
    if (!source) return tl::make_unexpected(source.error());
    ByteBuffer buffer;
    for (;;) {
      const Result<bool> more = (*source)->read(buffer);
      if (!more) return tl::make_unexpected(more.error());
      if (!*more) return std::string(buffer.view());
    }
  }
  /// Through a pipe in place of the standard input, `piece` bytes at a time.
  static Result<std::string> read_piped(std::string_view bytes, std::size_t piece) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    const int kept = dup(STDIN_FILENO);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    std::thread writer([&] {
      for (std::size_t at = 0; at < bytes.size(); at += piece) {
        const std::string_view part = bytes.substr(at, piece);
        if (write(ends[1], part.data(), part.size()) < 0) break;
      }
      close(ends[1]);
    });
    Result<std::string> got = read_all("-");
    writer.join();
    if (kept >= 0) {
      dup2(kept, STDIN_FILENO);
      close(kept);
    }
    return got;
  }

  test::ScratchDir dir_;
  const std::string text_ = many_lines();
};

TEST_F(ByteSourceTest, ReadsWhatIsCompressedUnderAnyName) {
  for (const std::string& packed : {gzipped(text_), zstd_packed(text_)}) {
    for (const char* name : {"a.ndjson", "a.gz", "a.zst", "a.ZST", "a.zstd", "a.GZ", "a"})
      EXPECT_TRUE(read_all(file(name, packed)) == text_) << name;
    for (const std::size_t piece : {7ul, 60'000ul}) EXPECT_TRUE(read_piped(packed, piece) == text_) << piece;
  }
  EXPECT_TRUE(read_all(file("plain.ndjson", text_)) == text_);
  EXPECT_EQ(read_piped("a\n", 1), "a\n");
  EXPECT_EQ(read_piped("", 1), "");
}

TEST_F(ByteSourceTest, ReadsUnitsBehindOneAnother) {
  const std::string two = gzipped("a\n") + gzipped("b\n");
  EXPECT_EQ(read_all(file("two.gz", two)), "a\nb\n");
  EXPECT_EQ(read_piped(two, 1), "a\nb\n");
  EXPECT_EQ(read_all(file("padded.gz", two + std::string(512, '\0'))), "a\nb\n");
  EXPECT_EQ(read_all(file("two.zst", zstd_packed("a\n") + zstd_packed("b\n"))), "a\nb\n");
  const std::string note("\x50\x2A\x4D\x18\x02\0\0\0hi", 10);  // a frame that is skipped
  EXPECT_EQ(read_all(file("note.zst", note + zstd_packed("a\n"))), "a\n");
  EXPECT_EQ(read_all(file("twice.gz", gzipped(zstd_packed("a\n")))), "a\n");
  EXPECT_EQ(read_all(file("empty.gz", gzipped(""))), "");
  EXPECT_EQ(read_all(file("nothing.zst", "")), "");
}

TEST_F(ByteSourceTest, SaysWhatIsDamaged) {
  const auto what = [&](const std::string& name, const std::string& bytes) {
    const Result<std::string> got = read_all(file(name, bytes));
    return got ? "read" : got.error().what + " | " + got.error().hint;
  };
  const std::string gzip = gzipped(text_), zstd = zstd_packed(text_);
  for (const std::string& packed : {gzip, zstd})
    for (const std::size_t size : {packed.size() / 2, packed.size() - 1, std::size_t{5}})
      EXPECT_THAT(what("cut", packed.substr(0, size)), HasSubstr("cut: the compressed data is truncated"));
  std::string changed = gzip;
  changed[changed.size() - 6] ^= 1;  // of the checksum
  EXPECT_THAT(what("changed.gz", changed), HasSubstr("gzip: incorrect data check"));
  EXPECT_THAT(what("behind.gz", gzip + "{}\n"), HasSubstr("gzip: incorrect header check"));
  EXPECT_THAT(what("plain.zst", "{}\n"),
              HasSubstr("plain.zst: zstd: it does not begin like compressed data"));
  EXPECT_THAT(what("plain.gz", "{}\n"), HasSubstr("plain.gz: gzip: it does not begin like compressed data"));
  EXPECT_THAT(what("thrice.gz", gzipped(gzipped(gzipped("a\n")))), HasSubstr("compressed more than twice"));
}

TEST_F(ByteSourceTest, NamesWhatIsNoLines) {
  using namespace std::string_view_literals;
  struct Case {
    std::string_view bytes;
    const char* what;
    const char* hint;
  };
  for (const Case& each : {Case{"\xFF\xFE{\0\"\0"sv, "UTF-16", "iconv -f UTF-16 -t UTF-8 "},
                           Case{"\xFE\xFF\0{\0\""sv, "UTF-16", "iconv -f UTF-16 -t UTF-8 "},
                           Case{"{\0\"\0a\0"sv, "UTF-16", "iconv -f UTF-16LE -t UTF-8 "},
                           Case{"\0{\0\"\0a"sv, "UTF-16", "iconv -f UTF-16BE -t UTF-8 "},
                           Case{"\xFF\xFE\0\0{\0\0\0"sv, "UTF-32", "iconv -f UTF-32 -t UTF-8 "},
                           Case{"[{\"a\":1}]", "one JSON array", "jq -c '.[]' "},
                           Case{"\xEF\xBB\xBF \n[\r\n  {\"a\":1}", "one JSON array", "jq -c '.[]' "},
                           Case{"[]", "one JSON array", "jq -c '.[]' "},
                           Case{"{\n  \"a\": 1\n}", "JSON over several lines", "jq -c . "},
                           Case{"BZh91AY", "bzip2-compressed", "bzip2 -dc "},
                           Case{"\xFD"
                                "7zXZ\0\0"sv,
                                "xz-compressed", "xz -dc "},
                           Case{"\x04\x22\x4D\x18rest", "lz4-compressed", "lz4 -dc "},
                           Case{"PK\x03\x04rest", "a zip archive", "unzip -p "},
                           Case{"PAR1rest", "Parquet", "export it as JSON lines"},
                           Case{"Obj\x01rest", "Avro", "export it as JSON lines"}}) {
    SCOPED_TRACE(each.what);
    for (const std::string& bytes : {std::string(each.bytes), gzipped(each.bytes)}) {
      const Result<std::string> got = read_all(file("events", bytes));
      ASSERT_FALSE(got);
      EXPECT_THAT(got.error().what, HasSubstr(std::string("events: it is ") + each.what));
      EXPECT_THAT(got.error().hint, HasSubstr(each.hint));
    }
    const Result<std::string> piped = read_piped(each.bytes, 1);
    ASSERT_FALSE(piped);
    EXPECT_THAT(piped.error().what, HasSubstr(std::string("the standard input: it is ") + each.what));
  }
}

TEST_F(ByteSourceTest, LeavesLinesToThoseWhoReadThem) {
  for (const char* text :
       {"{\"a\":1}\n", "[\"a\":1}\n", "\"a\",\"b\"\n", "\n\n{\"a\":[{}]}\n", "{\n", "garbage", "[", "P"})
    EXPECT_EQ(read_all(file("lines", text)), text);
}

}  // namespace
}  // namespace racesim
