// The part of AnswerReader that leaves the work to Boost.Beast; apart, since Beast is slow to compile.
#pragma once

#include <memory>
#include <string_view>

#include "io/http/answer.h"
#include "io/http/chunk_lines.h"

namespace racesim::http {

class AnswerReader::Fallback {
 public:
  Fallback();
  ~Fallback();
  /// Like AnswerReader::feed and finish; fills `answer` when done and `trouble` when bad.
  State feed(std::string_view bytes, Answer& answer, bool& leftover, Trouble& trouble);
  State finish(Answer& answer);

 private:
  class Parser;
  State run(Answer& answer, bool& leftover, Trouble& trouble);
  State refuse(const std::string& why, bool lasting, Trouble& trouble) const;

  std::unique_ptr<Parser> parser_;
  std::string status_line_;  // in quotes, of the answer that is being read
  ChunkLines chunk_lines_;
  std::string pending_;  // bytes that the parser has not taken yet
};

}  // namespace racesim::http
