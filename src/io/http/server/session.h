// One connection of a client: reads requests, hands them to their routes, writes answers in order.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/http/server/body_reader.h"
#include "io/http/server/hub.h"
#include "io/http/server/stream_link.h"

namespace racesim::http {

/// The server's thread only.
class Session final : public std::enable_shared_from_this<Session>, private StreamSocket {
 public:
  Session(Hub& hub, std::unique_ptr<Wire> wire, std::string peer);

  void start();
  /// Instead of start(): answers so and ends.
  void turn_away(Response response);
  /// The answer to the request of that slot.
  void answer(std::uint64_t slot, Response response);
  /// Ends what has taken too long.
  void on_tick(std::int64_t now_ns);
  /// The server takes nothing new: closes if no request is under way.
  void stop();
  void close();
  /// Since when it waits for a further request; none: it does not.
  std::optional<std::int64_t> idle_since_ns() const;
  const std::string& peer() const { return peer_; }

 private:
  enum class At : std::uint8_t { head, body, skip, end, linger, stream };
  struct Slot {
    std::string bytes;  // of the answer
    bool ready = false;
    bool head_only = false;
    bool http_11 = true;
    bool close = false;
    std::string site_lines;
    std::function<void()> gone;  // wants to know that the client left before the answer
  };

  bool may_take() const;
  void read();
  void on_readable(const NetError& error);
  void on_end_of_input();
  void process();
  bool take_head();
  void begin_request(ParsedHead parsed);
  void answer_head(const ParsedHead& parsed, Response response);
  bool take_body();
  bool skip_body();
  void dispatch();
  void open_stream();
  bool take_stream_input();
  void send(std::vector<SharedText> pieces) override;
  void cut() override { close(); }
  void refuse(Response response);
  std::uint64_t add_slot(const RequestHead& head, bool close);
  void fill(Slot& slot, Response response) const;
  void flush();
  void on_written(const NetError& error);
  void finish_if_answered();
  void watch(std::uint64_t slot, std::function<void()> gone);
  bool is_watched() const;
  void ask_whether_there();
  void tell_gone();
  void linger();
  void charge_body(std::uint64_t bytes);
  std::string_view input() const { return std::string_view(input_).substr(used_); }

  Hub& hub_;
  const std::unique_ptr<Wire> wire_;
  const std::string peer_;
  At at_ = At::head;

  std::string input_;
  std::size_t used_ = 0;      // of input_
  std::size_t searched_ = 0;  // of input(), for the end of a head
  bool waiting_ = false;      // for something to read
  bool input_ended_ = false;
  bool asked_whether_there_ = false;

  const Route* route_ = nullptr;
  Request request_;
  bool keep_alive_ = true;
  std::optional<BodyReader> body_;
  std::uint64_t charged_ = 0;
  std::uint64_t skip_left_ = 0;

  std::deque<Slot> slots_;
  std::uint64_t first_slot_ = 0;
  std::string out_, out_next_;
  std::shared_ptr<StreamLink> link_;  // of At::stream; to close() it must not end within a call of itself
  std::vector<SharedText> pieces_;    // of the link, on their way
  bool writing_ = false;
  bool closed_ = false;

  std::int64_t since_ns_ = 0;  // when what at_ says began
  std::int64_t writing_since_ns_ = 0;
  bool fresh_ = true;  // no request yet
};

}  // namespace racesim::http
