#include "cli/commands/query/result_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/commands/query/table_writer.h"
#include "codec/decode/check.h"

namespace racesim::cli {
namespace {

constexpr std::size_t kPieceBytes = 1 << 16;

/// Collects lines and writes them in pieces.
class LineWriter : public ResultWriter {
 public:
  LineWriter(std::vector<std::string> columns, WriteText write)
      : columns_(std::move(columns)), write_(std::move(write)) {}

  Done finish() override {
    begin_once();
    return flush();
  }

 protected:
  virtual void begin() {}
  void begin_once() {
    if (!std::exchange(begun_, true)) begin();
  }
  Done end_line() {
    text_ += '\n';
    return text_.size() < kPieceBytes ? Done() : flush();
  }
  Done flush() {
    const Done ok = text_.empty() ? Done() : write_(text_);
    text_.clear();
    return ok;
  }

  std::vector<std::string> columns_;
  std::string text_;

 private:
  WriteText write_;
  bool begun_ = false;
};

class CsvWriter final : public LineWriter {
 public:
  using LineWriter::LineWriter;

  Done add(const std::vector<Cell>& cells) override {
    begin_once();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text_ += ',';
      if (cells[i].kind != Cell::Kind::null) put(text_of(cells[i]));
    }
    return end_line();
  }

 private:
  void begin() override {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) text_ += ',';
      put(columns_[i]);
    }
    text_ += '\n';
  }
  void put(std::string_view value) {
    if (!value.empty() && value.find_first_of("\",\r\n") == std::string_view::npos) {
      text_ += value;
      return;
    }
    text_ += '"';
    for (const char c : value) text_ += c == '"' ? "\"\"" : std::string(1, c);
    text_ += '"';
  }
};

/// As RFC 8259 has numbers.
bool is_json_number(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t begin = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - begin;
  };
  if (i < text.size() && text[i] == '-') ++i;
  const bool zero = i < text.size() && text[i] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

std::string quoted_json(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Objects have each name once.
std::vector<std::string> told_apart(const std::vector<std::string>& columns) {
  std::vector<std::string> names;
  for (const std::string& column : columns) {
    std::string name = column;
    for (int n = 2; std::find(names.begin(), names.end(), name) != names.end(); ++n)
      name = fmt::format("{}_{}", column, n);
    names.push_back(std::move(name));
  }
  return names;
}

class JsonWriter final : public LineWriter {
 public:
  JsonWriter(const std::vector<std::string>& columns, WriteText write)
      : LineWriter(told_apart(columns), std::move(write)) {
    for (std::string& column : columns_) column = quoted_json(column);
  }

  Done add(const std::vector<Cell>& cells) override {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      text_ += i == 0 ? '{' : ',';
      text_ += columns_[i];
      text_ += ':';
      put(cells[i]);
    }
    text_ += '}';
    return end_line();
  }

 private:
  void put(const Cell& cell) {
    switch (cell.kind) {
      case Cell::Kind::null:
        text_ += "null";
        return;
      case Cell::Kind::boolean:
        text_ += cell.text;
        return;
      case Cell::Kind::integer:
      case Cell::Kind::real:
        text_ += is_json_number(cell.text) ? cell.text : quoted_json(cell.text);
        return;
      case Cell::Kind::text:
      case Cell::Kind::bytes:
        text_ += quoted_json(text_of(cell));
    }
  }
};

}  // namespace

std::string text_of(const Cell& cell) {
  if (cell.kind != Cell::Kind::bytes || valid_utf8(cell.text)) return cell.text;
  std::string text = "\\x";
  for (const char c : cell.text)
    text += fmt::format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return text;
}

std::unique_ptr<ResultWriter> make_result_writer(ResultForm form, std::vector<std::string> columns,
                                                 std::size_t most_columns, WriteText write) {
  switch (form) {
    case ResultForm::csv:
      return std::make_unique<CsvWriter>(std::move(columns), std::move(write));
    case ResultForm::json:
      return std::make_unique<JsonWriter>(columns, std::move(write));
    case ResultForm::table:
      break;
  }
  return std::make_unique<TableWriter>(columns, most_columns, std::move(write));
}

}  // namespace racesim::cli
