#include "io/stores/sqlite/connection.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "io/stores/sqlite/lock_holder.h"

namespace racesim::sqlite {
namespace {

using NoteRow = void(void*, int, const char*, const char*, sqlite3_int64);

std::string quoted_by(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

/// As it stands in a URI.
std::string uri_path(std::string_view path) {
  std::string uri;
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#')
      uri += c == '%' ? "%25" : c == '?' ? "%3f" : "%23";
    else
      uri += c;
  }
  return uri;
}

/// What is wrong with the path, where SQLite only says that it cannot open it.
std::string reason_of_path(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty() && !std::filesystem::exists(folder, ignored))
    return "there is no folder " + folder.string();
  if (std::filesystem::is_directory(path, ignored)) return "it is a folder";
  return {};
}

std::string hint_of_io_error(int extended) {
  switch (extended) {
    case SQLITE_IOERR_SHMOPEN:
    case SQLITE_IOERR_SHMSIZE:
    case SQLITE_IOERR_SHMMAP:
    case SQLITE_IOERR_SHMLOCK:
      return "the folder must be writable and on a local disk: SQLite keeps an index beside the database";
    default:
      return "check the disk: what was committed before is kept, and the same command goes on behind it";
  }
}

}  // namespace

std::string quote_name(std::string_view name) {
  return quoted_by(name, '"');
}
std::string quote_text(std::string_view text) {
  return quoted_by(text, '\'');
}

void Statement::bind_text(int i, std::string_view text) {
  // A null pointer would be NULL.
  sqlite3_bind_text64(statement_.get(), i, text.data() == nullptr ? "" : text.data(), text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind_blob(int i, std::string_view bytes) {
  sqlite3_bind_blob64(statement_.get(), i, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
                      SQLITE_STATIC);
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
}

void Statement::forget() {
  reset();
  sqlite3_clear_bindings(statement_.get());
}

std::string_view Statement::text(int column) const {
  const void* const bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string_view()
                          : std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

Result<Connection> Connection::open(const std::string& path, OpenMode mode, int busy_wait_ms) {
  // Such names mean something else to SQLite: a URI, a database in memory.
  const bool special = path.starts_with("file:") || path.starts_with(":") || path.empty();
  const std::string name = special ? "./" + path : path;
  const int flags =
      mode == OpenMode::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  Result<Connection> opened = open_name(path, name, flags, busy_wait_ms);
  if (!opened || mode == OpenMode::write || opened->can_begin_to_read()) return opened;
  if (std::error_code ignored; std::filesystem::file_size(path + "-wal", ignored) > 0 && !ignored)
    return fail(ErrorKind::runtime,
                "open " + path + ": its folder cannot be written, and its log " + path +
                    "-wal holds what is not in it yet",
                "copy both files into a folder that can be written, and name the copy");
  // Without a log the file is all there is, and who cannot write beside it reads it as it stands.
  return open_name(path, "file:" + uri_path(name) + "?immutable=1", flags | SQLITE_OPEN_URI, busy_wait_ms);
}

Result<Connection> Connection::open_name(const std::string& path, const std::string& name, int flags,
                                         int busy_wait_ms) {
  Connection opened(path, busy_wait_ms);
  sqlite3* db = nullptr;
  const int code =
      sqlite3_open_v2(name.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  opened.db_.reset(db);
  if (code != SQLITE_OK) return tl::make_unexpected(opened.error("open"));
  sqlite3_busy_timeout(db, busy_wait_ms);
  return opened;
}

bool Connection::can_begin_to_read() const {
  const int code = sqlite3_exec(get(), "PRAGMA schema_version", nullptr, nullptr, nullptr) & 0xff;
  // Of a file in WAL mode beside which no index can be made. All else is told by who reads.
  return code != SQLITE_CANTOPEN && code != SQLITE_READONLY;
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                         &statement, nullptr) != SQLITE_OK)
    return tl::make_unexpected(error("read"));
  return Statement(statement);
}

Result<KeptStatement> Connection::kept(std::string_view sql) {
  auto known = kept_.find(sql);
  if (known == kept_.end()) {
    Result<Statement> made = prepare(sql);
    if (!made) return tl::make_unexpected(std::move(made.error()));
    known = kept_.emplace(sql, std::move(*made)).first;
  }
  return KeptStatement(known->second);
}

Done Connection::run(std::string_view sql) {
  const Result<KeptStatement> statement = kept(sql);
  if (!statement) return tl::make_unexpected(statement.error());
  if ((*statement)->step() != SQLITE_DONE) return tl::make_unexpected(error("write"));
  return {};
}

void Connection::note_inserted(InsertedRows* to) {
  const auto note = [](void* noted, int what, const char*, const char* table, sqlite3_int64 key) {
    auto& rows = *static_cast<InsertedRows*>(noted);
    if (what == SQLITE_INSERT && rows.table == table) rows.keys.push_back(key);
  };
  sqlite3_update_hook(get(), to == nullptr ? nullptr : static_cast<NoteRow*>(note), to);
}

Done Connection::exec(const std::string& sql) {
  if (sqlite3_exec(get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return tl::make_unexpected(error("write"));
  return {};
}

Result<std::optional<std::int64_t>> Connection::number(const std::string& sql) {
  Result<Statement> statement = prepare(sql);
  if (!statement) return tl::make_unexpected(std::move(statement.error()));
  const int code = statement->step();
  if (code != SQLITE_ROW && code != SQLITE_DONE) return tl::make_unexpected(error("read"));
  if (code == SQLITE_DONE || statement->is_null(0)) return std::optional<std::int64_t>();
  return std::optional(statement->integer(0));
}

Result<std::optional<std::string>> Connection::text(const std::string& sql) {
  Result<Statement> statement = prepare(sql);
  if (!statement) return tl::make_unexpected(std::move(statement.error()));
  const int code = statement->step();
  if (code != SQLITE_ROW && code != SQLITE_DONE) return tl::make_unexpected(error("read"));
  if (code == SQLITE_DONE || statement->is_null(0)) return std::optional<std::string>();
  return std::optional(std::string(statement->text(0)));
}

bool Connection::was_locked() const {
  const int primary = sqlite3_errcode(get()) & 0xff;
  return primary == SQLITE_BUSY || primary == SQLITE_LOCKED || primary == SQLITE_PROTOCOL;
}

bool Connection::has_moved() const {
  int moved = 0;
  sqlite3_file_control(get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return moved != 0;
}

Error Connection::error(std::string_view doing) const {
  const int extended = sqlite3_extended_errcode(get());
  const std::string what = std::string(doing) + " " + path_ + ": ";
  const int system = sqlite3_system_errno(get());
  const std::string because = system == 0 ? "" : std::string(" (") + std::strerror(system) + ")";
  switch (extended & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:  // a process that was stopped while it wrote the index of the log
      return {ErrorKind::busy,
              what + "locked by " + lock_holder(path_) + "; waited " + std::to_string(busy_wait_ms_) + " ms",
              "wait until that process is done with it, or end it; then give the same command again"};
    case SQLITE_FULL:
      return {ErrorKind::runtime, what + "the disk is full",
              "make room and give the same command again: it goes on behind what is committed"};
    case SQLITE_READONLY:
      return {ErrorKind::runtime, what + "it cannot be written: read-only" + because,
              "allow writing to the file and its folder, or choose another path"};
    case SQLITE_PERM:
    case SQLITE_CANTOPEN: {
      const std::string reason = reason_of_path(path_);
      return {ErrorKind::runtime, what + (reason.empty() ? "cannot be opened" + because : reason),
              "name a file in a folder that is there and writable: sqlite:racesim.db"};
    }
    case SQLITE_NOTADB:
      return {ErrorKind::usage, what + "it is not an SQLite database",
              "choose another path: sqlite:racesim.db"};
    case SQLITE_CORRUPT:
      return {ErrorKind::runtime, what + "the database is damaged: " + sqlite3_errmsg(get()),
              "save what is left with: sqlite3 FILE .recover; and ingest into a new file"};
    case SQLITE_IOERR:
      return {ErrorKind::runtime,
              what + "input/output error" + because + ", SQLite's code " + std::to_string(extended),
              hint_of_io_error(extended)};
    default:
      return {ErrorKind::runtime, what + sqlite3_errmsg(get()), ""};
  }
}

Done Connection::close() {
  if (db_ == nullptr) return {};
  kept_.clear();
  if (sqlite3_close(db_.get()) != SQLITE_OK) return tl::make_unexpected(error("close"));
  static_cast<void>(db_.release());
  return {};
}

}  // namespace racesim::sqlite
