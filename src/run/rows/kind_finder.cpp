#include "run/rows/kind_finder.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "base/check.h"
#include "codec/decode/csv_row.h"

namespace racesim {
namespace {

constexpr std::size_t kMostFields = 64;
constexpr std::size_t kMostRemembered = 64;      ///< paths of the last record
constexpr std::size_t kLongestRemembered = 256;  ///< bytes of a path: others choose them
constexpr std::size_t kNamedFields = 3;          ///< of those that are missing

/// "'gear', 'lap', 'drs' and 4 more"
std::string names_of(const SchemaInfo& schema, std::uint64_t fields) {
  std::string names;
  const auto count = static_cast<std::size_t>(std::popcount(fields));
  for (std::size_t told = 0; told < std::min(count, kNamedFields); ++told) {
    const int index = std::countr_zero(fields);
    fields &= fields - 1;
    names +=
        fmt::format("{}'{}'", told == 0 ? "" : ", ", schema.fields[static_cast<std::size_t>(index)].path);
  }
  if (count > kNamedFields) names += fmt::format(" and {} more", count - kNamedFields);
  return names;
}

}  // namespace

KindFinder::KindFinder(std::span<const KindFields> kinds) {
  for (const KindFields& fields : kinds) {
    RACESIM_CHECK(fields.schema->fields.size() <= kMostFields);
    Kind kind{fields};
    std::uint32_t index = 0;
    for (const FieldInfo& field : fields.schema->fields) {
      const Use use{static_cast<std::uint32_t>(kinds_.size()), index};
      const bool is_optional =
          field.left_out ||
          std::find(fields.optional.begin(), fields.optional.end(), field.path) != fields.optional.end();
      if (!is_optional)
        kind.required |= std::uint64_t{1} << index;
      paths_[std::string(field.path)].push_back(use);
      columns_[column_name(field)].push_back(use);
      for (std::size_t dot = field.path.find('.'); dot != std::string_view::npos;
           dot = field.path.find('.', dot + 1))
        objects_.emplace(field.path.substr(0, dot));
      ++index;
    }
    kinds_.push_back(kind);
  }
}

void KindFinder::begin() {
  for (Kind& kind : kinds_) kind.found = 0;
}

void KindFinder::note(const std::vector<Use>* uses) {
  if (uses == nullptr) return;
  for (const Use& use : *uses) kinds_[use.kind].found |= std::uint64_t{1} << use.field;
}

const std::vector<KindFinder::Use>* KindFinder::uses_of_path() {
  if (place_ < last_.size() && last_[place_].path == path_) return last_[place_++].uses;
  const auto known = paths_.find(path_);
  const std::vector<Use>* const uses = known == paths_.end() ? nullptr : &known->second;
  last_.resize(place_);
  if (place_ < kMostRemembered && path_.size() <= kLongestRemembered) {
    last_.push_back({path_, uses});
    ++place_;
  }
  return uses;
}

std::optional<std::size_t> KindFinder::find(std::string_view object, std::string& why) {
  begin();
  place_ = 0;
  path_.clear();
  JsonCursor in(object);
  read_object(in, 0);
  return best(why);
}

/// The names in it begin with the first `prefix` bytes of path_.
void KindFinder::read_object(JsonCursor& in, std::size_t prefix) {
  in.take('{');
  while (!in.take('}')) {
    in.take(',');
    path_.resize(prefix);
    path_ += in.string(scratch_);
    in.take(':');
    if (in.kind() == JsonKind::object && objects_.find(path_) != objects_.end()) {
      path_ += '.';
      read_object(in, path_.size());
    } else {
      note(uses_of_path());
      in.skip_value();
    }
  }
}

std::optional<std::size_t> KindFinder::find_columns(std::span<const std::string_view> cells,
                                                    std::string& why) {
  begin();
  for (const std::string_view cell : cells) {
    const auto known = columns_.find(std::string(cell));
    note(known == columns_.end() ? nullptr : &known->second);
  }
  return best(why);
}

std::optional<std::size_t> KindFinder::best(std::string& why) const {
  const Kind *fits = nullptr, *nearest = nullptr;
  const auto missing = [](const Kind& kind) { return std::popcount(kind.required & ~kind.found); };
  for (const Kind& kind : kinds_) {
    const int found = std::popcount(kind.found);
    if (missing(kind) == 0 && (fits == nullptr || found > std::popcount(fits->found))) fits = &kind;
    if (found == 0) continue;
    const int most = nearest == nullptr ? 0 : std::popcount(nearest->found);
    if (found > most || (found == most && missing(kind) < missing(*nearest))) nearest = &kind;
  }
  if (fits != nullptr) return static_cast<std::size_t>(fits - kinds_.data());
  if (nearest == nullptr)
    why = "none of its fields is known";
  else
    why =
        fmt::format("no known row: it is nearest to '{}', of which it lacks {}", nearest->fields.schema->name,
                    names_of(*nearest->fields.schema, nearest->required & ~nearest->found));
  return std::nullopt;
}

}  // namespace racesim
