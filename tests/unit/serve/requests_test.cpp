// Goal: what requests say is read exactly or refused, and CSV can be made safe for spreadsheets without
// touching numbers. Method: tables of bodies, limits and cells.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "serve/control/start_fields.h"
#include "serve/replies.h"
#include "serve/telemetry/csv_export.h"

namespace racesim::serve {
namespace {

using testing::HasSubstr;

Result<StartFields> read(const std::string& query, const std::string& body,
                         const std::string& type = "application/json") {
  http::Request request;
  request.head.query = query;
  request.head.headers.push_back({"Content-Type", type});
  request.body.append(body);
  return read_start_fields(request);
}

TEST(StartFieldsTest, QueryBodyAndForm) {
  EXPECT_EQ(*read("rate_hz=5", ""), (StartFields{{"rate_hz", "5"}}));
  EXPECT_EQ(
      *read("a=1", R"({"b":2.5,"c":"x","d":true,"e":["p","q"],"f":18446744073709551615})"),
      (StartFields{
          {"a", "1"}, {"b", "2.5"}, {"c", "x"}, {"d", "true"}, {"e", "p,q"}, {"f", "18446744073709551615"}}));
  const std::string form = "application/x-www-form-urlencoded";
  EXPECT_EQ(*read("", "rate_hz=5&seed=1", form), (StartFields{{"rate_hz", "5"}, {"seed", "1"}}));
  EXPECT_EQ(*read("", R"({"seed":1})", form), (StartFields{{"seed", "1"}})) << "as curl -d names it";
  EXPECT_TRUE(read("", " \n")->empty());
  EXPECT_TRUE(read("", "{}")->empty());
}

TEST(StartFieldsTest, Refused) {
  for (const char* body :
       {"[]", "5", "null", "{", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":1}x", "{\"a\":null}", "{\"a\":{}}",
        "{\"a\":[]}", "{\"a\":[1]}", "{\"a\":[\"x\",1]}", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}",
        "{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}", "{'a':1}"})
    EXPECT_FALSE(read("", body)) << body;
  EXPECT_FALSE(read("", std::string("{}\0", 3)));
  EXPECT_FALSE(read("", std::string(20000, '[')));
  EXPECT_FALSE(read("a=1", R"({"a":1})")) << "twice";
  EXPECT_THAT(read("", R"({"rate":{}})").error().what, HasSubstr("'rate'"));
}

TEST(LimitTest, AsWritten) {
  const auto limit = [](const std::string& text) { return read_limit({{"limit", text}}, 100, 2000); };
  EXPECT_EQ(*read_limit({}, 100, 2000), 100u);
  EXPECT_EQ(*limit("1"), 1u);
  EXPECT_EQ(*limit("2000"), 2000u);
  EXPECT_EQ(*limit("1000000000"), 2000u);
  EXPECT_EQ(*limit("99999999999999999999999"), 2000u);
  for (const char* bad : {"0", "-1", "1e9", "abc", "", " 5", "5 ", "5.0", "+5", "0x10"})
    EXPECT_FALSE(limit(bad)) << bad;
}

TEST(SpreadsheetTest, FormulasAndOnlyFormulasArePrefixed) {
  EXPECT_EQ(spreadsheet_safe("a,b\n=1+1,2\n"), "a,b\n'=1+1,2\n");
  EXPECT_EQ(spreadsheet_safe("-1.5,-x,+1,@a,x=1\n"), "-1.5,'-x,'+1,'@a,x=1\n");
  EXPECT_EQ(spreadsheet_safe("\"=a,b\",c\n"), "\"'=a,b\",c\n");
  EXPECT_EQ(spreadsheet_safe("\"a\n=b\",c\n"), "\"a\n=b\",c\n") << "within a cell it is no beginning";
  EXPECT_EQ(spreadsheet_safe("a,,\n,=b\n"), "a,,\n,'=b\n");
  EXPECT_EQ(spreadsheet_safe("\ta\n"), "'\ta\n");
  EXPECT_EQ(spreadsheet_safe(""), "");
}

}  // namespace
}  // namespace racesim::serve
