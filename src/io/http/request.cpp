#include "io/http/request.h"

#include <charconv>
#include <cstring>
#include <string_view>

namespace racesim::http {
namespace {

std::string_view without_line_end(std::string_view line) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// Bytes that a fault has changed may not end the header line.
void append_visible(std::string_view id, std::string& out) {
  const std::size_t begin = out.size();
  out.append(id);
  for (std::size_t i = begin; i < out.size(); ++i) {
    if (out[i] <= ' ' || out[i] >= 0x7f) out[i] = '_';
  }
}

void append_id(const WireBatch& batch, std::size_t event, std::string& out) {
  const std::string_view in_line = batch.event_id_in_line(event);
  if (in_line.empty())
    append_visible(batch.event_id(event), out);
  else
    append_visible(in_line, out);
}

void append_number(std::size_t number, std::string& out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

}  // namespace

RequestWriter::RequestWriter(const Endpoint& endpoint, const HttpOptions& options, const std::string& token) {
  fixed_head_ = "POST " + endpoint.target + " HTTP/1.1\r\nHost: " + endpoint.host_header +
                "\r\nUser-Agent: " + options.user_agent +
                "\r\nAccept: */*\r\nAccept-Encoding: identity\r\nContent-Type: " + options.content_type +
                "\r\n";
  if (!token.empty()) fixed_head_ += "Authorization: " + options.token_scheme + " " + token + "\r\n";
  fixed_head_ += "Idempotency-Key: ";
  array_ = options.batch > 1 && options.content_type.starts_with("application/json");
  lines_ = options.batch > 1 && !array_;
}

std::size_t RequestWriter::write(const EventQueue& queue, std::size_t count, std::string& request) const {
  // Content-Length comes before the body, so the lines are walked twice; the first walk also fetches them
  // into the cache.
  std::size_t body_size = array_ ? count + 1 : 0;  // '[', a comma after each but the last, ']'
  queue.for_first(count, [&](const WireBatch& batch, std::size_t event) {
    const std::string_view line = batch.line(event);
    body_size += lines_ ? line.size() : without_line_end(line).size();
  });

  request.assign(fixed_head_);
  append_idempotency_key(queue, count, request);
  request.append("\r\nContent-Length: ");
  append_number(body_size, request);
  request.append("\r\n\r\n");
  if (array_) request += '[';
  queue.for_first(count, [&](const WireBatch& batch, std::size_t event) {
    const std::string_view line = batch.line(event);
    request.append(lines_ ? line : without_line_end(line));
    if (array_) request += ',';
  });
  // The last comma.
  if (array_) request.back() = ']';
  return body_size;
}

void append_idempotency_key(const EventQueue& queue, std::size_t count, std::string& out) {
  std::size_t at = 0;
  queue.for_first(count, [&](const WireBatch& batch, std::size_t event) {
    const bool first = at == 0, last = ++at == count;
    if (last && !first) out += '-';
    if (first || last) append_id(batch, event, out);
  });
}

}  // namespace racesim::http
