// Goal: pages of other sites, and foreign names for this machine, get nowhere, and what is allowed gets
// through. Method: a table of Host and Origin under each set of rules.
#include "io/http/server/sites.h"

#include <gtest/gtest.h>

#include <string>

#include "io/http/server/query.h"
#include "io/http/server/router.h"

namespace racesim::http {
namespace {

RequestHead head_of(const std::string& host, const std::string& origin) {
  RequestHead head;
  head.method = "POST";
  if (!host.empty()) head.headers.push_back({"Host", host});
  if (!origin.empty()) head.headers.push_back({"Origin", origin});
  return head;
}

bool passes(const SiteRules& rules, const std::string& host, const std::string& origin, bool token = false) {
  return !check_site(rules, token, head_of(host, origin));
}

SiteRules strict() {
  SiteRules rules;
  rules.strict = true;
  rules.own_host = "sim.example";
  rules.allow_origins = {"https://dash.example:8443"};
  return rules;
}

TEST(SitesTest, NamesOfThisMachine) {
  for (const char* own : {"127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000", "10.1.2.3",
                          "sim.example:80", "dash.example"})
    EXPECT_TRUE(passes(strict(), own, "")) << own;
  for (const char* foreign :
       {"evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "", " "})
    EXPECT_EQ(passes(strict(), foreign, ""), std::string(foreign).empty()) << foreign;
  EXPECT_TRUE(passes(strict(), "proxy.example", "", true)) << "with a token a name proves nothing";
}

TEST(SitesTest, PagesUnderStrictRules) {
  EXPECT_TRUE(passes(strict(), "127.0.0.1:8000", "http://127.0.0.1:8000"));
  EXPECT_TRUE(passes(strict(), "127.0.0.1:8000", "https://dash.example:8443"));
  for (const char* other :
       {"http://evil.example", "null", "http://127.0.0.1:9000", "http://localhost:8000",
        "https://dash.example", "https://dash.example:8443.evil.example", "127.0.0.1:8000"})
    EXPECT_FALSE(passes(strict(), "127.0.0.1:8000", other)) << other;
  EXPECT_FALSE(passes(strict(), "127.0.0.1:8000", "http://evil.example", true)) << "not with a token either";
}

TEST(SitesTest, PagesWhereProgramsSendTo) {
  const SiteRules loose;
  EXPECT_TRUE(passes(loose, "anything", "http://localhost:3000"));
  EXPECT_FALSE(passes(loose, "anything", "http://evil.example"));
  EXPECT_TRUE(passes(loose, "anything", "http://evil.example", true));
}

TEST(SitesTest, AllowedPagesMayRead) {
  EXPECT_EQ(cors_lines(strict(), head_of("127.0.0.1", "https://dash.example:8443")),
            "Vary: Origin\r\nAccess-Control-Allow-Origin: https://dash.example:8443\r\n");
  EXPECT_EQ(cors_lines(strict(), head_of("127.0.0.1", "http://evil.example")), "Vary: Origin\r\n");
  EXPECT_EQ(cors_lines(SiteRules(), head_of("127.0.0.1", "http://evil.example")), "");
  RequestHead asks = head_of("127.0.0.1", "https://dash.example:8443");
  EXPECT_FALSE(preflight(strict(), asks, "POST"));
  asks.headers.push_back({"Access-Control-Request-Method", "POST"});
  ASSERT_TRUE(preflight(strict(), asks, "POST, OPTIONS"));
  EXPECT_EQ(preflight(strict(), asks, "POST, OPTIONS")->status, 204u);
}

TEST(SitesTest, OriginsAsTexts) {
  EXPECT_TRUE(check_origin_text("http://localhost:3000"));
  for (const char* bad :
       {"*", "localhost:3000", "https://", "https://a/b", "https://u@a", "ftp://a", "https://a b"})
    EXPECT_FALSE(check_origin_text(bad)) << bad;
}

TEST(QueryTest, TakenApart) {
  const auto query = parse_query("limit=5&fields=a%2Cb+c&&empty=&bare");
  ASSERT_TRUE(query);
  ASSERT_EQ(query->size(), 4u);
  EXPECT_EQ((*query)[1].name, "fields");
  EXPECT_EQ((*query)[1].value, "a,b c");
  EXPECT_EQ((*query)[2].value, "");
  EXPECT_EQ((*query)[3].name, "bare");
  EXPECT_TRUE(parse_query("")->empty());
  for (const char* bad : {"a=%", "a=%2", "a=%zz", "a=%00", "a=%ff", "a=%1b[2J", "a=1&a=2", "a=1&%61=2"})
    EXPECT_FALSE(parse_query(bad)) << bad;
}

TEST(Paths, PartsInBracesStandForAnyOne) {
  const char* const pattern = "/api/v1/races/{run}/laps";
  EXPECT_TRUE(fits_path(pattern, "/api/v1/races/a1b2c3d4/laps"));
  EXPECT_TRUE(fits_path("/status", "/status"));
  for (const char* const path :
       {"/api/v1/races//laps", "/api/v1/races/a/b/laps", "/api/v1/races/a1b2c3d4/lap",
        "/api/v1/races/a1b2c3d4/laps/", "/api/v1/races/a1b2c3d4", "", "/", "api/v1/races/a/laps"})
    EXPECT_FALSE(fits_path(pattern, path)) << path;
  EXPECT_EQ(path_part(pattern, "/api/v1/races/a1b2c3d4/laps", "run"), "a1b2c3d4");
  EXPECT_EQ(path_part(pattern, "/api/v1/races/a1b2c3d4/laps", "lap"), "");
}

}  // namespace
}  // namespace racesim::http
