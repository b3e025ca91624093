#include "cli/commands/query/table_writer.h"

#include "base/visible.h"

namespace racesim::cli {
namespace {

std::vector<std::string> visible_names(const std::vector<std::string>& columns) {
  std::vector<std::string> names;
  for (const std::string& name : columns) names.push_back(visible_text(name));
  return names;
}

}  // namespace

TableWriter::TableWriter(const std::vector<std::string>& columns, std::size_t most_columns, WriteText write)
    : table_(visible_names(columns), most_columns, std::move(write)) {}

Done TableWriter::add(const std::vector<Cell>& cells) {
  std::vector<TableCell> row;
  for (const Cell& cell : cells) {
    const bool is_null = cell.kind == Cell::Kind::null;
    row.push_back({is_null ? "NULL" : visible_text(text_of(cell)),
                   is_null || cell.kind == Cell::Kind::integer || cell.kind == Cell::Kind::real});
  }
  return table_.add(std::move(row));
}

}  // namespace racesim::cli
