#include "io/stores/postgres_sql_words.h"

#include <algorithm>
#include <array>

namespace racesim::postgres {
namespace {

// Of what begins with pg_, which else reaches files, other sessions, passwords and settings.
constexpr std::array<std::string_view, 9> kHarmless{
    "pg_catalog",     "pg_column_size", "pg_database_size",       "pg_indexes_size", "pg_relation_size",
    "pg_size_pretty", "pg_table_size",  "pg_total_relation_size", "pg_typeof"};

bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool goes_on_name(char c) {
  return starts_name(c) || (c >= '0' && c <= '9') || c == '$';
}

class SqlReader {
 public:
  explicit SqlReader(std::string_view sql) : sql_(sql) {}

  Result<SqlWords> read() {
    while (at_ < sql_.size())
      if (Done ok = read_one(); !ok) return tl::make_unexpected(ok.error());
    if (end_ == 0) return fail(ErrorKind::usage, "the query is empty", "write one SELECT");
    std::sort(names_.begin(), names_.end());
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
    return SqlWords{std::string(sql_.substr(0, end_)), std::move(names_)};
  }

 private:
  bool sees(std::string_view text) const { return sql_.substr(at_).starts_with(text); }

  Done read_one() {
    const char c = sql_[at_];
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      ++at_;
      return {};
    }
    if (sees("--")) {
      at_ = std::min(sql_.find_first_of("\r\n", at_), sql_.size());
      return {};
    }
    if (sees("/*")) {
      skip_comment();
      return {};
    }
    if (c == ';') {
      has_ended_ = true;
      ++at_;
      return {};
    }
    if (c == '\0') return fail(ErrorKind::usage, "the query holds a NUL", "write one SELECT");
    if (has_ended_) return fail(ErrorKind::usage, "the query is more than one statement", "write one SELECT");
    Done done = read_word(c);
    end_ = std::min(at_, sql_.size());
    return done;
  }

  Done read_word(char c) {
    if (c == '\'') {
      skip_quoted('\'');
    } else if (c == '"') {
      names_.push_back(skip_quoted('"'));
    } else if (c == '$' && skip_dollar_text()) {
    } else if (starts_name(c)) {
      return read_name();
    } else if (c >= '0' && c <= '9') {
      while (at_ < sql_.size() && (goes_on_name(sql_[at_]) || sql_[at_] == '.')) ++at_;
    } else {
      ++at_;
    }
    return {};
  }

  Done read_name() {
    const std::size_t begin = at_;
    while (at_ < sql_.size() && goes_on_name(sql_[at_])) ++at_;
    std::string name(sql_.substr(begin, at_ - begin));
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (name == "u" && sees("&"))
      if (const char next = at_ + 1 < sql_.size() ? sql_[at_ + 1] : ' '; next == '"' || next == '\'')
        return fail(ErrorKind::usage, "the query spells a text or name with U&, which is not allowed",
                    "write it as it is");
    // Such a text goes on over line ends, with escapes or without: servers have their own view of where it
    // ends.
    if (name == "e" && sees("'"))
      return fail(ErrorKind::usage, "the query has a text with escapes (E'…'), which is not allowed",
                  "write it without E");
    names_.push_back(std::move(name));
    return {};
  }

  // Behind the closing quote; the text in between.
  std::string skip_quoted(char quote) {
    std::string text;
    for (++at_; at_ < sql_.size(); ++at_) {
      if (sql_[at_] == quote) {
        if (at_ + 1 == sql_.size() || sql_[at_ + 1] != quote) break;
        ++at_;
      }
      if (at_ < sql_.size()) text += sql_[at_];
    }
    ++at_;
    return text;
  }

  void skip_comment() {
    int depth = 0;
    do {
      if (sees("/*")) {
        ++depth;
        at_ += 2;
      } else if (sees("*/")) {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && at_ < sql_.size());
  }

  // $$…$$ or $tag$…$tag$. False: a parameter or an operator.
  bool skip_dollar_text() {
    std::size_t end = at_ + 1;
    if (end < sql_.size() && starts_name(sql_[end]))
      while (end < sql_.size() && goes_on_name(sql_[end]) && sql_[end] != '$') ++end;
    if (end >= sql_.size() || sql_[end] != '$') return false;
    const std::string_view tag = sql_.substr(at_, end + 1 - at_);
    const std::size_t closing = sql_.find(tag, end + 1);
    at_ = closing == std::string_view::npos ? sql_.size() : closing + tag.size();
    return true;
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;  // behind the last word
  bool has_ended_ = false;
  std::vector<std::string> names_;
};

}  // namespace

Result<SqlWords> read_sql(std::string_view sql) {
  return SqlReader(sql).read();
}

std::string forbidden_name(const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (name.starts_with("pg_") && std::find(kHarmless.begin(), kHarmless.end(), name) == kHarmless.end())
      return name;
  return {};
}

}  // namespace racesim::postgres
