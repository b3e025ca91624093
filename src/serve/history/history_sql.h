// What the questions of History have in common: names and literals of its SQL, and cells of answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/stores/history_reader.h"
#include "serve/history/history_rows.h"

namespace racesim::serve {

/// "location_lat" between '"', of the path "location.lat".
std::string sql_column(std::string_view path);
/// "2026-07-05T14:18:03.450Z", "2026-07-05T14:18:03.450000+00:00": as events show the field.
std::string time_text_of(const FieldInfo& field, std::int64_t us);
/// The other way; a text that this program has not written is 0.
std::int64_t time_us_of(std::string_view text);

bool is_time(const FieldInfo& field);
bool is_integer(const FieldInfo& field);

/// What SELECT has of the field: the column, of a time its text.
std::string select_item(const HistoryReader& reader, const FieldInfo& field, std::string_view prefix = {});
/// A number of an answer × 10^decimals.
std::int64_t scaled(const SelectedRow& row, int column, const FieldInfo& field);
void add_cell(const SelectedRow& row, int column, const FieldInfo& field, HistoryRows& to);

}  // namespace racesim::serve
