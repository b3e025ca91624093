// Goal: a proxy of the environment that is not used is told, and only where others would use it. Method: a
// table of environments and URLs.
#include "io/http/proxy.h"

#include <gtest/gtest.h>

#include <map>

namespace racesim::http {
namespace {

/// The warning's first word, which is the variable; "" if there is none.
std::string told(const std::string& url, const std::map<std::string, std::string>& variables) {
  const auto endpoint = parse_endpoint(url);
  EXPECT_TRUE(endpoint) << url;
  const auto warning = unused_proxy(*endpoint, [&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  });
  if (!warning) return "";
  EXPECT_EQ((warning->what + warning->hint).find("hunter2"), std::string::npos);
  EXPECT_NE(warning->what.find("directly"), std::string::npos);
  return warning->what.substr(0, warning->what.find(' '));
}

constexpr const char* kProxy = "http://me:hunter2@proxy.example:3128";

TEST(HttpProxy, VariablesOfTheSchemeAreTold) {
  EXPECT_EQ(told("http://a.example/", {}), "");
  EXPECT_EQ(told("http://a.example/", {{"http_proxy", kProxy}}), "http_proxy");
  EXPECT_EQ(told("http://a.example/", {{"HTTP_PROXY", kProxy}}), "HTTP_PROXY");
  EXPECT_EQ(told("http://a.example/", {{"https_proxy", kProxy}}), "");
  EXPECT_EQ(told("https://a.example/", {{"HTTPS_PROXY", kProxy}, {"http_proxy", kProxy}}), "HTTPS_PROXY");
  EXPECT_EQ(told("https://a.example/", {{"ALL_PROXY", kProxy}}), "ALL_PROXY");
  EXPECT_EQ(told("http://a.example/", {{"http_proxy", ""}}), "");
}

TEST(HttpProxy, ExemptHostsAreNot) {
  for (const char* url : {"http://localhost/", "http://127.0.0.1/", "http://[::1]:80/"})
    EXPECT_EQ(told(url, {{"http_proxy", kProxy}}), "") << url;
  for (const char* rules : {"*", "a.example", ".example", "x, A.Example", "b.example,example"})
    EXPECT_EQ(told("http://a.example/", {{"http_proxy", kProxy}, {"NO_PROXY", rules}}), "") << rules;
  for (const char* rules : {"", ",", "b.example", "ample", "a.example.org"})
    EXPECT_EQ(told("http://a.example/", {{"http_proxy", kProxy}, {"no_proxy", rules}}), "http_proxy")
        << rules;
  EXPECT_EQ(told("http://[2001:db8::1]/", {{"http_proxy", kProxy}, {"no_proxy", "[2001:db8::1]"}}), "");
}

}  // namespace
}  // namespace racesim::http
