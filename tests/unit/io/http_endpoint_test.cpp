// Goal: a URL is taken apart exactly, and a wrong one is refused with an example of a right one. Method:
// tables.
#include "io/http/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace racesim::http {
namespace {

using testing::ElementsAre;

TEST(HttpEndpoint, ReadsTheParts) {
  const auto plain = parse_endpoint("http://receiver.example:8000/play?run=1&x=%20y");
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->tls);
  EXPECT_EQ(plain->host, "receiver.example");
  EXPECT_EQ(plain->port, 8000);
  EXPECT_EQ(plain->target, "/play?run=1&x=%20y");
  EXPECT_EQ(plain->host_header, "receiver.example:8000");
  EXPECT_EQ(plain->url, "http://receiver.example:8000/play?run=1&x=%20y");
  EXPECT_THAT(plain->candidates, ElementsAre("receiver.example"));
}

TEST(HttpEndpoint, KnowsTheDefaults) {
  const auto http = parse_endpoint("HTTP://receiver.example");
  ASSERT_TRUE(http);
  EXPECT_EQ(http->port, 80);
  EXPECT_EQ(http->target, "/");
  EXPECT_EQ(http->host_header, "receiver.example");
  const auto https = parse_endpoint("https://receiver.example:443?q#part");
  ASSERT_TRUE(https);
  EXPECT_TRUE(https->tls);
  EXPECT_EQ(https->port, 443);
  EXPECT_EQ(https->target, "/?q");
  EXPECT_EQ(https->host_header, "receiver.example");
  EXPECT_EQ(parse_endpoint("https://receiver.example/")->port, 443);
}

TEST(HttpEndpoint, ReadsAddresses) {
  const auto v6 = parse_endpoint("http://[2001:db8::1]:81/p");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "2001:db8::1");
  EXPECT_TRUE(v6->host_is_address);
  EXPECT_EQ(v6->host_header, "[2001:db8::1]:81");
  const auto v4 = parse_endpoint("http://127.0.0.1/p");
  ASSERT_TRUE(v4);
  EXPECT_TRUE(v4->host_is_address);
  EXPECT_THAT(v4->candidates, ElementsAre("127.0.0.1"));
  EXPECT_THAT(parse_endpoint("http://localhost/p")->candidates, ElementsAre("::1", "127.0.0.1"));
}

TEST(HttpEndpoint, RefusesWhatItCannotReach) {
  const struct {
    const char* url;
    const char* why;
  } cases[] = {
      {"", "is not an http:// or https:// URL"},
      {"play", "is not an http:// or https:// URL"},
      {"/play", "is not an http:// or https:// URL"},
      {"localhost:8000/play", "is not an http:// or https:// URL"},
      {"ftp://localhost/play", "is not an http:// or https:// URL"},
      {"http://local host/play", "holds a blank in its host"},
      {"http://localhost/%zz", "is not an http:// or https:// URL"},
      {"http://[::1/play", "is not an http:// or https:// URL"},
      {"http:///play", "names no host"},
      {"http:play", "names no host"},
      {"https://:8000/play", "names no host"},
      {"http://localhost:0/", "names a port that is not between 1 and 65535"},
      {"http://localhost:65536/", "names a port that is not between 1 and 65535"},
      {"http://a%0d%0ab/", "names a host with blanks or control characters"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.url);
    const auto endpoint = parse_endpoint(c.url);
    ASSERT_FALSE(endpoint);
    EXPECT_EQ(endpoint.error().kind, ErrorKind::usage);
    EXPECT_EQ(endpoint.error().what, "API endpoint '" + std::string(c.url) + "' " + c.why);
    EXPECT_EQ(endpoint.error().hint, "example: http://localhost:8000/play");
  }
}

TEST(HttpEndpoint, EncodesWhatLiesBeyondAscii) {
  const auto endpoint = parse_endpoint("http://localhost:8000/plätze/ü%C3%A9?ort=Köln");
  ASSERT_TRUE(endpoint) << endpoint.error().what;
  EXPECT_EQ(endpoint->target, "/pl%C3%A4tze/%C3%BC%C3%A9?ort=K%C3%B6ln");
  EXPECT_EQ(endpoint->url, "http://localhost:8000/pl%C3%A4tze/%C3%BC%C3%A9?ort=K%C3%B6ln");
}

TEST(HttpEndpoint, SaysHowToWriteWhatItRefuses) {
  const struct {
    const char* url;
    const char* why;
    const char* hint;
  } cases[] = {
      {"http://a/my path", "holds a blank", "write http://a/my%20path"},
      {"http://a/ä b?c=d e", "holds a blank", "write http://a/%C3%A4%20b?c=d%20e"},
      {"http://a/play ", "holds a blank", "write http://a/play%20"},
      {"http://a/{id}", "holds '{', which has to be encoded", "write http://a/%7Bid%7D"},
      {"http://a?q=x|y", "holds '|', which has to be encoded", "write http://a?q=x%7Cy"},
      {"http://a/x\r", "holds a control character", "write http://a/x%0D"},
      {"http://bücher.example:80/", "names a host with letters beyond ASCII",
       "write its ASCII form, which begins with xn--; this prints it: idn2 bücher.example"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.url);
    const auto endpoint = parse_endpoint(c.url);
    ASSERT_FALSE(endpoint);
    EXPECT_EQ(endpoint.error().kind, ErrorKind::usage);
    EXPECT_EQ(endpoint.error().what, "API endpoint '" + std::string(c.url) + "' " + c.why);
    EXPECT_EQ(endpoint.error().hint, c.hint);
  }
}

TEST(HttpEndpoint, NeverRepeatsAPassword) {
  const auto misspelt = parse_endpoint("http://me:hunter2@local host/ä b");
  ASSERT_FALSE(misspelt);
  EXPECT_EQ((misspelt.error().what + misspelt.error().hint).find("hunter2"), std::string::npos);
  const auto endpoint = parse_endpoint("http://me:hunter2@localhost/");
  ASSERT_FALSE(endpoint);
  EXPECT_EQ((endpoint.error().what + endpoint.error().hint).find("hunter2"), std::string::npos);
  EXPECT_NE(endpoint.error().hint.find("--token-file"), std::string::npos);
}

}  // namespace
}  // namespace racesim::http
