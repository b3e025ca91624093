// Which kind of row a record is, told by the names of its fields.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "codec/decode/json_cursor.h"
#include "model/schema.h"

namespace racesim {

/// The fields that tell a kind: at most 64.
struct KindFields {
  const SchemaInfo* schema = nullptr;
  std::span<const std::string_view> optional;  ///< paths of fields that records may leave out
};

/// One thread.
class KindFinder {
 public:
  explicit KindFinder(std::span<const KindFields> kinds);

  /// Index of the kind all of whose required fields the record has; of several the one of which it has most
  /// fields, of these the first. None: `why` names the nearest kind and what is missing. `object` is valid
  /// JSON, an object.
  std::optional<std::size_t> find(std::string_view object, std::string& why);
  /// The same of a CSV header's cells.
  std::optional<std::size_t> find_columns(std::span<const std::string_view> cells, std::string& why);

 private:
  struct Kind {
    KindFields fields;
    std::uint64_t required = 0;  ///< a bit for each field
    std::uint64_t found = 0;     ///< in the record
  };
  struct Use {
    std::uint32_t kind = 0, field = 0;
  };
  /// A name that fields of some kinds have.
  using Uses = std::unordered_map<std::string, std::vector<Use>>;

  /// A path of the last record: the next one mostly has the same, in the same order.
  struct Known {
    std::string path;
    const std::vector<Use>* uses = nullptr;  ///< null: no kind has it
  };

  void begin();
  const std::vector<Use>* uses_of_path();
  void note(const std::vector<Use>* uses);
  void read_object(JsonCursor& in, std::size_t prefix);
  std::optional<std::size_t> best(std::string& why) const;

  std::vector<Kind> kinds_;
  Uses paths_, columns_;
  std::unordered_set<std::string> objects_;  ///< paths of objects that hold fields
  std::vector<Known> last_;
  std::size_t place_ = 0;  ///< in last_
  std::string path_, scratch_;
};

}  // namespace racesim
