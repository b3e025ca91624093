#include "io/sources/dead_letters.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "io/sources/file.h"

namespace racesim {
namespace {

using DeadJson = nlohmann::ordered_json;

constexpr std::string_view kEventBegin = "{\"event\":";

/// One behind the JSON value at the begin of `text`, which is valid; npos: it has no end.
std::size_t value_end(std::string_view text) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c != '"') continue;
      in_text = false;
      if (depth == 0) return i + 1;
      continue;
    }
    if (c == '"') in_text = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return i;  // of what is around a number or a word
      if (--depth == 0) return i + 1;
    }
    if (c == ',' && depth == 0) return i;
  }
  return std::string_view::npos;
}

std::optional<std::string> from_base64(std::string_view text) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 255);
  }
  return bytes;
}

/// Hands on the blocks of another source with other records.
class DeadLetterSource final : public Source {
 public:
  explicit DeadLetterSource(std::unique_ptr<Source> file) : file_(std::move(file)) {}
  std::string name() const override { return file_->name(); }
  Done open(LaneKeeper& keeper) override { return file_->open(keeper); }
  Result<Pulled> pull(RecordBlock& to, int wait_ms) override {
    const Result<Pulled> pulled = file_->pull(read_, wait_ms);
    if (!pulled || *pulled != Pulled::records) return pulled;
    to.clear();
    std::string why;
    for (std::size_t i = 0; i < read_.size(); ++i) {
      const std::optional<std::string> event = event_of_dead_letter(read_.record(i), why);
      add(event ? std::string_view(*event) : read_.record(i), read_.offsets[i], to);
    }
    to.pad();
    to.lane = read_.lane;
    to.before = read_.before;
    to.after = read_.after;
    return Pulled::records;
  }
  const LaneInfo& lane(std::uint32_t number) const override { return file_->lane(number); }
  void settled(const RecordBlock& block, const Result<BlockOutcome>& outcome) override {
    file_->settled(block, outcome);
  }
  bool is_bounded() const override { return true; }
  Done restart() override { return file_->restart(); }
  void stop() override { file_->stop(); }

 private:
  static void add(std::string_view record, std::int64_t offset, RecordBlock& to) {
    to.text.reserve_more(record.size() + 1);
    char* const at = to.text.data() + to.text.size();
    std::memcpy(at, record.data(), record.size());
    at[record.size()] = '\n';
    to.text.set_size(to.text.size() + record.size() + 1);
    to.ends.push_back(static_cast<std::uint32_t>(to.text.size()));
    to.offsets.push_back(offset);
  }

  const std::unique_ptr<Source> file_;
  RecordBlock read_;
};

}  // namespace

std::optional<std::string> event_of_dead_letter(std::string_view line, std::string& why) {
  const DeadJson json = DeadJson::parse(line.begin(), line.end(), nullptr, false);
  if (!json.is_object()) {
    why = "not a line of a dead-letter file";
    return std::nullopt;
  }
  // A parser would give its numbers back in other digits.
  if (line.starts_with(kEventBegin) && !json["event"].is_string()) {
    const std::string_view rest = line.substr(kEventBegin.size());
    const std::size_t end = value_end(rest);
    if (end != std::string_view::npos) return std::string(rest.substr(0, end));
  }
  for (const char* const member : {"event", "raw"})
    if (json.contains(member))
      return json[member].is_string() ? json[member].get<std::string>() : json[member].dump();
  for (const char* const member : {"event_base64", "raw_base64"})
    if (json.contains(member) && json[member].is_string())
      if (auto bytes = from_base64(json[member].get<std::string>())) return bytes;
  why = "it has neither an event nor a record";
  return std::nullopt;
}

Result<std::unique_ptr<Source>> make_dead_letter_source(const std::string& path) {
  auto file = make_file_source({path}, false);
  if (!file) return tl::make_unexpected(file.error());
  return std::make_unique<DeadLetterSource>(std::move(*file));
}

}  // namespace racesim
