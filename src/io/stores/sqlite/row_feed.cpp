#include "io/stores/sqlite/row_feed.h"

#include <array>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "io/stores/list_text.h"
#include "io/stores/sqlite/values.h"

namespace racesim::sqlite {
namespace {

constexpr std::size_t kRowsAhead = 4, kCacheLine_bytes = 64;

struct FeedTable {
  sqlite3_vtab base;  // first: SQLite knows the table by its address
  RowFeed* feed;
};

/// A field in the form that is quickest to follow: this is read for each value of every row.
struct FeedField {
  const FieldInfo* info;
  double power;  ///< 10^decimals
  std::uint32_t offset;
  Storage storage;
  std::uint8_t size;
  bool is_signed, is_boolean, may_miss;
};

struct FeedCursor {
  sqlite3_vtab_cursor base;
  const RowFeed* feed;
  std::size_t at;  // of the row that is shown:
  const std::byte* row;
  std::uint64_t missing;
  std::vector<FeedField> fields;
  ValueText values;
  std::vector<std::array<char, ValueText::kMost>>
      texts;  // of each field: SQLite reads them until the next row
  std::vector<std::string> lists;
};

FeedCursor& of(sqlite3_vtab_cursor* cursor) {
  return *reinterpret_cast<FeedCursor*>(cursor);
}

int feed_connect(sqlite3* db, void* feed, int, const char* const*, sqlite3_vtab** table, char**) {
  const TableLayout& layout = static_cast<RowFeed*>(feed)->layout();
  const std::string sql = "CREATE TABLE x (" + std::string(kRowKey) + " INTEGER, " + field_list(layout) + ")";
  const int code = sqlite3_declare_vtab(db, sql.c_str());
  if (code != SQLITE_OK) return code;
  auto* made = new (std::nothrow) FeedTable{};
  if (made == nullptr) return SQLITE_NOMEM;
  made->feed = static_cast<RowFeed*>(feed);
  *table = &made->base;
  return SQLITE_OK;
}

int feed_disconnect(sqlite3_vtab* table) {
  delete reinterpret_cast<FeedTable*>(table);
  return SQLITE_OK;
}

int feed_best_index(sqlite3_vtab*, sqlite3_index_info* info) {
  info->estimatedCost = 1e4;
  return SQLITE_OK;
}

int feed_open(sqlite3_vtab* table, sqlite3_vtab_cursor** cursor) {
  auto* made = new (std::nothrow) FeedCursor{};
  if (made == nullptr) return SQLITE_NOMEM;
  made->feed = reinterpret_cast<FeedTable*>(table)->feed;
  const TableLayout& layout = made->feed->layout();
  for (std::size_t i = 0; i < layout.fields(); ++i) {
    const FieldInfo& info = *layout.columns[i].field;
    made->fields.push_back({&info, power_of_ten(info.decimals), info.offset, layout.columns[i].storage,
                            info.size, info.type == FieldType::signed_int, info.type == FieldType::boolean,
                            info.may_miss});
  }
  made->texts.resize(layout.fields());
  made->lists.resize(layout.fields());
  *cursor = &made->base;
  return SQLITE_OK;
}

int feed_close(sqlite3_vtab_cursor* cursor) {
  delete &of(cursor);
  return SQLITE_OK;
}

int feed_eof(sqlite3_vtab_cursor* cursor) {
  return of(cursor).at >= of(cursor).feed->keyed().size();
}

/// Rows are shown by key, and lie in the batch by arrival: the processor cannot guess which one is next.
void fetch_ahead(const FeedCursor& cursor, std::size_t at) {
  if (at >= cursor.feed->keyed().size()) return;
  const RowBatch& rows = cursor.feed->rows();
  const std::byte* const row = rows.row_bytes(cursor.feed->keyed()[at].row);
  for (std::size_t byte = 0; byte < rows.schema().row_size; byte += kCacheLine_bytes)
    __builtin_prefetch(row + byte);
}

int show_row(FeedCursor& cursor, std::size_t at) {
  cursor.at = at;
  if (feed_eof(&cursor.base) != 0) return SQLITE_OK;
  const RowBatch& rows = cursor.feed->rows();
  const std::uint32_t row = cursor.feed->keyed()[at].row;
  cursor.row = rows.row_bytes(row);
  cursor.missing = rows.missing.empty() ? 0 : rows.missing[row];
  fetch_ahead(cursor, at + kRowsAhead);
  return SQLITE_OK;
}

int feed_filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
  return show_row(of(cursor), 0);
}

int feed_next(sqlite3_vtab_cursor* cursor) {
  return show_row(of(cursor), of(cursor).at + 1);
}

void give_text(sqlite3_context* to, std::string_view text) {
  sqlite3_result_text64(to, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
}

/// The value of field `f`, whose type is a text in SQLite.
void give_text_field(FeedCursor& cursor, sqlite3_context* to, std::size_t f) {
  const FieldInfo& field = *cursor.fields[f].info;
  const RowBatch& rows = cursor.feed->rows();
  const std::byte* const at = cursor.row + field.offset;
  if (field.list_limit > 0) {
    cursor.lists[f].clear();
    append_list(field, rows, cursor.feed->keyed()[cursor.at].row, cursor.lists[f]);
    return give_text(to, cursor.lists[f]);
  }
  if (field.type == FieldType::text) {
    Text slice;
    std::memcpy(&slice, at, sizeof slice);
    return give_text(to, rows.text(slice));
  }
  if (field.type == FieldType::enumeration)
    return give_text(to, field.enum_names[static_cast<std::size_t>(*at)]);
  char* const text = cursor.texts[f].data();
  give_text(to, {text, cursor.values.put(field, at, text)});
}

/// SQLite keeps a whole number of a REAL column as an integer anyway. Zeros, which are many, skip its
/// attempts to find out that they are whole.
void give_real(sqlite3_context* to, std::int64_t scaled, double power) {
  if (scaled == 0) return sqlite3_result_int64(to, 0);
  sqlite3_result_double(to, static_cast<double>(scaled) / power);
}

int feed_column(sqlite3_vtab_cursor* base, sqlite3_context* to, int column) {
  FeedCursor& cursor = of(base);
  if (column == 0) {
    sqlite3_result_int64(to, cursor.feed->keyed()[cursor.at].key);
    return SQLITE_OK;
  }
  const auto f = static_cast<std::size_t>(column - 1);
  const FeedField& field = cursor.fields[f];
  // What is not given is NULL.
  if (cursor.missing != 0 && f < 64 && (cursor.missing >> f & 1) != 0) return SQLITE_OK;
  const std::byte* const at = cursor.row + field.offset;
  if (field.may_miss && is_none(*field.info, at)) return SQLITE_OK;
  switch (field.storage) {
    case Storage::integer:
      sqlite3_result_int64(
          to, field.is_boolean ? *at != std::byte{0} : load_integer(field.is_signed, field.size, at));
      break;
    case Storage::real:
      give_real(to, load_integer(field.is_signed, field.size, at), field.power);
      break;
    case Storage::text:
      give_text_field(cursor, to, f);
      break;
  }
  return SQLITE_OK;
}

int feed_rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* rowid) {
  *rowid = static_cast<sqlite3_int64>(of(cursor).at);
  return SQLITE_OK;
}

/// Without xCreate: the table is there by its name, and only so.
sqlite3_module feed_module() {
  sqlite3_module module{};
  module.xConnect = &feed_connect;
  module.xBestIndex = &feed_best_index;
  module.xDisconnect = &feed_disconnect;
  module.xOpen = &feed_open;
  module.xClose = &feed_close;
  module.xFilter = &feed_filter;
  module.xNext = &feed_next;
  module.xEof = &feed_eof;
  module.xColumn = &feed_column;
  module.xRowid = &feed_rowid;
  return module;
}

const sqlite3_module kFeedModule = feed_module();

}  // namespace

RowFeed::RowFeed(const TableLayout& layout) : layout_(layout) {}

Done RowFeed::add_to(Connection& connection) {
  if (sqlite3_create_module(connection.get(), name().c_str(), &kFeedModule, this) != SQLITE_OK)
    return tl::make_unexpected(connection.error("open"));
  return {};
}

}  // namespace racesim::sqlite
