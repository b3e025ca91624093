#include "graphql/language/type_system.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace racesim::graphql {
namespace {

/// The grammar of the specification, section 3, without a value.
class TypeSystem {
 public:
  explicit TypeSystem(TokenReader& reader) : reader_(reader) {}

  void definition() {
    const bool is_extension = reader_.accept_word("extend");
    bool has_more = true;
    if (reader_.accept_word("schema")) {
      has_more = schema(is_extension);
    } else if (reader_.accept_word("scalar")) {
      reader_.name("a name");
      has_more = !reader_.directives(true).empty();
    } else if (reader_.accept_word("type") || reader_.accept_word("interface")) {
      has_more = object();
    } else if (reader_.accept_word("union")) {
      has_more = union_of();
    } else if (reader_.accept_word("enum")) {
      has_more = block([&] { enum_value(); });
    } else if (reader_.accept_word("input")) {
      has_more = block([&] { input(); });
    } else if (!is_extension && reader_.accept_word("directive")) {
      directive();
    } else if (!reader_.failed()) {
      reader_.unexpected("what to extend");
    }
    if (is_extension && !has_more && !reader_.failed()) reader_.unexpected("what the extension adds");
  }

 private:
  void description() {
    if (!reader_.failed() && reader_.is_text()) reader_.advance();
  }

  template <class Item>
  void items(char begin, char end, Item item) {
    reader_.expect(begin);
    while (!reader_.failed()) {
      item();
      if (reader_.accept(end)) return;
    }
  }
  template <class Item>
  bool optional_items(char begin, char end, Item item) {
    if (reader_.failed() || !reader_.is(begin)) return false;
    items(begin, end, item);
    return true;
  }

  /// One name or more with `mark` between them, and one before the first if somebody likes it.
  void names(char mark, const char* wanted) {
    reader_.accept(mark);
    do {
      reader_.name(wanted);
    } while (reader_.accept(mark));
  }

  bool schema(bool is_extension) {
    const auto operation_type = [&] {
      static constexpr std::array words{"query", "mutation", "subscription"};
      const bool is_known =
          std::any_of(words.begin(), words.end(), [&](auto word) { return reader_.is_word(word); });
      if (!reader_.failed() && !is_known) reader_.unexpected("query, mutation or subscription");
      if (!reader_.failed()) reader_.advance();
      reader_.expect(':');
      reader_.name("a type");
    };
    const bool has_directives = !reader_.directives(true).empty();
    if (is_extension) return optional_items('{', '}', operation_type) || has_directives;
    items('{', '}', operation_type);
    return true;
  }

  bool object() {
    reader_.name("a name");
    const bool has_interfaces = reader_.accept_word("implements");
    if (has_interfaces) names('&', "an interface");
    const bool has_directives = !reader_.directives(true).empty();
    return optional_items('{', '}', [&] { field(); }) || has_interfaces || has_directives;
  }

  void field() {
    description();
    reader_.name("a field");
    optional_items('(', ')', [&] { input(); });
    reader_.expect(':');
    if (!reader_.failed()) reader_.type();
    reader_.directives(true);
  }

  void input() {
    description();
    reader_.name("a name");
    reader_.expect(':');
    if (!reader_.failed()) reader_.type();
    if (reader_.accept('=')) reader_.value(true);
    reader_.directives(true);
  }

  bool union_of() {
    reader_.name("a name");
    const bool has_directives = !reader_.directives(true).empty();
    if (!reader_.accept('=')) return has_directives;
    names('|', "a type");
    return true;
  }

  void enum_value() {
    description();
    for (const char* word : {"true", "false", "null"}) {
      if (!reader_.failed() && reader_.is_word(word)) reader_.unexpected("an enum's value");
    }
    reader_.name("an enum's value");
    reader_.directives(true);
  }

  template <class Item>
  bool block(Item item) {
    reader_.name("a name");
    const bool has_directives = !reader_.directives(true).empty();
    return optional_items('{', '}', item) || has_directives;
  }

  void directive() {
    reader_.expect('@');
    reader_.name("a name");
    optional_items('(', ')', [&] { input(); });
    reader_.accept_word("repeatable");
    if (!reader_.accept_word("on") && !reader_.failed()) reader_.unexpected("'on'");
    reader_.accept('|');
    do {
      place();
    } while (reader_.accept('|'));
  }

  void place() {
    static constexpr std::array places{"QUERY",
                                       "MUTATION",
                                       "SUBSCRIPTION",
                                       "FIELD",
                                       "FRAGMENT_DEFINITION",
                                       "FRAGMENT_SPREAD",
                                       "INLINE_FRAGMENT",
                                       "VARIABLE_DEFINITION",
                                       "SCHEMA",
                                       "SCALAR",
                                       "OBJECT",
                                       "FIELD_DEFINITION",
                                       "ARGUMENT_DEFINITION",
                                       "INTERFACE",
                                       "UNION",
                                       "ENUM",
                                       "ENUM_VALUE",
                                       "INPUT_OBJECT",
                                       "INPUT_FIELD_DEFINITION"};
    const bool is_known =
        std::any_of(places.begin(), places.end(), [&](auto word) { return reader_.is_word(word); });
    if (!reader_.failed() && !is_known) return reader_.unexpected("a place of directives");
    reader_.name("a place of directives");
  }

  TokenReader& reader_;
};

}  // namespace

bool begins_type_system(const TokenReader& reader) {
  static constexpr std::array words{"schema", "scalar", "type",      "interface", "union",
                                    "enum",   "input",  "directive", "extend"};
  return std::any_of(words.begin(), words.end(), [&](auto word) { return reader.is_word(word); });
}

void skip_type_system(TokenReader& reader) {
  TypeSystem(reader).definition();
}

}  // namespace racesim::graphql
