// What a scenario can be told, declared as data: from these lines come flags, help, environment, config keys,
// errors, and the members of manifests and checkpoints.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace racesim {

/// What another value of an option changes.
enum class Effect : std::uint8_t {
  bytes,  ///< the events: another value is another run
  cut,    ///< only which of them there are, such as a choice of streams
  names,  ///< only what their columns are called
};

enum class ValueKind : std::uint8_t {
  whole,        ///< a whole number within the range
  thousandths,  ///< a decimal number, range and value in thousandths
  choice,       ///< one of the choices
  list,         ///< several of the choices, each once, separated by commas; their order has no meaning
  text,         ///< whatever `check` takes
  document,     ///< a name that `check` takes, or a file's path; run/ reads the file
};

/// The lowest and the highest value, in the unit of the value.
struct ValueRange {
  std::uint64_t low = 0;
  std::uint64_t high = UINT64_MAX;
};

/// How the files of a document option are read.
struct DocumentForm {
  bool (*is_path)(std::string_view text);  ///< else it is a name
  std::size_t most_bytes;
  /// The file's content in the one form that counts: equal documents give equal texts. Errors name `path`.
  Result<std::string> (*normalise)(std::string_view bytes, const std::string& path);
};

/// One line per option. Texts live as long as the program.
struct ContentOption {
  std::string_view name;     ///< "rate-hz"
  std::string_view metavar;  ///< "HZ"
  ValueKind kind;
  std::string_view fallback;  ///< the value where nobody gives one
  std::string_view help;      ///< of the option, without the scenario's name
  Effect effect = Effect::bytes;
  ValueRange range{};                               ///< whole, thousandths
  std::span<const std::string_view> choices{};      ///< choice, list
  std::vector<std::string> (*suggest)() = nullptr;  ///< values that the shell offers; others are good too
  Done (*check)(std::string_view text) = nullptr;   ///< text, and the names of documents
  const DocumentForm* document = nullptr;
  std::string_view env_alias{};  ///< a second environment variable
  bool common = false;           ///< the short help shows it
};

struct Thousandths {
  std::uint64_t value = 0;
  bool operator==(const Thousandths&) const = default;
};

struct Document {
  std::string name;  ///< as the user gave it
  std::string text;  ///< normalised content of a file; empty: `name` is one that is built in
  /// A file counts by what it says, wherever it lies.
  bool operator==(const Document& o) const { return text == o.text && (!text.empty() || name == o.name); }
};

/// By kind: whole; thousandths; choice and text; list; document.
using OptionValue = std::variant<std::uint64_t, Thousandths, std::string, std::vector<std::string>, Document>;

/// Errors (usage) do not name the option. Files of documents are not read here.
Result<OptionValue> parse_value(const ContentOption& option, std::string_view text);
/// parse_value() gives the same value for it, but for documents of files.
std::string value_text(const OptionValue& value);
/// Lists are equal in any order.
bool same_value(const OptionValue& a, const OptionValue& b);

/// Who gave a value.
enum class GivenBy : std::uint8_t {
  nobody,     ///< it is the fallback
  elsewhere,  ///< environment, a file, a manifest
  line,       ///< typed this time: contradictions are told only of such values
};

/// The values of one scenario's options, each of which has one. A value; copying is fine.
class OptionValues {
 public:
  OptionValues() = default;
  /// All at their fallbacks. `options` outlives this.
  explicit OptionValues(std::span<const ContentOption> options);

  /// `name` is one of the options, and `value` of its kind.
  void set(std::string_view name, OptionValue value, GivenBy by = GivenBy::elsewhere);

  const OptionValue& value(std::string_view name) const;
  std::uint64_t whole(std::string_view name) const;
  std::uint64_t thousandths(std::string_view name) const;
  const std::string& text(std::string_view name) const;  ///< choice, text
  const std::vector<std::string>& list(std::string_view name) const;
  const Document& document(std::string_view name) const;

  GivenBy given_by(std::string_view name) const;
  bool given(std::string_view name) const { return given_by(name) != GivenBy::nobody; }
  /// The options, in the order in which they are declared.
  std::span<const ContentOption> options() const { return options_; }

 private:
  struct Entry {
    OptionValue value;
    GivenBy by = GivenBy::nobody;
  };
  std::size_t index(std::string_view name) const;

  std::span<const ContentOption> options_;
  std::vector<Entry> entries_;  ///< parallel to options_
};

}  // namespace racesim
