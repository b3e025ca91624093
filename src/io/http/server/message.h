// A request as a handler sees it and the answer that it gives, later and from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/batch.h"

namespace racesim::http {

struct Header {
  std::string name, value;
};

struct RequestHead {
  std::string method;  ///< "POST"; case matters
  std::string path;    ///< "/play": the target without its query
  std::string query;   ///< behind '?', as it came
  std::vector<Header> headers;
  std::string peer;      ///< address of the client, without its port
  bool http_11 = true;   ///< false: HTTP/1.0
  bool closing = false;  ///< the server is stopping

  /// Of the first header of that name, in whatever case; null: there is none.
  const std::string* header(std::string_view name) const;
};

struct Request {
  RequestHead head;
  ByteBuffer body;  ///< chunks joined, gzip inflated
};

struct Response {
  unsigned status = 200;
  std::string content_type;  ///< empty: no body
  std::string body;
  std::vector<Header> headers;
  bool close = false;  ///< the connection ends behind it
};

/// An error as RFC 9457 has it. `detail` says what failed and what to do. `members` is empty or further
/// members of the JSON object: "\"rejected\":[]".
Response problem(unsigned status, std::string_view detail, std::string_view members = {});

/// "Not Found"; "Status" for a code that has no name.
std::string_view reason_phrase(unsigned status);

/// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string_view text, std::string& out);

/// Equal but for the case of ASCII letters.
bool same_word(std::string_view a, std::string_view b);

/// The duty to answer one request. Given up without an answer it answers 500, so that no client waits for
/// ever. May be used by any thread, one at a time, also when the client or the server is gone.
class Reply {
 public:
  using Send = std::function<void(Response)>;
  using Watch = std::function<void(std::function<void()>)>;
  Reply() = default;
  explicit Reply(Send send, Watch watch = nullptr) : send_(std::move(send)), watch_(std::move(watch)) {}
  Reply(Reply&& other) noexcept
      : send_(std::exchange(other.send_, nullptr)), watch_(std::exchange(other.watch_, nullptr)) {}
  Reply& operator=(Reply&& other) noexcept;
  ~Reply() { give_up(); }

  /// Once.
  void send(Response response);
  /// `call` is called by the server's thread if the client leaves before it has got the answer. Only by the
  /// server's thread, which is that of the handler. A client that has only ended its own sending still waits.
  void on_gone(std::function<void()> call) const {
    if (watch_) watch_(std::move(call));
  }

 private:
  void give_up() noexcept;
  Send send_;
  Watch watch_;
};

}  // namespace racesim::http
