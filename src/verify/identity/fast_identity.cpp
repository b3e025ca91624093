#include "verify/identity/fast_identity.h"

#include <charconv>
#include <cstring>

#include "model/event_id.h"

namespace racesim {
namespace {

constexpr std::array<std::int8_t, 256> kHexValues = [] {
  std::array<std::int8_t, 256> values{};
  for (auto& value : values) value = -1;
  for (int i = 0; i < 10; ++i) values[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
  for (int i = 0; i < 6; ++i) values[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(10 + i);
  return values;
}();

/// "00" to "ff".
constexpr std::array<std::array<char, 2>, 256> kHexPairs = [] {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t i = 0; i < 256; ++i) pairs[i] = {kDigits[i >> 4], kDigits[i & 15]};
  return pairs;
}();

/// Owners whose lines' begins are remembered.
constexpr std::uint32_t kMostFronts = 4096;

/// 8 hex digits; false if there are others.
bool hex32(const char* digits, std::uint32_t& value) {
  int bad = 0;
  std::uint32_t all = 0;
  for (int i = 0; i < 8; ++i) {
    const int digit = kHexValues[static_cast<unsigned char>(digits[i])];
    bad |= digit;
    all = all << 4 | (static_cast<std::uint32_t>(digit) & 15);
  }
  value = all;
  return bad >= 0;
}

bool is_quoted(FieldType type) {
  return type != FieldType::signed_int && type != FieldType::unsigned_int && type != FieldType::boolean;
}

/// The part of the path that `from` and `path` share, as levels of objects: "location." → 9.
std::size_t shared_level(std::string_view from, std::string_view path) {
  std::size_t shared = 0;
  for (std::size_t i = 0; i < from.size() && i < path.size() && from[i] == path[i]; ++i)
    if (path[i] == '.') shared = i + 1;
  return shared;
}

/// What JSON has between the values of two fields, without the quotes of texts.
std::string json_between(std::string_view from, std::string_view path) {
  std::string text;
  const std::size_t shared = shared_level(from, path);
  for (const char c : from.substr(std::min(shared, from.size())))
    if (c == '.') text += '}';
  text += from.empty() ? "{" : ",";
  std::string_view rest = path.substr(shared);
  for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    text += '"' + std::string(rest.substr(0, dot)) + "\":{";
    rest.remove_prefix(dot + 1);
  }
  return text + '"' + std::string(rest) + "\":";
}

/// Behind the array that begins at `at`; brackets within its texts do not end it. `at` if there is none.
const char* behind_list(const char* at, const char* end) {
  if (at == end || *at != '[') return at;
  bool quoted = false;
  for (const char* p = at + 1; p < end && *p != '\n'; ++p) {
    if (*p == ']' && !quoted) return p + 1;
    if (*p == '"') quoted = !quoted;
    if (*p == '\\') ++p;
  }
  return at;
}

/// Only `\"` and `\\`: racesim escapes no other character that an owner may have.
std::string without_escapes(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

/// The quote that ends the text of JSON that begins at `at`, or the end of the line.
const char* end_of_text(const char* at, const char* end) {
  for (; at < end && *at != '"' && *at != '\n'; ++at)
    if (*at == '\\' && at + 1 < end) ++at;
  return at;
}

/// "lat" of "location.lat".
std::string_view last_name(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

}  // namespace

FastIdentity::FastIdentity(std::span<const StreamInfo> streams, const Owners& owners, LineForm form,
                           std::uint32_t run)
    : owners_(owners), csv_(form == LineForm::csv), run_(run) {
  if (form == LineForm::line_protocol) {
    usable_ = false;
    return;
  }
  for (const StreamInfo& stream : streams) {
    const IdentityFields which = identity_fields(*stream.schema);
    usable_ = usable_ && which.known();
    std::size_t count = 0;  // of fields up to the last one of the identity
    for (const auto& index : {which.event_id, which.run, which.owner, which.seq})
      if (index) count = std::max(count, *index + 1);
    Form shape;
    std::string_view before;
    bool quoted_before = false;
    for (std::size_t i = 0; i < count; ++i) {
      const FieldInfo& field = stream.schema->fields[i];
      Step step;
      if (csv_) {
        step.before = i == 0 ? "" : ",";
      } else {
        const bool list = field.list_limit > 0;
        if (list) step.use = Step::Use::list;
        step.text = !list && is_quoted(field.type);
        step.before =
            (quoted_before ? "\"" : "") + json_between(before, field.path) + (step.text ? "\"" : "");
        quoted_before = step.text;
      }
      if (i == which.event_id) step.use = Step::Use::event_id;
      if (i == which.run) step.use = Step::Use::run;
      if (i == which.owner) step.use = Step::Use::owner;
      if (i == which.seq) step.use = Step::Use::seq;
      shape.steps.push_back(std::move(step));
      before = field.path;
    }
    shape.keeps_fronts = which.seq && *which.seq + 1 == count;
    shape.is_id = which.event_id == 0;
    if (streams.size() > 1 && !stream.schema->fields.empty())
      shape.last_key = '"' + std::string(last_name(stream.schema->fields.back().path)) + "\":";
    forms_.push_back(std::move(shape));
  }
}

std::optional<Identity> FastIdentity::read(std::string_view line, const Form& form,
                                           std::size_t* seq_at) const {
  const char* at = line.data();
  const char* const end = at + line.size();
  Identity identity;
  for (const Step& step : form.steps) {
    if (static_cast<std::size_t>(end - at) < step.before.size() ||
        std::memcmp(at, step.before.data(), step.before.size()) != 0)
      return std::nullopt;
    at += step.before.size();
    const char* const begin = at;
    switch (step.use) {
      case Step::Use::none:
        if (step.text)
          at = end_of_text(at, end);
        else
          while (at < end && *at != ',' && *at != '}' && *at != '\n') ++at;
        break;
      case Step::Use::list:
        at = behind_list(at, end);
        break;
      case Step::Use::run: {
        std::uint32_t run = 0;
        if (end - at < 8 || !hex32(at, run)) return std::nullopt;
        at += 8;
        identity.run = run;
        break;
      }
      case Step::Use::event_id: {
        const auto id = end - at < 36 ? std::nullopt : parse_uuid_text({at, 36});
        const auto parts = id ? unpack_event_id(*id) : std::nullopt;
        if (!parts) return std::nullopt;
        at += 36;
        identity.run = parts->run;
        identity.owner = parts->cell;
        identity.seq = parts->seq;
        break;
      }
      case Step::Use::owner: {
        if (step.text)
          at = end_of_text(at, end);
        else
          while (at < end && *at != ',' && *at != '"' && *at != '}' && *at != '\n') ++at;
        const std::string_view written(begin, static_cast<std::size_t>(at - begin));
        const auto owner = step.text && written.find('\\') != std::string_view::npos
                               ? owners_.owner_of(without_escapes(written))
                               : owners_.owner_of(written);
        if (!owner) return std::nullopt;
        identity.owner = *owner;
        break;
      }
      case Step::Use::seq: {
        std::uint64_t value = 0;
        const char* const digits = at;
        while (at < end && *at >= '0' && *at <= '9')
          value = value * 10 + static_cast<std::uint64_t>(*at++ - '0');
        if (at == digits || at - digits > 19) return std::nullopt;
        identity.seq = value;
        if (seq_at != nullptr) *seq_at = static_cast<std::size_t>(digits - line.data());
        break;
      }
    }
    if (at >= end || begin == end) return std::nullopt;
  }
  return identity;
}

/// Streams of one scenario may begin alike, and end with different fields. A quote in a text is escaped, so
/// `,"` stands in front of keys only.
bool FastIdentity::ends_as(std::string_view line, const Form& form) const {
  if (line.size() < 2 || line.back() != '\n' || (!csv_ && line[line.size() - 2] != '}')) return false;
  if (form.last_key.empty()) return true;
  std::size_t comma = line.size() - 2;
  while (comma > 0 && (line[comma] != ',' || line[comma + 1] != '"')) --comma;
  return line.compare(comma + 1, form.last_key.size(), form.last_key) == 0;
}

/// Cheaper than to take the id apart: to make the one that is expected.
bool FastIdentity::has_id(std::string_view line, const Form& form, std::uint32_t owner,
                          std::uint64_t seq) const {
  const Uuid id = pack_event_id({run_, owner, static_cast<std::uint32_t>(seq)});
  std::array<char, 36> text;
  std::size_t at = 0;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
    std::memcpy(text.data() + at, kHexPairs[id.bytes[i]].data(), 2);
    at += 2;
  }
  const std::string& before = form.steps[0].before;
  return line.size() > before.size() + text.size() &&
         std::memcmp(line.data(), before.data(), before.size()) == 0 &&
         std::memcmp(line.data() + before.size(), text.data(), text.size()) == 0;
}

/// The line begins as the last one of this owner did, up to the value of seq.
bool FastIdentity::has_front(std::string_view line, const Form& form, std::uint32_t owner,
                             std::uint64_t seq) const {
  if (owner >= form.fronts.size()) return false;
  const std::string& front = form.fronts[owner];
  if (front.empty() || line.size() < front.size() + 21 ||
      std::memcmp(line.data(), front.data(), front.size()) != 0)
    return false;
  std::uint64_t value = 0;
  const char* at = line.data() + front.size();
  const char* const begin = at;
  while (*at >= '0' && *at <= '9' && at - begin < 20)
    value = value * 10 + static_cast<std::uint64_t>(*at++ - '0');
  return value == seq && *at == ',' && (*begin != '0' || at - begin == 1);
}

bool FastIdentity::is(std::string_view line, std::uint32_t stream, std::uint32_t owner, std::uint64_t seq) {
  Form& form = forms_[stream];
  if (!ends_as(line, form)) return false;
  if (form.is_id) return has_id(line, form, owner, seq);
  if (has_front(line, form, owner, seq)) return true;
  std::size_t seq_at = 0;
  const std::optional<Identity> identity = read(line, form, &seq_at);
  if (!identity || identity->seq != seq || identity->owner != owner || identity->run.value_or(run_) != run_)
    return false;
  if (form.keeps_fronts && owner < kMostFronts) {
    if (owner >= form.fronts.size()) form.fronts.resize(owner + std::size_t{1});
    form.fronts[owner] = line.substr(0, seq_at);
  }
  return true;
}

std::optional<Identity> FastIdentity::identity(std::string_view line) const {
  for (std::uint32_t stream = 0; stream < forms_.size(); ++stream) {
    if (!ends_as(line, forms_[stream])) continue;
    std::optional<Identity> identity = read(line, forms_[stream]);
    if (!identity || identity->run.value_or(run_) != run_) continue;
    identity->stream = stream;
    return identity;
  }
  return std::nullopt;
}

}  // namespace racesim
