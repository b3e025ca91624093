// Goal: https delivers to a server whose certificate leads to the named authority, and to nobody else.
// Method: authorities and certificates made by the openssl command for this test.
#include <gtest/gtest.h>

#include <cstdlib>

#include "http_support.h"
#include "io/sinks/http.h"
#include "support/scripted_server.h"

namespace racesim {
namespace {

using namespace test;

class HttpTlsTest : public testing::Test {
 protected:
  void SetUp() override {
    make_authority("ours");
    make_authority("other");
    make_server_certificate("localhost", "DNS:localhost,IP:127.0.0.1");
    make_server_certificate("elsewhere", "DNS:elsewhere.example");
  }
  void run(const std::string& arguments) {
    const std::string command = "cd '" + dir_.path() + "' && openssl " + arguments + " >openssl.log 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << command << "\n" << read_file(dir_ / "openssl.log");
  }
  void make_authority(const std::string& name) {
    run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=" + name +
        " -keyout " + name + ".key -out " + name + ".pem");
  }
  void make_server_certificate(const std::string& name, const std::string& names) {
    write_file(dir_ / (name + ".ext"), "subjectAltName=" + names + "\n");
    run("req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=server -keyout " + name +
        ".key -out " + name + ".csr");
    run("x509 -req -in " + name + ".csr -CA ours.pem -CAkey ours.key -CAcreateserial -days 2 -extfile " +
        name + ".ext -out " + name + ".pem");
  }
  void listen(const std::string& certificate) {
    const TlsFiles files{dir_ / (certificate + ".pem"), dir_ / (certificate + ".key")};
    server_.emplace([](const ServedRequest&) { return reply(200, "", "ok"); }, std::uint16_t{0}, &files);
  }
  Done deliver(const std::string& host, const std::string& ca_file, std::uint64_t acked) {
    return deliver_to(host + ":" + std::to_string(server_->port()), ca_file, acked);
  }
  /// Sends 20 events to https://`authority` and returns what close() said.
  Done deliver_to(const std::string& authority, const std::string& ca_file, std::uint64_t acked) {
    HttpOptions options;
    options.connections = 2;
    options.threads = 1;
    options.connect_grace_ns = 200'000'000;
    options.ca_file = ca_file;
    auto sink = open_http_sink("https://" + authority + "/play", options, system_clock(), nullptr, dead_);
    EXPECT_TRUE(sink.has_value());
    static_cast<void>((*sink)->submit(make_plays(20, 5), 0, 20));
    Done closed = (*sink)->close();
    expect_counts(**sink, acked, 20 - acked);
    return closed;
  }

  ScratchDir dir_;
  DeadLetter dead_{dir_ / "dead.ndjson"};
  std::optional<ScriptedServer> server_;
};

TEST_F(HttpTlsTest, TrustsTheNamedAuthority) {
  listen("localhost");
  EXPECT_TRUE(deliver("localhost", dir_ / "ours.pem", 20));
  EXPECT_TRUE(deliver("127.0.0.1", dir_ / "ours.pem", 20));
  EXPECT_LE(server_->connections(), 4u);  // kept alive
}

TEST_F(HttpTlsTest, RefusesAnotherAuthority) {
  listen("localhost");
  const Done closed = deliver("localhost", dir_ / "other.pem", 0);
  ASSERT_FALSE(closed);
  EXPECT_NE(closed.error().what.find("certificate not trusted: "), std::string::npos) << closed.error().what;
  EXPECT_NE(closed.error().hint.find("--ca-file"), std::string::npos);
  EXPECT_TRUE(server_->requests().empty());
}

TEST_F(HttpTlsTest, RefusesAnUnknownAuthorityByDefault) {
  listen("localhost");
  EXPECT_FALSE(deliver("localhost", "", 0));
  EXPECT_TRUE(server_->requests().empty());
}

TEST_F(HttpTlsTest, RefusesAnotherName) {
  listen("elsewhere");
  const Done by_name = deliver("localhost", dir_ / "ours.pem", 0);
  ASSERT_FALSE(by_name);
  EXPECT_NE(by_name.error().what.find("mismatch"), std::string::npos) << by_name.error().what;
  const Done by_address = deliver("127.0.0.1", dir_ / "ours.pem", 0);
  ASSERT_FALSE(by_address);
  EXPECT_NE(by_address.error().what.find("mismatch"), std::string::npos) << by_address.error().what;
  EXPECT_TRUE(server_->requests().empty());
}

TEST_F(HttpTlsTest, SaysSoWhenTheServerSpeaksNoTls) {
  RawServer server([](int fd) {
    char hello[2000];
    EXPECT_GT(recv(fd, hello, sizeof hello, 0), 0);
    const std::string answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    EXPECT_GT(::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL), 0);
  });
  const Done closed = deliver_to("127.0.0.1:" + std::to_string(server.port()), dir_ / "ours.pem", 0);
  ASSERT_FALSE(closed);
  EXPECT_NE(closed.error().what.find("TLS handshake: wrong version number"), std::string::npos)
      << closed.error().what;
}

TEST_F(HttpTlsTest, RefusesACaFileThatHoldsNone) {
  write_file(dir_ / "empty.pem", "no certificate\n");
  HttpOptions options;
  options.ca_file = dir_ / "empty.pem";
  const auto sink = open_http_sink("https://localhost/", options, system_clock(), nullptr, dead_);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace racesim
