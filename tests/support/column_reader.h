// Reads binary frames as docs/formats/live-frames.md has them, and shares no code with what writes them: what
// it knows of columns it takes from their description. Events come out as lines of JSON, digit by digit.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace racesim {

class ColumnReader {
 public:
  /// `fields`: of the frame's form.
  explicit ColumnReader(const std::string& fields) : fields_(nlohmann::json::parse(fields)) {}

  std::uint16_t form = 0;  ///< of the frame that was read last

  /// A line for each event, without line ends. Throws if the frame ends too early or too late.
  std::vector<std::string> lines(std::string_view frame) {
    frame_ = frame;
    at_ = 0;
    if (little(1) != 1 || little(1) != 1) throw std::runtime_error("another version or kind");
    form = static_cast<std::uint16_t>(little(2));
    const std::size_t events = little(4);
    std::vector<std::vector<std::string>> columns;
    for (const nlohmann::json& field : fields_) columns.push_back(column(field, events));
    if (at_ != frame_.size()) throw std::runtime_error("bytes are left over");
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < events; ++i) lines.push_back(line(columns, i));
    return lines;
  }

 private:
  std::uint64_t little(std::size_t bytes) {
    std::uint64_t value = 0;
    if (at_ + bytes > frame_.size()) throw std::runtime_error("the frame ends early");
    for (std::size_t i = 0; i < bytes; ++i)
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(frame_[at_ + i])) << (8 * i);
    at_ += bytes;
    return value;
  }

  std::string_view take(std::size_t bytes) {
    if (at_ + bytes > frame_.size()) throw std::runtime_error("the frame ends early");
    at_ += bytes;
    return frame_.substr(at_ - bytes, bytes);
  }

  std::vector<std::uint64_t> numbers(std::size_t count) {
    const std::uint64_t widths = little(1);
    const auto base_bytes = static_cast<std::size_t>(widths >> 4),
               each = static_cast<std::size_t>(widths & 15);
    std::uint64_t base = little(base_bytes);
    if (base_bytes > 0 && base_bytes < 8 && (base >> (8 * base_bytes - 1)) != 0)
      base |= ~std::uint64_t{0} << (8 * base_bytes);
    std::vector<std::uint64_t> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(base + little(each));
    return values;
  }

  static std::string date(std::int64_t days) {
    const std::chrono::year_month_day day{std::chrono::sys_days{std::chrono::days{days}}};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                       static_cast<unsigned>(day.day()));
  }

  static std::string moment(std::int64_t time, std::int64_t per_s, int digits, std::string_view zone) {
    const std::int64_t per_day = 86'400 * per_s;
    std::int64_t days = time / per_day, rest = time % per_day;
    if (rest < 0) --days, rest += per_day;
    const std::int64_t s = rest / per_s;
    return fmt::format("\"{}T{:02}:{:02}:{:02}.{:0{}}{}\"", date(days), s / 3600, s / 60 % 60, s % 60,
                       rest % per_s, digits, zone);
  }

  static std::string number(const nlohmann::json& field, std::uint64_t bits) {
    const bool negative = field["type"] == "signed" && static_cast<std::int64_t>(bits) < 0;
    std::string digits = fmt::format("{}", negative ? 0 - bits : bits);
    const auto decimals = field.value("decimals", std::size_t{0});
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    if (decimals > 0) digits.insert(digits.size() - decimals, ".");
    return (negative ? "-" : "") + digits;
  }

  /// Empty: the member is left out.
  static std::string value(const nlohmann::json& field, std::uint64_t bits) {
    const std::string type = field["type"];
    const auto time = static_cast<std::int64_t>(bits);
    if (field.contains("none") && field["none"].get<std::int64_t>() == time)
      return field.contains("left_out") ? "" : "null";
    if (type == "boolean") return bits == 0 ? "false" : "true";
    if (type == "enumeration") return field["names"].at(bits).dump();
    if (type == "time_ms") return moment(time, 1000, 3, "Z");
    if (type == "time_us") return moment(time, 1'000'000, 6, "+00:00");
    if (type == "date") return '"' + date(time) + '"';
    if (type == "hex32") return fmt::format("\"{:08x}\"", bits);
    return number(field, bits);
  }

  std::vector<std::string> scalars(const nlohmann::json& field, std::size_t count) {
    std::vector<std::string> values;
    if (field["type"] == "uuid") {
      for (std::size_t i = 0; i < count; ++i) {
        std::string text;
        for (const char c : take(16)) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
        for (const std::size_t dash : {8u, 13u, 18u, 23u}) text.insert(dash, "-");
        values.push_back('"' + text + '"');
      }
    } else if (field["type"] == "text") {
      for (const std::uint64_t size : numbers(count))
        values.push_back(nlohmann::json(std::string(take(size))).dump());
    } else {
      for (const std::uint64_t bits : numbers(count)) values.push_back(value(field, bits));
    }
    return values;
  }

  std::vector<std::string> column(const nlohmann::json& field, std::size_t events) {
    if (!field.contains("list")) return scalars(field, events);
    const std::vector<std::uint64_t> counts = numbers(events);
    std::size_t all = 0;
    for (const std::uint64_t count : counts) all += count;
    const std::vector<std::string> items = scalars(field, all);
    std::vector<std::string> lists;
    std::size_t next = 0;
    for (const std::uint64_t count : counts) {
      std::string list = "[";
      for (std::uint64_t i = 0; i < count; ++i) list.append(i > 0 ? "," : "").append(items[next++]);
      lists.push_back(list + ']');
    }
    return lists;
  }

  /// "car.air.offset" and "car.gear" are members of one object.
  std::string line(const std::vector<std::vector<std::string>>& columns, std::size_t event) const {
    std::string text = "{", open;  // the objects that are open: "car.air."
    for (std::size_t f = 0; f < columns.size(); ++f) {
      const std::string path = fields_[f]["path"], &value = columns[f][event];
      if (value.empty()) continue;
      while (!path.starts_with(open)) {
        text += '}';
        open.resize(open.find_last_of('.', open.size() - 2) + 1);
      }
      if (text.back() != '{') text += ',';
      for (std::size_t dot = path.find('.', open.size()); dot != std::string::npos;
           dot = path.find('.', open.size())) {
        text += '"' + path.substr(open.size(), dot - open.size()) + "\":{";
        open = path.substr(0, dot + 1);
      }
      text += '"' + path.substr(open.size()) + "\":" + value;
    }
    for (const char c : open) text += c == '.' ? "}" : "";
    return text + '}';
  }

  const nlohmann::json fields_;
  std::string_view frame_;
  std::size_t at_ = 0;
};

}  // namespace racesim
