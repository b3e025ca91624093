#include "io/stores/postgres_connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>

#include "base/check.h"
#include "base/clock.h"

namespace racesim::postgres {
namespace {

constexpr int kLook_ms = 20;         // whether somebody still wants a command's answer
constexpr int kConnectSeconds = 10;  // unless connect_timeout or PGCONNECT_TIMEOUT say otherwise

void add_secret(std::vector<std::string>& secrets, std::string_view secret) {
  if (!secret.empty()) secrets.emplace_back(secret);
}

// What to do about a state; the classes are those of the manual's appendix A.
std::string_view remedy(std::string_view state) {
  if (state == "28P01") return "is the password right? --password-file, PGPASSWORD or ~/.pgpass give it";
  if (state.starts_with("28")) return "does the user exist, and does pg_hba.conf let it in from here?";
  if (state == "3D000") return "make it first: createdb NAME";
  if (state == "42501") return "GRANT the user what it needs, or connect as the owner of the tables";
  if (state == "53300") return "the server has no connection left: raise max_connections or end others";
  if (state == "53100") return "make room on the server's disk";
  if (state == "25006") return "the server only reads (a standby?): name the primary";
  if (state == "57P03") return "the server is starting or stopping: try again in a moment";
  return {};
}

// Verbose texts name the state: "FATAL:  28P01: password authentication failed".
std::string take_state(std::string& text) {
  for (std::size_t at = text.find(":  "); at != std::string::npos; at = text.find(":  ", at + 1)) {
    const std::string state = text.substr(at + 3, 5);
    if (state.size() == 5 && text.substr(at + 8, 2) == ": " &&
        std::all_of(state.begin(), state.end(),
                    [](unsigned char c) { return std::isdigit(c) || std::isupper(c); })) {
      text.erase(at + 3, 7);
      return state;
    }
  }
  return {};
}

// One line, without what only the server's authors need.
std::string one_line(std::string text) {
  if (const std::size_t at = text.find("\nLOCATION:"); at != std::string::npos) text.erase(at);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  std::string out;
  for (const char c : text) {
    if (c == '\n')
      out += ": ";
    else if (c != '\t')
      out += c;
  }
  return out;
}

// False: not within the time.
bool finish_connecting(pg_conn* connection, std::int64_t deadline_ns) {
  PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
  while (wanted != PGRES_POLLING_OK && wanted != PGRES_POLLING_FAILED) {
    const std::int64_t left_ms = (deadline_ns - system_clock().now_ns()) / 1'000'000;
    if (left_ms <= 0) return false;
    pollfd fd{PQsocket(connection), static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT),
              0};
    const int ready = ::poll(&fd, 1, static_cast<int>(std::min<std::int64_t>(left_ms, 1000)));
    if (ready > 0)
      wanted = PQconnectPoll(connection);
    else if (ready < 0 && errno != EINTR)
      return false;
  }
  return true;
}

struct Option {
  const char* keyword;
  std::string value;
};

pg_conn* start(const std::vector<Option>& options) {
  std::vector<const char*> keywords, values;
  for (const Option& option : options) {
    keywords.push_back(option.keyword);
    values.push_back(option.value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  return PQconnectStartParams(keywords.data(), values.data(), 1);
}

std::int64_t connect_seconds(pg_conn* connection) {
  std::int64_t seconds = kConnectSeconds;
  PQconninfoOption* const options = PQconninfo(connection);
  for (const PQconninfoOption* o = options; o != nullptr && o->keyword != nullptr; ++o)
    if (std::string_view(o->keyword) == "connect_timeout" && o->val != nullptr && *o->val != '\0')
      seconds = std::max(2, std::atoi(o->val));
  PQconninfoFree(options);
  return seconds;
}

}  // namespace

std::string sql_name(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

std::string sql_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out + '\'';
}

std::string Target::clean(std::string text) const {
  for (const std::string& secret : secrets)
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3))
      text.replace(at, secret.size(), "***");
  return text;
}

Result<Target> parse_target(std::string_view text, const std::string& password) {
  Target target;
  target.conninfo = text;
  // "postgres://…" is cut behind "postgres:".
  if (text.starts_with("//")) target.conninfo.insert(0, "postgresql:");
  target.password = password;
  add_secret(target.secrets, password);
  if (const char* const variable = std::getenv("PGPASSWORD")) add_secret(target.secrets, variable);

  char* message = nullptr;
  PQconninfoOption* const options = PQconninfoParse(target.conninfo.c_str(), &message);
  if (options == nullptr) {
    // libpq's message quotes the text, and the piece in question may be a password.
    PQfreemem(message);
    return fail(
        ErrorKind::usage,
        "what stands behind 'postgres:' is no connection string (it is not shown: it may hold a password)",
        "write postgres:\"host=localhost dbname=racesim\" or postgresql://user@localhost/racesim");
  }
  target.shown = "postgres:";
  for (const PQconninfoOption* o = options; o->keyword != nullptr; ++o) {
    if (o->val == nullptr) continue;
    if (*o->dispchar == '*') {
      add_secret(target.secrets, o->val);
      continue;
    }
    const std::string_view keyword = o->keyword;
    if (keyword != "host" && keyword != "hostaddr" && keyword != "port" && keyword != "dbname" &&
        keyword != "service")
      continue;
    target.shown += std::string(target.shown.back() == ':' ? "" : " ") + o->keyword + "=" + o->val;
  }
  PQconninfoFree(options);
  return target;
}

void Answer::Clear::operator()(pg_result* result) const {
  PQclear(result);
}
int Answer::rows() const {
  return PQntuples(result_.get());
}
int Answer::columns() const {
  return PQnfields(result_.get());
}
std::string_view Answer::column_name(int column) const {
  return PQfname(result_.get(), column);
}
std::uint32_t Answer::type(int column) const {
  return PQftype(result_.get(), column);
}
bool Answer::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}
std::string_view Answer::value(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}
std::uint64_t Answer::affected() const {
  return std::strtoull(PQcmdTuples(result_.get()), nullptr, 10);
}
std::string_view Answer::command() const {
  return PQcmdStatus(result_.get());
}

bool Trouble::is_passing() const {
  if (sqlstate.empty()) return lost;
  return sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03" || sqlstate == "53300" ||
         sqlstate.starts_with("08") || sqlstate.starts_with("57P");
}

Result<std::unique_ptr<Connection>> Connection::open(const Target& target, const std::string& application,
                                                     Trouble& trouble) {
  trouble = {};
  // Those in front of `dbname` are overruled by what it says; a peer that is gone is noticed within a minute.
  std::vector<Option> options{{"keepalives_idle", "15"},
                              {"keepalives_interval", "5"},
                              {"keepalives_count", "4"},
                              {"tcp_user_timeout", "40000"},
                              {"dbname", target.conninfo}};
  if (!target.password.empty()) options.push_back({"password", target.password});
  options.push_back({"client_encoding", "UTF8"});
  options.push_back({"application_name", application});
  pg_conn* const started = start(options);
  RACESIM_CHECK(started != nullptr);
  std::unique_ptr<Connection> connection(new Connection(started, target));
  PQsetErrorVerbosity(started, PQERRORS_VERBOSE);
  const std::int64_t deadline_ns = system_clock().now_ns() + connect_seconds(started) * kNsPerSecond;
  const bool in_time = PQstatus(started) == CONNECTION_BAD || finish_connecting(started, deadline_ns);
  if (PQstatus(started) == CONNECTION_OK) {
    PQsetErrorVerbosity(started, PQERRORS_DEFAULT);
    PQsetNoticeProcessor(
        started, [](void*, const char*) {}, nullptr);
    return connection;
  }
  std::string text = PQerrorMessage(started);
  trouble.sqlstate = take_state(text);
  trouble.lost = true;
  if (PQconnectionNeedsPassword(started) != 0)
    trouble.sqlstate = "28P01";  // and the server was not even asked
  text = in_time ? one_line(std::move(text)) : "no answer in time";
  std::string hint(remedy(trouble.sqlstate));
  if (hint.empty()) hint = "is the server running, and are host and port right?";
  return fail(ErrorKind::runtime, target.shown + ": " + target.clean(std::move(text)), std::move(hint));
}

Connection::~Connection() {
  PQfinish(connection_);
}

int Connection::server_version() const {
  return PQserverVersion(connection_);
}

std::string Connection::setting(const char* name) const {
  const char* const value = PQparameterStatus(connection_, name);
  return value == nullptr ? std::string() : value;
}

Error Connection::failed(pg_result* result, std::string_view what) {
  trouble_ = {};
  const auto field = [result](int code) {
    const char* const text = result == nullptr ? nullptr : PQresultErrorField(result, code);
    return std::string(text == nullptr ? "" : text);
  };
  trouble_.sqlstate = field(PG_DIAG_SQLSTATE);
  trouble_.position = std::atoi(field(PG_DIAG_STATEMENT_POSITION).c_str());
  trouble_.lost = PQstatus(connection_) == CONNECTION_BAD;
  std::string text = field(PG_DIAG_MESSAGE_PRIMARY);
  if (text.empty()) text = one_line(PQerrorMessage(connection_));
  if (const std::string detail = field(PG_DIAG_MESSAGE_DETAIL); !detail.empty()) text += " (" + detail + ")";
  if (!trouble_.sqlstate.empty()) text += ", SQLSTATE " + trouble_.sqlstate;
  std::string hint(remedy(trouble_.sqlstate));
  if (hint.empty()) hint = field(PG_DIAG_MESSAGE_HINT);
  PQclear(result);
  return Error{ErrorKind::runtime,
               target_.shown + ": " + std::string(what) + ": " + target_.clean(one_line(std::move(text))),
               target_.clean(std::move(hint))};
}

Result<Answer> Connection::answered(pg_result* result, std::string_view what) {
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_SINGLE_TUPLE ||
      status == PGRES_COPY_IN)
    return Answer(result);
  return tl::make_unexpected(failed(result, what));
}

Result<Answer> Connection::run(const std::string& sql) {
  return answered(PQexec(connection_, sql.c_str()), sql.substr(0, sql.find_first_of(" ;")));
}

Result<Answer> Connection::run_until(const std::string& sql, const std::function<bool()>& is_over) {
  const std::string what = sql.substr(0, sql.find_first_of(" ;"));
  if (PQsendQuery(connection_, sql.c_str()) != 1) return tl::make_unexpected(failed(nullptr, what));
  for (bool is_asked_to_end = false; PQisBusy(connection_) == 1;) {
    pollfd fd{PQsocket(connection_), POLLIN, 0};
    const int ready = ::poll(&fd, 1, kLook_ms);
    // A connection that broke is found so by PQgetResult().
    if (ready > 0 && PQconsumeInput(connection_) != 1) break;
    if (ready < 0 && errno != EINTR) break;
    if (ready != 0 || is_asked_to_end || !is_over()) continue;
    is_asked_to_end = true;
    request_cancel();
  }
  Result<Answer> answer = answered(PQgetResult(connection_), what);
  while (pg_result* const rest = PQgetResult(connection_)) PQclear(rest);
  return answer;
}

Result<Answer> Connection::run(const std::string& sql, std::span<const std::string> values, Format format) {
  std::vector<const char*> texts;
  for (const std::string& value : values) texts.push_back(value.c_str());
  return answered(PQexecParams(connection_, sql.c_str(), static_cast<int>(texts.size()), nullptr,
                               texts.data(), nullptr, nullptr, format == Format::binary ? 1 : 0),
                  sql.substr(0, sql.find(' ')));
}

Result<Answer> Connection::check(const std::string& sql) {
  return answered(PQprepare(connection_, "", sql.c_str(), 0, nullptr), "query");
}

Done Connection::copy_begin(const std::string& sql) {
  return run(sql).map([](const Answer&) {});
}

bool Connection::copy_data(std::string_view bytes) {
  return PQputCopyData(connection_, bytes.data(), static_cast<int>(bytes.size())) == 1;
}

Result<std::uint64_t> Connection::copy_end() {
  // Where sending fails, PQgetResult has the reason.
  (void)PQputCopyEnd(connection_, nullptr);
  pg_result* const first = PQgetResult(connection_);
  const bool is_done = PQresultStatus(first) == PGRES_COMMAND_OK;
  Result<Answer> answer =
      is_done ? Result<Answer>(Answer(first)) : tl::make_unexpected(failed(first, "COPY"));
  while (pg_result* const rest = PQgetResult(connection_)) {
    const bool is_stuck = PQresultStatus(rest) == PGRES_COPY_IN;
    PQclear(rest);
    if (is_stuck) break;
  }
  return answer.map([](const Answer& a) { return a.affected(); });
}

Done Connection::send_rows(const std::string& sql) {
  if (PQsendQueryParams(connection_, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1)
    return tl::make_unexpected(failed(nullptr, "query"));
  PQsetSingleRowMode(connection_);
  return {};
}

Result<Answer> Connection::next_row() {
  return answered(PQgetResult(connection_), "query");
}

void Connection::request_cancel() {
  PGcancel* const request = PQgetCancel(connection_);
  if (request == nullptr) return;
  char why[256];
  PQcancel(request, why, sizeof why);
  PQfreeCancel(request);
}

void Connection::cancel() {
  request_cancel();
  while (pg_result* const rest = PQgetResult(connection_)) PQclear(rest);
}

}  // namespace racesim::postgres
