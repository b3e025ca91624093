// From a manifest and what arrived to findings.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/sources/sequences.h"
#include "run/content.h"
#include "run/record/manifest.h"
#include "verify/comparison.h"
#include "verify/findings.h"
#include "verify/progress.h"
#include "verify/truth.h"

namespace racesim {

struct VerifyOptions {
  Comparison comparison = Comparison::full;
  std::optional<std::int64_t> watermark_ns;  ///< a receiver may leave out what comes later than that
  unsigned threads = 2;                      ///< that make events again
  VerifyProgress progress;
  std::size_t window = 65'536;  ///< see MatchSettings
  std::size_t most_missing = 1u << 18;
  std::size_t history_bytes = 8u << 20;
};

struct VerifyResult {
  Findings findings;
  std::string run;
  bool is_store = false;         ///< rows of tables were read
  bool end_is_known = true;      ///< false: the run was killed, so what came last may be all that it sent
  std::string order_not_judged;  ///< why not; empty: it is
  std::optional<bool> digest_agrees;  ///< --fast: of all lines
  /// --fast, and there is a digest, but not just what was sent arrived: so it says nothing of the bytes.
  bool digest_is_mute = false;
};

/// Asked for once all has arrived, when `manifest` does not say what was sent; none: nobody knows.
using LearnTotals = std::function<Result<std::optional<ManifestTotals>>()>;

/// Plans the run of the manifest again; of a replay there is none (usage). Errors: those of open_content(),
/// master data that are not those of then (master_data).
Result<std::unique_ptr<Content>> open_truth(const Manifest& manifest);

/// Makes the stream of the manifest again and compares. `truth` is the manifest's. Errors: reading (runtime),
/// --fast for lines without numbers (usage).
Result<VerifyResult> verify(const Manifest& manifest, const Content& truth, ArrivedSequences& arrivals,
                            const VerifyOptions& options, const LearnTotals& learn = {});
Result<VerifyResult> verify(const Manifest& manifest, Truth& truth, ArrivedSequences& arrivals,
                            const VerifyOptions& options, const LearnTotals& learn = {});

}  // namespace racesim
