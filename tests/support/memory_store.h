// A store in memory that can be read: rows as lines, parsed into rows by the codec. For tests of what reads
// stores.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/decoder.h"
#include "io/stores/reading.h"
#include "model/event_id.h"

namespace racesim::test {

/// One dead letter; its id is its place, from 1.
struct StoredLetter {
  std::string reason, raw;
};

/// What the reader reads; tests change it.
struct MemoryTables {
  std::map<std::string, std::vector<std::string>> lines;  ///< by table: JSON lines, in the order of scan()
  std::map<std::string, std::int64_t> expired_before_us;  ///< by table
  std::vector<StoredLetter> letters;
};

/// A result that is there as a whole.
class MemoryResult final : public ResultRows {
 public:
  MemoryResult(std::vector<std::string> columns, std::vector<std::vector<Cell>> rows)
      : columns_(std::move(columns)), rows_(std::move(rows)) {}
  const std::vector<std::string>& columns() const override { return columns_; }
  Result<bool> next(std::vector<Cell>& cells) override {
    if (next_ == rows_.size()) return false;
    cells = rows_[next_++];
    return true;
  }

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<Cell>> rows_;
  std::size_t next_ = 0;
};

class MemoryReader final : public StoreReader {
 public:
  explicit MemoryReader(const MemoryTables& tables) : tables_(tables) {}
  std::string name() const override { return "memory:test"; }

  /// Only the two questions about dead letters.
  Result<std::unique_ptr<ResultRows>> query(std::string_view sql, std::int64_t) override {
    std::vector<std::vector<Cell>> rows;
    const std::size_t id = sql.find("id = ");
    if (id != std::string_view::npos) {
      const auto number = static_cast<std::size_t>(std::stoul(std::string(sql.substr(id + 5))));
      rows.push_back({{Cell::Kind::text, tables_.letters[number - 1].reason}});
      return std::make_unique<MemoryResult>(std::vector<std::string>{"reason"}, std::move(rows));
    }
    for (std::size_t i = 0; i < tables_.letters.size(); ++i)
      rows.push_back(
          {{Cell::Kind::integer, std::to_string(i + 1)}, {Cell::Kind::bytes, tables_.letters[i].raw}});
    return std::make_unique<MemoryResult>(std::vector<std::string>{"id", "raw"}, std::move(rows));
  }

  Result<bool> scan(const StoreTable& table, std::string_view run, std::size_t most, RowBatch& to) override {
    Scan& scan = scans_[std::string(table.table->name)];
    const auto found = tables_.lines.find(std::string(table.table->name));
    if (found == tables_.lines.end()) return false;
    const std::vector<std::string>& lines = found->second;
    std::string text;
    for (std::size_t n = 0; n < std::min<std::size_t>(most, 7) && scan.next < lines.size(); ++scan.next) {
      if (!run.empty() && lines[scan.next].find("\"run\":\"" + std::string(run) + "\"") == std::string::npos)
        continue;
      text += lines[scan.next];
      ++n;
    }
    DecoderOptions options;
    if (scan.optional.empty())
      for (const FieldInfo& field : table.schema->fields) scan.optional.push_back(field.path);
    options.optional = scan.optional;
    auto decoder = make_decoder(*table.schema, "json", options);
    EXPECT_TRUE(decoder);
    Rejects rejects;
    (*decoder)->decode(text, to, rejects);
    (*decoder)->finish(to, rejects);
    EXPECT_TRUE(rejects.empty()) << (rejects.empty() ? "" : rejects.front().reason);
    return scan.next < lines.size();
  }
  Result<std::vector<std::string>> tables() override {
    std::vector<std::string> names;
    for (const auto& [name, lines] : tables_.lines) names.push_back(name);
    return names;
  }
  Result<std::optional<std::int64_t>> expired_before_us(const StoreTable& table) override {
    const auto found = tables_.expired_before_us.find(std::string(table.table->name));
    if (found == tables_.expired_before_us.end()) return std::optional<std::int64_t>();
    return std::optional<std::int64_t>(found->second);
  }

 private:
  struct Scan {
    std::size_t next = 0;
    std::vector<std::string_view> optional;
  };
  const MemoryTables& tables_;
  std::map<std::string, Scan> scans_;
};

}  // namespace racesim::test
