// Goal: no password of a connection string is ever shown, and what a user's SQL names is seen however it is
// spelled. Method: texts by hand, with what must and must not come out.
#include <gtest/gtest.h>

#include <cstdlib>

#include "io/stores/postgres_connection.h"
#include "io/stores/postgres_session.h"
#include "io/stores/postgres_sql_words.h"
#include "io/stores/registry.h"

namespace racesim {
namespace {

using postgres::parse_target;
using postgres::read_sql;

TEST(PostgresTarget, ShowsAllButTheSecrets) {
  const auto shown = [](std::string_view text) { return parse_target(text, "").value().shown; };
  EXPECT_EQ(shown(""), "postgres:");
  EXPECT_EQ(shown("host=db.example port=5433 dbname=races user=ada password=geheim"),
            "postgres:dbname=races host=db.example port=5433");
  EXPECT_EQ(shown("postgresql://ada:geheim@db.example:5433/races?sslmode=disable"),
            "postgres:dbname=races host=db.example port=5433");
  EXPECT_EQ(shown("//ada:geheim@db.example/races"), shown("postgres://ada:geheim@db.example/races"));
}

TEST(PostgresTarget, CleansTextsOfEverySecret) {
  const auto target = parse_target("host=h password=geheim sslpassword=schluessel", "pass phrase");
  EXPECT_EQ(target->clean("geheim, then schluessel and 'pass phrase', geheimgeheim"),
            "***, then *** and '***', ******");
  EXPECT_EQ(parse_target("", "**").value().clean("** ends"), "*** ends");
}

TEST(PostgresTarget, NamesNothingOfATextThatItCannotRead) {
  for (const char* text :
       {"password=geheim dbname", "geheim", "postgresql://ada:geheim@[::1/races", "pasword=geheim"}) {
    const auto target = parse_target(text, "");
    ASSERT_FALSE(target.has_value()) << text;
    EXPECT_EQ((target.error().what + target.error().hint).find("geheim"), std::string::npos)
        << target.error().what;
    EXPECT_EQ(target.error().kind, ErrorKind::usage);
  }
  const auto unknown = parse_store("pg:password=geheim");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ((unknown.error().what + unknown.error().hint).find("geheim"), std::string::npos);
}

TEST(PostgresTarget, IsFoundUnderEachOfItsNames) {
  for (const char* text :
       {"postgres:", "postgres", "postgres:dbname=x", "postgres://h/x", "postgresql://h/x"}) {
    const auto store = parse_store(text);
    ASSERT_TRUE(store.has_value()) << text;
    EXPECT_EQ(store->store->name, "postgres");
    EXPECT_TRUE(parse_target(store->target, "").has_value()) << text;
  }
}

TEST(PostgresSession, RefusesServersThatItCannotUse) {
  EXPECT_EQ(postgres::why_unusable(150004, "UTF8"), "");
  EXPECT_EQ(postgres::why_unusable(90624, "UTF8"),
            "the server is PostgreSQL 9, which is too old: racesim needs 12 or newer");
  EXPECT_NE(postgres::why_unusable(150004, "SQL_ASCII"), "");
}

TEST(PostgresSqlWords, FindsEveryName) {
  using Names = std::vector<std::string>;
  const auto names = [](std::string_view sql) { return read_sql(sql).value().names; };
  EXPECT_EQ(names("SELECT \"Pg_Read\"\"File\"(x) -- hidden(\n"), (Names{"Pg_Read\"File", "select", "x"}));
  EXPECT_EQ(names("select 'a''lo_export' , $$lo_export$$, $t$ $$lo_export$t$ from T"),
            (Names{"from", "select", "t"}));
  EXPECT_EQ(names("select /* a /* b */ lo_export */ 1e5, x1"), (Names{"select", "x1"}));
  EXPECT_EQ(names("select 1 --\r, lo_export(2)"), (Names{"lo_export", "select"}));
  EXPECT_EQ(names("select 1lo_export"), (Names{"select"}));  // PostgreSQL takes no name behind a digit
  EXPECT_EQ(names("select b'01', x'ff'"), (Names{"b", "select", "x"}));
  EXPECT_EQ(names("select a$b from größe"), (Names{"a$b", "from", "größe", "select"}));
}

TEST(PostgresSqlWords, TakesOneStatement) {
  EXPECT_EQ(read_sql(" select 1 ;; -- done").value().statement, " select 1");
  EXPECT_EQ(read_sql("select ';' /* ; */").value().statement, "select ';'");
  for (const char* sql : {"", " ; ", "-- nothing", "select 1; select 2", "select U&\"lo_e\\0078port\"(1)",
                          "select u&'x'", "select E'a'", "select e'a'\n'\\'' || x() || ''"})
    EXPECT_FALSE(read_sql(sql).has_value()) << sql;
  // Unclosed texts are the server's to refuse; they must only not run on.
  for (const char* sql : {"select 'a", "select \"a", "select $$a", "select /* a"})
    EXPECT_TRUE(read_sql(sql).has_value()) << sql;
}

TEST(PostgresSqlWords, ForbidsWhatReachesTheServer) {
  EXPECT_EQ(postgres::forbidden_name({"a", "pg_size_pretty", "select"}), "");
  EXPECT_EQ(postgres::forbidden_name({"a", "pg_read_file"}), "pg_read_file");
  EXPECT_EQ(postgres::forbidden_name({"pg_authid"}), "pg_authid");
}

}  // namespace
}  // namespace racesim
