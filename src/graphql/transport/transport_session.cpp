#include "graphql/transport/transport_session.h"

#include "graphql/values/json.h"

namespace racesim::graphql {
namespace {

// RFC 6455, section 5.5.1: a close frame has 125 bytes, two of them for the code.
constexpr std::size_t REASON_BYTES_MAX = 123;

/// Null if it is not there, or no text.
const std::string* text_member(const Value& object, std::string_view name) {
  const Value* member = object.find(name);
  return member == nullptr ? nullptr : member->get<std::string>();
}

bool is_null_or_object(const Value* value) {
  return value == nullptr || value->is_null() || value->get<Fields>() != nullptr;
}

std::string message_with_id(std::string_view type, const std::string& id) {
  std::string text = "{\"id\":";
  append_json_text(text, id);
  text += ",\"type\":\"" + std::string(type) + "\"";
  return text;
}

/// The operation, or what is wrong with its payload.
tl::expected<TransportOperation, std::string> read_operation(const Value& payload) {
  TransportOperation operation;
  const std::string* query = text_member(payload, "query");
  if (query == nullptr)
    return tl::make_unexpected(std::string("the payload of subscribe needs a text 'query'"));
  operation.query = *query;
  const Value* name = payload.find("operationName");
  if (name != nullptr && !name->is_null()) {
    if (name->get<std::string>() == nullptr)
      return tl::make_unexpected(std::string("operationName is no text"));
    operation.operation_name = name->text();
  }
  const Value* variables = payload.find("variables");
  if (!is_null_or_object(variables)) return tl::make_unexpected(std::string("variables is no object"));
  if (variables != nullptr) operation.variables = *variables;
  if (!is_null_or_object(payload.find("extensions")))
    return tl::make_unexpected(std::string("extensions is no object"));
  return operation;
}

}  // namespace

bool offers_transport(std::string_view header) {
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    std::string_view offer = header.substr(0, comma);
    while (!offer.empty() && (offer.front() == ' ' || offer.front() == '\t')) offer.remove_prefix(1);
    while (!offer.empty() && (offer.back() == ' ' || offer.back() == '\t')) offer.remove_suffix(1);
    if (offer == TRANSPORT_PROTOCOL) return true;
    header = comma == std::string_view::npos ? std::string_view{} : header.substr(comma + 1);
  }
  return false;
}

TransportActions TransportSession::on_text(std::string_view message) {
  if (is_closed_) return {};
  const auto parsed = parse_json(message);
  if (!parsed) return close(CloseCode::bad_message, "the message is no JSON");
  if (parsed->get<Fields>() == nullptr) return close(CloseCode::bad_message, "the message is no object");
  const std::string* type = text_member(*parsed, "type");
  if (type == nullptr) return close(CloseCode::bad_message, "the message needs a text 'type'");
  const Value* payload = parsed->find("payload");
  if (*type == "subscribe") return on_subscribe(*parsed);
  if (*type == "complete") return on_complete(*parsed);
  if (*type != "connection_init" && *type != "ping" && *type != "pong") {
    return close(CloseCode::bad_message, "clients send no message of type '" + *type + "'");
  }
  if (!is_null_or_object(payload))
    return close(CloseCode::bad_message, "the payload of " + *type + " is no object");
  if (*type == "connection_init") return on_init(payload);
  return *type == "ping" ? on_ping(payload) : TransportActions{};
}

TransportActions TransportSession::on_binary() {
  if (is_closed_) return {};
  return close(CloseCode::bad_message, "messages are text");
}

TransportActions TransportSession::on_init_timeout() {
  if (is_closed_ || is_acknowledged_) return {};
  return close(CloseCode::init_timeout, "connection_init did not come in time");
}

TransportActions TransportSession::on_init(const Value* payload) {
  if (is_acknowledged_) return close(CloseCode::too_many_inits, "connection_init came twice");
  if (settings_.admit && !settings_.admit(payload == nullptr ? Value() : *payload)) {
    return close(CloseCode::forbidden, "Forbidden");
  }
  is_acknowledged_ = true;
  return {SendText{"{\"type\":\"connection_ack\"}"}};
}

TransportActions TransportSession::on_ping(const Value* payload) const {
  std::string text = "{\"type\":\"pong\"";
  if (payload != nullptr) {
    text += ",\"payload\":";
    append_json(text, *payload);
  }
  return {SendText{text + "}"}};
}

TransportActions TransportSession::on_subscribe(const Value& message) {
  if (!is_acknowledged_) return close(CloseCode::unauthorized, "Unauthorized");
  const std::string* id = text_member(message, "id");
  if (id == nullptr || id->empty()) return close(CloseCode::bad_message, "subscribe needs a text 'id'");
  const Value* payload = message.find("payload");
  if (payload == nullptr || payload->get<Fields>() == nullptr) {
    return close(CloseCode::bad_message, "subscribe needs an object 'payload'");
  }
  auto operation = read_operation(*payload);
  if (!operation) return close(CloseCode::bad_message, operation.error());
  if (running_.count(*id) > 0)
    return close(CloseCode::operation_exists, "Subscriber for " + *id + " already exists");
  running_.insert(*id);
  if (running_.size() > settings_.operations_max) {
    return refuse(*id, {{"the connection has " + std::to_string(settings_.operations_max) +
                             " operations already, which is the limit: complete one first",
                         {},
                         {}}});
  }
  return {StartOperation{*id, std::move(*operation)}};
}

TransportActions TransportSession::on_complete(const Value& message) {
  const std::string* id = text_member(message, "id");
  if (id == nullptr) return close(CloseCode::bad_message, "complete needs a text 'id'");
  if (running_.erase(*id) == 0) return {};
  return {StopOperation{*id}};
}

TransportActions TransportSession::next(const std::string& id, std::string_view answer_body) {
  if (is_closed_ || running_.count(id) == 0) return {};
  std::string text = message_with_id("next", id) + ",\"payload\":";
  text += answer_body;
  text += '}';
  return {SendText{std::move(text)}};
}

TransportActions TransportSession::refuse(const std::string& id, const std::vector<QueryError>& errors) {
  if (is_closed_ || running_.erase(id) == 0) return {};
  std::string text = message_with_id("error", id) + ",\"payload\":";
  append_errors(text, errors);
  return {SendText{text + "}"}};
}

TransportActions TransportSession::complete(const std::string& id) {
  if (is_closed_ || running_.erase(id) == 0) return {};
  return {SendText{message_with_id("complete", id) + "}"}};
}

TransportActions TransportSession::fail(std::string_view reason) {
  if (is_closed_) return {};
  return close(CloseCode::internal_error, std::string(reason));
}

/// Operations that run are stopped first.
TransportActions TransportSession::close(CloseCode code, std::string reason) {
  TransportActions actions;
  for (const std::string& id : running_) actions.emplace_back(StopOperation{id});
  running_.clear();
  is_closed_ = true;
  if (reason.size() > REASON_BYTES_MAX) {
    std::size_t end = REASON_BYTES_MAX;
    while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0) == 0x80) --end;
    reason.resize(end);
  }
  actions.emplace_back(CloseSocket{code, std::move(reason)});
  return actions;
}

}  // namespace racesim::graphql
