// The encoder of one row type in one text format, unrolled from Schema<Row>. Formats are policies: JsonFormat
// and CsvFormat below say what stands between values and how text and lists look.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/check.h"
#include "codec/encode/fragments.h"
#include "codec/encode/put.h"
#include "codec/encode/whole_batch.h"
#include "codec/encoder.h"

#ifdef __SSE4_1__
#include "codec/encode/kept_line.h"
#endif

namespace racesim {

struct JsonFormat {
  static constexpr std::string_view kListOpen = "[", kListClose = "]";
  static constexpr char kListComma = ',';
  static constexpr bool kQuotesItems = true;
  static constexpr std::string_view kMissing = "null";
  static constexpr bool kLeavesOut = true;
  static constexpr std::size_t kTextGrowth = 6;
  template <class Row, std::size_t I>
  static constexpr fragments::Fragment fragment() {
    return fragments::json<Row, I>();
  }
  static char* text(char* p, std::string_view s) { return put::json_text(p, s); }
  static char* end_list(char*, char* p, std::size_t) { return p; }
};

struct CsvFormat {
  static constexpr std::string_view kListOpen = "", kListClose = "";
  static constexpr char kListComma = ';';
  static constexpr bool kQuotesItems = false;
  static constexpr std::string_view kMissing = "";
  static constexpr bool kLeavesOut = false;
  static constexpr std::size_t kTextGrowth = 4;  // quotes of an item are doubled again in a list
  template <class Row, std::size_t I>
  static constexpr fragments::Fragment fragment() {
    return fragments::csv<Row, I>();
  }
  static char* text(char* p, std::string_view s) { return put::csv_text(p, s); }
  static char* end_list(char* begin, char* p, std::size_t items) { return put::csv_list(begin, p, items); }
};

template <class Row, class Format>
class RowEncoder final : public Encoder {
 public:
  void encode(const RowBatch& rows, WireBatch& out) const override {
    const std::size_t count = rows.size();
    const std::size_t old_count = out.ends.size();
    out.ends.resize(old_count + count);
    out.heads.insert(out.heads.end(), rows.heads.begin(), rows.heads.end());
    out.text.reserve_more(count * kMaxRowSize + text_bytes(rows) * Format::kTextGrowth + put::kPutSlack);
    char* const base = out.text.data();
    char* end = write_rows(rows, base + out.text.size(), base, out.ends.data() + old_count);
    // Ends are 32-bit: whoever plans the batches keeps them below 4 GiB.
    RACESIM_CHECK(static_cast<std::uint64_t>(end - base) <= UINT32_MAX);
    out.text.set_size(static_cast<std::size_t>(end - base));
  }

  std::string header() const override {
    if constexpr (!std::is_same_v<Format, CsvFormat>) return {};
    return csv_header(schema_info<Row>());
  }

  EventIdRule id_rule() const override {
    if constexpr (std::is_same_v<fragments::Member<Row, 0>, Uuid>)
      return {static_cast<std::uint32_t>(kFragment<0>.size), 36};
    else
      return {};
  }

 private:
  static constexpr std::size_t kFields = fragments::field_count<Row>;

  template <std::size_t I>
  static constexpr fragments::Fragment kFragment = Format::template fragment<Row, I>();

  struct State {
    put::MinutePrefix minute;
    put::HexText hex;
    std::string_view arena;
  };

  /// An enum's name, ready to be copied in two blocks.
  struct PaddedName {
    std::array<char, 32> text{};
    std::size_t size = 0;
  };
  template <class E>
  static constexpr auto kPaddedNames = [] {
    std::array<PaddedName, EnumNames<E>::names.size()> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
      for (const char c : EnumNames<E>::names[i]) table[i].text[table[i].size++] = c;
    return table;
  }();

  template <class T, int Decimals>
  static constexpr std::size_t max_size() {
    using Traits = schema_detail::ListTraits<T>;
    if constexpr (Traits::limit > 0) {
      return 2 + Traits::limit * (max_size<typename Traits::Item, Decimals>() + 3);
    } else if constexpr (std::is_enum_v<T>) {
      std::size_t longest = 0;
      for (const std::string_view name : EnumNames<T>::names)
        longest = name.size() > longest ? name.size() : longest;
      return longest;
    } else {
      return 40;  // the longest of the rest is a UUID's 36; text is counted apart
    }
  }

  template <std::size_t... I>
  static constexpr std::size_t max_row_size(std::index_sequence<I...>) {
    return kFragment<kFields>.size +
           (0 + ... +
            (kFragment<I>.size +
             max_size<fragments::Member<Row, I>, std::get<I>(Schema<Row>::fields).decimals>()));
  }
  static constexpr std::size_t kMaxRowSize = max_row_size(std::make_index_sequence<kFields>{});

  template <class T, int Decimals>
  static RACESIM_INLINE char* scalar(char* p, const T& value, State& state) {
    constexpr FieldType type = schema_detail::type_of<T>();
    if constexpr (type == FieldType::boolean) {
      std::memcpy(p, value ? "true\0\0\0" : "false\0\0", 8);
      return p + (value ? 4 : 5);
    } else if constexpr (type == FieldType::enumeration) {
      const PaddedName& name = kPaddedNames<T>[static_cast<std::size_t>(value)];
      std::memcpy(p, name.text.data(), 16);
      std::memcpy(p + 16, name.text.data() + 16, 16);
      return p + name.size;
    } else if constexpr (type == FieldType::uuid) {
      return put::uuid(p, value);
    } else if constexpr (type == FieldType::time_ms) {
      return put::time_ms(p, value, state.minute);
    } else if constexpr (type == FieldType::time_us) {
      return put::time_us(p, value, state.minute);
    } else if constexpr (type == FieldType::date) {
      return put::date(p, value.days);
    } else if constexpr (type == FieldType::hex32) {
      return put::hex32(p, value.value, state.hex);
    } else if constexpr (type == FieldType::text) {
      return Format::text(p, state.arena.substr(value.offset, value.size));
    } else if constexpr (schema_detail::is_maybe<T>) {
      return value.has_value() ? put::fixed<Decimals>(p, value.value) : short_text(p, Format::kMissing);
    } else {
      return put::fixed<Decimals>(p, value);
    }
  }

  static RACESIM_INLINE char* short_text(char* p, std::string_view name) {
    for (std::size_t i = 0; i < name.size(); ++i) p[i] = name[i];
    return p + name.size();
  }

  template <class T, int Decimals>
  static RACESIM_INLINE char* value(char* p, const T& v, State& state) {
    using Traits = schema_detail::ListTraits<T>;
    if constexpr (Traits::limit == 0) {
      return scalar<T, Decimals>(p, v, state);
    } else {
      using Item = typename Traits::Item;
      constexpr bool quoted = Format::kQuotesItems && fragments::is_quoted(schema_detail::type_of<Item>());
      p = short_text(p, Format::kListOpen);
      char* const items_begin = p;
      for (std::size_t i = 0; i < v.count; ++i) {
        if (i > 0) *p++ = Format::kListComma;
        if constexpr (quoted) *p++ = '"';
        p = scalar<Item, Decimals>(p, v.items[i], state);
        if constexpr (quoted) *p++ = '"';
      }
      if constexpr (schema_detail::type_of<Item>() == FieldType::text)
        p = Format::end_list(items_begin, p, v.count);
      return short_text(p, Format::kListClose);
    }
  }

  struct KeepsNothing {};

  template <std::size_t I, class Kept>
  static RACESIM_INLINE char* step(char* p, const char* line, const Row& row, State& state, Kept& kept) {
    constexpr auto& f = std::get<I>(Schema<Row>::fields);
    if constexpr (!std::is_same_v<Kept, KeepsNothing>)
      kept.at[I] = static_cast<std::uint32_t>(p - line) + static_cast<std::uint32_t>(kFragment<I>.size);
    if constexpr (Format::kLeavesOut && f.left_out) {
      static_assert(kFragment<I>.text[0] == ',', "nothing of the field before may be left to write");
      if (!(row.*(f.member)).has_value()) return p;
    }
    p = put::literal<kFragment<I>.size>(p, kFragment<I>.text.data());
    return value<fragments::Member<Row, I>, f.decimals>(p, row.*(f.member), state);
  }

  template <class Kept, std::size_t... I>
  static RACESIM_INLINE char* row_steps(char* const line, const Row& row, State& state, Kept& kept,
                                        std::index_sequence<I...>) {
    char* p = line;
    ((p = step<I>(p, line, row, state, kept)), ...);
    p = put::literal<kFragment<kFields>.size>(p, kFragment<kFields>.text.data());
    if constexpr (!std::is_same_v<Kept, KeepsNothing>) {
      kept.at[kFields] = static_cast<std::uint32_t>(p - line);
      kept.note(row);
    }
    return p;
  }

  /// Writes the line of `row`.
  template <class Kept>
  static RACESIM_INLINE char* write_row(char* line, const Row& row, State& state, Kept& kept) {
    return row_steps(line, row, state, kept, std::make_index_sequence<kFields>{});
  }

  static char* write_rows(const RowBatch& rows, char* p, const char* base, std::uint32_t* ends) {
    State state;
    state.arena = rows.arena;
    const auto span = rows.template rows<Row>();
#ifdef __SSE4_1__
    if constexpr (is_sampled<Row>)
      if (rows.apart > 0 && rows.apart < span.size())
        return write_alike(span, rows.apart, state, p, base, ends);
#endif
    KeepsNothing nothing;
    for (std::size_t i = 0; i < span.size(); ++i) {
      p = write_row(p, span[i], state, nothing);
      ends[i] = static_cast<std::uint32_t>(p - base);
    }
    return p;
  }

#ifdef __SSE4_1__
  /// The same of rows each of which is much like the one `apart` rows before it.
  static char* write_alike(std::span<const Row> rows, std::size_t apart, State& state, char* p,
                           const char* base, std::uint32_t* ends) {
    const auto kept = std::make_unique_for_overwrite<KeptLine<Row, Format>[]>(apart);
    const char* old = p;
    for (std::size_t i = 0; i < apart; ++i) {
      p = write_row(p, rows[i], state, kept[i]);
      ends[i] = static_cast<std::uint32_t>(p - base);
    }
    for (std::size_t i = apart, of = 0; i < rows.size(); ++i) {
      const char* const old_end = base + ends[i - apart];
      const auto size = static_cast<std::size_t>(old_end - old);
      if (kept[of].again(p, old, size, rows[i], rows[i - apart], state.minute)) [[likely]]
        p += size;
      else
        p = write_row(p, rows[i], state, kept[of]);
      ends[i] = static_cast<std::uint32_t>(p - base);
      old = old_end;
      if (++of == apart) of = 0;
    }
    return p;
  }
#endif
};

}  // namespace racesim
