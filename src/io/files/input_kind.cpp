#include "io/files/input_kind.h"

#include <algorithm>
#include <array>

#include "io/files/atomic_file.h"

namespace racesim {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kJsonBlanks = " \t\r\n";

/// Data that racesim does not read. `command` is what makes lines of them; FILE stands for the file.
struct Foreign {
  std::string_view magic;
  std::string_view what;
  std::string_view command;  ///< empty: there is none that everybody has
};
/// The longer of two that begin alike comes first.
constexpr std::array kForeign{
    Foreign{"BZh"sv, "bzip2-compressed", "bzip2 -dc"},
    Foreign{"\xFD"
            "7zXZ\0"sv,
            "xz-compressed", "xz -dc"},
    Foreign{"\x04\x22\x4D\x18"sv, "lz4-compressed", "lz4 -dc"},
    Foreign{"\xFF\x06\0\0sNaPpY"sv, "snappy-compressed", ""},
    Foreign{"\x1F\x9D"sv, "compressed by compress", "gzip -dc"},
    Foreign{"PK\x03\x04"sv, "a zip archive", "unzip -p"},
    Foreign{"7z\xBC\xAF\x27\x1C"sv, "a 7z archive", "7z x -so"},
    Foreign{"PAR1"sv, "Parquet", ""},
    Foreign{"Obj\x01"sv, "Avro", ""},
    Foreign{"ORC"sv, "ORC", ""},
    Foreign{"SQLite format 3"sv, "an SQLite database", ""},
    Foreign{"\xFF\xFE\0\0"sv, "UTF-32", "iconv -f UTF-32 -t UTF-8"},
    Foreign{"\0\0\xFE\xFF"sv, "UTF-32", "iconv -f UTF-32 -t UTF-8"},
    Foreign{"\xFF\xFE"sv, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
    Foreign{"\xFE\xFF"sv, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
};
constexpr Foreign kLittleEndian{{}, "UTF-16", "iconv -f UTF-16LE -t UTF-8"};
constexpr Foreign kBigEndian{{}, "UTF-16", "iconv -f UTF-16BE -t UTF-8"};
constexpr Foreign kGzip{{}, "gzip-compressed", "gzip -dc"};
constexpr Foreign kZstd{{}, "zstd-compressed", "zstd -dc"};
constexpr Foreign kArray{{}, "one JSON array", "jq -c '.[]'"};
constexpr Foreign kIndented{{}, "JSON over several lines", "jq -c ."};

std::string_view behind_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kJsonBlanks), text.size()));
}

/// A letter and a zero, twice: text without a byte order mark.
const Foreign* find_utf16(std::string_view bytes) {
  if (bytes.size() < 4) return nullptr;
  const auto zero = [&](std::size_t at) { return bytes[at] == '\0'; };
  if (!zero(0) && zero(1) && !zero(2) && zero(3)) return &kLittleEndian;
  if (zero(0) && !zero(1) && zero(2) && !zero(3)) return &kBigEndian;
  return nullptr;
}

/// One bit that a fault flips makes [ of {, so the bytes behind it have to agree.
const Foreign* find_json(std::string_view bytes) {
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  bytes = behind_blanks(bytes);
  if (bytes.empty()) return nullptr;
  const std::string_view inner = behind_blanks(bytes.substr(1));
  if (bytes.front() == '[' && (inner.starts_with('{') || inner.starts_with(']'))) return &kArray;
  const std::string_view blanks = bytes.substr(1, bytes.size() - 1 - inner.size());
  const bool broken = blanks.find('\n') != std::string_view::npos;
  if (bytes.front() == '{' && broken && inner.starts_with('"')) return &kIndented;
  return nullptr;
}

/// Data that are no text of ours, whatever their lines.
const Foreign* find_no_text(std::string_view bytes) {
  for (const Foreign& foreign : kForeign)
    if (bytes.starts_with(foreign.magic)) return &foreign;
  return find_utf16(bytes);
}

const Foreign* find_foreign(std::string_view bytes) {
  const Foreign* const no_text = find_no_text(bytes);
  return no_text != nullptr ? no_text : find_json(bytes);
}

/// A frame of zstd, or one that only carries notes, with which parallel compressors begin.
bool is_zstd(std::string_view bytes) {
  if (bytes.starts_with("\x28\xB5\x2F\xFD"sv)) return true;
  return bytes.size() >= 4 && (static_cast<unsigned char>(bytes[0]) & 0xF0) == 0x50 &&
         bytes.substr(1).starts_with("\x2A\x4D\x18"sv);
}

}  // namespace

InputKind input_kind(std::string_view first_bytes) {
  if (first_bytes.starts_with("\x1F\x8B"sv)) return InputKind::gzip;
  if (is_zstd(first_bytes)) return InputKind::zstd;
  return find_foreign(first_bytes) == nullptr ? InputKind::lines : InputKind::unreadable;
}

Error explain_unreadable(const std::string& path, std::string_view first_bytes) {
  const Foreign* const foreign = find_foreign(first_bytes);
  const bool standard = path == "-";
  const std::string name = standard ? "the standard input" : path;
  const std::string what(foreign == nullptr ? "not lines" : foreign->what);
  Error error{ErrorKind::runtime, "read " + name + ": it is " + what + ", not one event per line", {}};
  if (foreign == nullptr || foreign->command.empty())
    error.hint = "export it as JSON lines or CSV, one event per line";
  else if (standard)
    error.hint = "send it through: " + std::string(foreign->command);
  else
    error.hint =
        "make lines of it: " + std::string(foreign->command) + " " + shell_quoted(path) + " > events.ndjson";
  return error;
}

std::optional<Error> explain_foreign(const std::string& path, std::string_view first_bytes) {
  const InputKind kind = input_kind(first_bytes);
  const Foreign* const foreign = kind == InputKind::gzip   ? &kGzip
                                 : kind == InputKind::zstd ? &kZstd
                                                           : find_no_text(first_bytes);
  if (foreign == nullptr) return std::nullopt;
  const std::string what(foreign->what);
  Error error{ErrorKind::runtime, "read " + path + ": it is " + what + ", not text in UTF-8", {}};
  if (foreign->command.empty())
    error.hint = "export it as text";
  else if (what.starts_with("UTF-"))
    error.hint =
        "save it as UTF-8, as this does: " + std::string(foreign->command) + " " + shell_quoted(path);
  else if (what == "a zip archive")
    error.hint =
        "if it is a spreadsheet, export it as CSV in UTF-8; else unpack it: unzip " + shell_quoted(path);
  else
    error.hint = "unpack it, as this does: " + std::string(foreign->command) + " " + shell_quoted(path);
  return error;
}

}  // namespace racesim
