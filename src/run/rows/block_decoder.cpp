#include "run/rows/block_decoder.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "run/master/load.h"
#include "run/rows/law_check.h"
#include "run/rows/references.h"
#include "run/rows/row_decoder.h"
#include "sim/registry.h"

namespace racesim {
namespace {

constexpr std::size_t kNameMost_bytes = 100;

/// What is kept of a name, which somebody else chose: a part of it, cut between characters.
std::string short_name(const std::string& name) {
  if (name.size() <= kNameMost_bytes) return name;
  std::size_t size = kNameMost_bytes;
  while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xC0U) == 0x80U) --size;
  return name.substr(0, size) + "…";
}

constexpr std::size_t kMostUnknownNames = 1000;  ///< told one by one
constexpr const char* kOtherNames = "(others)";
constexpr const char* kTorn = "torn: no line end";

std::vector<RowKind> stored_kinds(std::string_view scenario) {
  std::vector<RowKind> kinds = row_kinds(scenario.empty());
  std::erase_if(kinds, [&](const RowKind& kind) {
    return !kind.is_stored() || (!scenario.empty() && kind.scenario->name != scenario);
  });
  return kinds;
}

/// Takes back the last row, whose texts began at `arena_size`.
void drop_last_row(RowBatch& rows, std::size_t arena_size) {
  rows.resize(rows.size() - 1);
  if (!rows.missing.empty()) rows.missing.pop_back();
  rows.arena.resize(arena_size);
}

class RowsOfBlocks final : public BlockDecoder {
 public:
  explicit RowsOfBlocks(const BlockDecoderOptions& options)
      : decoder_(stored_kinds(options.scenario), RowDecoder::Use::store) {}

  /// Errors: master_data.
  Done prepare(const BlockDecoderOptions& options) {
    const std::vector<std::string_view> entities = References::entities(decoder_.kinds());
    if (!options.master_data_dir.empty() && !entities.empty()) {
      Result<MasterData> loaded = load_master(options.master_data_dir, entities);
      if (!loaded) return tl::make_unexpected(loaded.error());
      references_.emplace(decoder_.kinds(), *loaded, options.master_data_dir);
      if (options.check_laws) {
        master_ = std::move(*loaded);
        tables_ = master_->tables();
      }
    }
    if (options.check_laws) laws_.emplace(decoder_.kinds(), tables_);
    return {};
  }

  void decode(const RecordBlock& block, const LaneInfo& lane, DecodedBlock& out) override {
    out_ = &out;
    out.clear();
    parts_.assign(decoder_.kinds().size(), nullptr);
    RowDecoder::Columns* const columns = lane.header.empty() ? nullptr : columns_of(block.lane, lane.header);
    for (std::size_t i = 0; i < block.size(); ++i) {
      const std::string_view record = block.record(i);
      if (is_blank_record(record)) {
        ++out.blank;
        continue;
      }
      record_ = static_cast<std::uint32_t>(i);
      const bool torn = block.torn && i + 1 == block.size();
      if (lane.header.empty())
        take_json(record, torn);
      else
        take_cells(columns, record, torn);
    }
  }

  void forget() override {
    if (laws_) laws_->forget();
  }

  const std::map<std::string, std::uint64_t>& unknown_fields() const override { return unknown_; }

 private:
  struct LaneColumns {
    std::string header;
    std::unique_ptr<RowDecoder::Columns> columns;  ///< null: the header cannot be used
    std::string why;
  };

  void refuse(std::string reason) { out_->rejects.push_back({record_, Fate::rejected, std::move(reason)}); }

  TableRows& part(std::size_t kind) {
    if (parts_[kind] == nullptr) parts_[kind] = &out_->part(decoder_.kinds()[kind].table);
    return *parts_[kind];
  }

  void take_json(std::string_view record, bool torn) {
    const auto kind = decoder_.decode(record, target_, why_);
    if (!kind) return refuse(torn && !decoder_.was_json() ? kTorn : why_);
    if (accept(*kind)) note_unknown(decoder_.unknown());
  }

  void take_cells(RowDecoder::Columns* columns, std::string_view record, bool torn) {
    // A last cell that lost its end may still look right.
    if (torn) return refuse(kTorn);
    if (columns == nullptr) return refuse("the header cannot be used: " + header_why_);
    RowBatch& rows = begin_row(columns->kind());
    if (!columns->decode(record, rows, why_)) return refuse(why_);
    if (accept(columns->kind())) note_unknown(columns->unknown());
  }

  RowBatch& begin_row(std::size_t kind) {
    RowBatch& rows = part(kind).rows;
    arena_before_ = rows.arena.size();
    return rows;
  }

  /// Keeps the row that was appended last, unless something is wrong with it as a whole.
  bool accept(std::size_t kind) {
    TableRows& to = part(kind);
    std::string why = judge(kind, to.rows);
    if (why.empty()) {
      to.records.push_back(record_);
      return true;
    }
    drop_last_row(to.rows, arena_before_);
    refuse(std::move(why));
    return false;
  }

  /// What is wrong with the last row as a whole; empty: nothing.
  std::string judge(std::size_t kind, const RowBatch& rows) {
    const std::size_t last = rows.size() - 1;
    const MasterReader* const master = decoder_.kinds()[kind].master;
    std::string why = master == nullptr ? std::string() : master->check(rows, last);
    if (why.empty() && references_) why = references_->check(kind, rows, last);
    if (why.empty() && laws_) why = laws_->check(kind, rows, last);
    return why;
  }

  void note_unknown(std::span<const std::string> names) {
    for (const std::string& whole : names) {
      const std::string name = short_name(whole);
      const bool known = unknown_.size() < kMostUnknownNames || unknown_.contains(name);
      ++unknown_[known ? name : kOtherNames];
    }
  }

  RowDecoder::Columns* columns_of(std::uint32_t lane, const std::string& header) {
    LaneColumns& known = lanes_[lane];
    if (known.header != header) {
      known.header = header;
      known.columns = decoder_.columns(header, known.why);
    }
    header_why_ = known.why;
    return known.columns.get();
  }

  RowDecoder decoder_;
  std::optional<References> references_;
  std::optional<MasterData> master_;  ///< that laws look at
  MasterTables tables_;               ///< of it
  std::optional<LawCheck> laws_;
  std::unordered_map<std::uint32_t, LaneColumns> lanes_;  ///< of cells
  std::map<std::string, std::uint64_t> unknown_;
  RowTarget target_ = [this](std::size_t kind) -> RowBatch& { return begin_row(kind); };

  // Of the block and the record that are being read.
  DecodedBlock* out_ = nullptr;
  std::vector<TableRows*> parts_;  ///< by kind; null: not there yet
  std::uint32_t record_ = 0;
  std::size_t arena_before_ = 0;
  std::string why_, header_why_;
};

}  // namespace

void DecodedBlock::clear() {
  for (const auto& part : parts) {
    part->rows.clear();
    part->records.clear();
  }
  rejects.clear();
  blank = 0;
}

TableRows& DecodedBlock::part(const StoreTable& table) {
  for (const auto& part : parts)
    if (part->table.table == table.table) return *part;
  return *parts.emplace_back(std::make_unique<TableRows>(table, *table.schema));
}

Result<std::unique_ptr<BlockDecoder>> BlockDecoder::make(const BlockDecoderOptions& options) {
  if (!options.scenario.empty() && find_scenario(options.scenario) == nullptr) {
    std::string known;
    for (const ScenarioEntry* entry : scenarios())
      known += (known.empty() ? "" : ", ") + std::string(entry->name);
    return fail(ErrorKind::usage, "there is no scenario '" + options.scenario + "'", "one of: " + known);
  }
  auto decoder = std::make_unique<RowsOfBlocks>(options);
  if (const Done ready = decoder->prepare(options); !ready) return tl::make_unexpected(ready.error());
  return std::unique_ptr<BlockDecoder>(std::move(decoder));
}

}  // namespace racesim
