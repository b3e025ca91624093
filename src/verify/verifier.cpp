#include "verify/verifier.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "run/content.h"
#include "verify/matching/expected.h"
#include "verify/matching/heads_encoder.h"
#include "verify/matching/matcher.h"

namespace racesim {
namespace {

/// Owns all parts of one comparison.
class Verification {
 public:
  Verification(const Manifest& manifest, Truth& truth, ArrivedSequences& arrivals,
               const VerifyOptions& options)
      : manifest_(manifest),
        truth_(truth),
        arrivals_(arrivals),
        options_(options),
        faults_(manifest.faults, manifest.content.seed) {}

  Result<VerifyResult> run(const LearnTotals& learn) {
    if (Done ok = open(); !ok) return tl::make_unexpected(ok.error());
    if (Done ok = compare(learn); !ok) return tl::make_unexpected(ok.error());
    return conclude();
  }

 private:
  bool is_fast() const { return options_.comparison == Comparison::fast; }
  Done open();
  std::string why_order_is_not_judged() const;
  Done check_form() const;
  LeaveOut other_parts();
  void open_store();
  std::optional<Identity> identity_by_value(std::string_view line);
  SentRange sent_range() const;
  Done compare(const LearnTotals& learn);
  Done match_all();
  bool all_arrived();
  VerifyResult conclude();

  const Manifest& manifest_;
  Truth& truth_;
  ArrivedSequences& arrivals_;
  const VerifyOptions& options_;
  const Faults faults_;
  std::optional<ManifestTotals> totals_;
  std::optional<FastIdentity> identities_;
  std::optional<IdentityReader> point_identities_;  ///< of line protocol
  HeadsEncoder heads_encoder_;
  std::unique_ptr<EventFeed> feed_;
  std::optional<ExpectedStream> expected_;
  std::optional<Respeller> respeller_;  ///< by value, apart from the matchers'
  std::string spelled_;
  std::optional<Expiry> expiry_;
  std::unordered_set<std::uint64_t> claimed_;
  MatchSettings settings_;
  Strays strays_;
  Findings findings_;
  std::deque<SequenceMatcher> matchers_;
};

SentRange Verification::sent_range() const {
  SentRange range;
  if (totals_) range.set(*totals_);
  return range;
}

Done Verification::open() {
  totals_ = manifest_.totals;
  settings_.comparison = options_.comparison;
  settings_.judges_order = why_order_is_not_judged().empty();
  settings_.form = line_form_of(manifest_.event_format);
  settings_.run = truth_.run();
  settings_.window = options_.window;
  settings_.most_missing = options_.most_missing;
  settings_.history_bytes = options_.history_bytes;
  settings_.watermark_ns = options_.watermark_ns;
  settings_.streams = truth_.streams();
  settings_.owners = &truth_.owners();
  identities_.emplace(settings_.streams, truth_.owners(), settings_.form, settings_.run);
  if (Done ok = check_form(); !ok) return ok;
  if (is_fast() && !identities_->usable())
    return fail(ErrorKind::usage, "--fast: the lines of this run have no numbers that identify events",
                "leave out --fast");
  settings_.leave_out = other_parts();
  feed_ = truth_.feed(options_.threads, is_fast() ? &heads_encoder_ : nullptr);
  if (Done ok = feed_->start(); !ok) return ok;
  const std::vector<ArrivedSequence*> sequences = arrivals_.sequences();
  expected_.emplace(
      *feed_, sent_range(), sequences.size(),
      [this](std::uint32_t stream, std::string_view key) { return arrivals_.sequence_of(stream, key); });
  if (options_.comparison == Comparison::by_value) {
    respeller_.emplace(settings_.streams, settings_.is_csv());
    expected_->respell_damaged(*respeller_);
  }
  open_store();
  settings_.shed = &expected_->shed();
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    matchers_.emplace_back(
        settings_, faults_, expected_->sequence(i), [this] { return expected_->more(); }, *sequences[i],
        strays_, findings_);
    if (is_fast() && totals_ && totals_->digest) matchers_.back().keep_digest();
    if (arrivals_.has_header()) matchers_.back().pass_header(truth_.header());
  }
  return {};
}

/// Points, and what was recorded, are compared byte by byte only.
Done Verification::check_form() const {
  if (truth_.content() == nullptr && options_.comparison != Comparison::full)
    return fail(ErrorKind::usage, "a replay is compared byte by byte only",
                "leave out --fast and --by-value; with --timestamps keep the manifest of the recorded run "
                "proves a store");
  if (settings_.form != LineForm::line_protocol) return {};
  if (options_.comparison != Comparison::full)
    return fail(ErrorKind::usage,
                "--" + std::string(name_of(options_.comparison)) +
                    ": the run wrote line protocol, which is compared byte by byte only",
                "leave out --" + std::string(name_of(options_.comparison)));
  if (arrivals_.refused() != nullptr)
    return fail(ErrorKind::usage, "the run wrote line protocol, which racesim ingest does not read",
                "verify it against the files or the topic that it wrote");
  return {};
}

std::string Verification::why_order_is_not_judged() const {
  if (std::string why = arrivals_.why_no_order(); !why.empty()) return why;
  return manifest_.unordered ? "not judged: the run was --unordered" : "";
}

/// What a store refused and what it keeps no longer.
void Verification::open_store() {
  std::vector<std::optional<std::int64_t>> before_us;
  for (std::uint32_t stream = 0; stream < settings_.streams.size(); ++stream)
    before_us.push_back(arrivals_.expired_before_us(stream));
  settings_.expiry = &expiry_.emplace(settings_.streams, settings_.is_csv(), std::move(before_us));
  settings_.refused = arrivals_.refused();
  if (settings_.refused == nullptr) return;
  settings_.claimed = &claimed_;
  expected_->watch_damaged([this](std::uint32_t stream, const EventHead& head, std::string_view line) {
    const auto claim = identities_->identity(line);
    if (!claim || claim->run.value_or(settings_.run) != settings_.run) return;
    const std::uint64_t key = identity_key(claim->stream, claim->owner, claim->seq);
    if (key != identity_key(stream, head.owner, head.seq)) claimed_.insert(key);
  });
}

/// Parts of a run may go to one place; each is verified with a manifest of its own. Lines that do not say
/// whose they are stay.
LeaveOut Verification::other_parts() {
  if (settings_.form == LineForm::line_protocol)
    point_identities_.emplace(settings_.streams, truth_.owners(), settings_.form);
  if (manifest_.shard.count <= 1 || truth_.content() == nullptr ||
      (!identities_->usable() && !point_identities_))
    return nullptr;
  const Scenario& scenario = *truth_.content()->scenario;
  const ShardRange own = shard_range(manifest_.shard, scenario.shard_count());
  return [this, &scenario, own](std::string_view line) {
    std::optional<Identity> identity = point_identities_
                                           ? point_identities_->read(line.substr(0, line.find('\n')))
                                           : identities_->identity(line);
    if (!identity && options_.comparison == Comparison::by_value) identity = identity_by_value(line);
    const auto shard = identity ? scenario.owners().shard_of(identity->owner) : std::nullopt;
    return shard && (*shard < own.first || *shard >= own.last);
  };
}

std::optional<Identity> Verification::identity_by_value(std::string_view line) {
  spelled_.clear();
  if (!respeller_->spell(line, spelled_)) return std::nullopt;
  return identities_->identity(spelled_);
}

Done Verification::match_all() {
  std::uint64_t lines = 0;
  for (SequenceMatcher& matcher : matchers_) {
    if (Done ok = matcher.match(totals_.has_value()); !ok) return ok;
    lines += matcher.lines_read();
  }
  if (options_.progress)
    options_.progress(lines, totals_ ? std::optional<std::uint64_t>(totals_->released) : std::nullopt);
  return {};
}

bool Verification::all_arrived() {
  return std::all_of(matchers_.begin(), matchers_.end(),
                     [](SequenceMatcher& matcher) { return matcher.arrived_ended(); });
}

Done Verification::compare(const LearnTotals& learn) {
  for (;;) {
    const Result<bool> more = expected_->more();
    if (!more) return tl::make_unexpected(more.error());
    if (*more) {
      if (Done ok = match_all(); !ok) return ok;
    }
    if (!totals_ && (!*more || all_arrived())) {
      Result<std::optional<ManifestTotals>> learnt = std::optional<ManifestTotals>();
      // What is left of a pipe has to be taken before its writer can end.
      if (learn && all_arrived()) learnt = learn();
      if (!learnt) return tl::make_unexpected(learnt.error());
      totals_ = *learnt;
      if (totals_) expected_->set_range(*totals_);
      if (!totals_) break;
      if (Done ok = match_all(); !ok) return ok;
    }
    if (!*more) break;
  }
  for (SequenceMatcher& matcher : matchers_)
    if (Done ok = matcher.finish(totals_.has_value()); !ok) return ok;
  for (SequenceMatcher& matcher : matchers_) matcher.settle_all(expected_->range());
  feed_->cancel();
  return {};
}

/// Every send arrived once, and nothing else did; the order is left aside.
bool arrived_as_sent(const Findings& f) {
  std::uint64_t others = 0;
  for (std::size_t kind = 0; kind < kFindingCount; ++kind)
    if (static_cast<Finding>(kind) != Finding::reordered) others += f.counts[kind];
  return others == 0 && f.not_known == 0 && f.injected_present.duplicate == f.injected.duplicate &&
         f.injected_present.corrupt == f.injected.corrupt;
}

VerifyResult Verification::conclude() {
  VerifyResult result;
  for (ArrivedSequence* sequence : arrivals_.sequences()) findings_[Finding::expired] += sequence->expired();
  for (const SequenceMatcher& matcher : matchers_) {
    findings_.of_other_parts += matcher.left_out();
    if (matcher.extra() != nullptr) findings_.extra.merge(*matcher.extra());
  }
  findings_.injected = expected_->injected();
  findings_.of_unknown_runs = arrivals_.of_unknown_runs();
  result.findings = std::move(findings_);
  result.run = manifest_.run;
  result.is_store = settings_.refused != nullptr;
  result.end_is_known = totals_.has_value();
  result.order_not_judged = why_order_is_not_judged();
  if (!is_fast() || !totals_ || !totals_->digest) return result;
  result.digest_is_mute = !arrived_as_sent(result.findings);
  if (!result.digest_is_mute) {
    LineDigest arrived;
    for (const SequenceMatcher& matcher : matchers_)
      for (std::size_t half = 0; half < 2; ++half) arrived.sum[half] += matcher.digest().sum[half];
    result.digest_agrees = arrived == *totals_->digest;
  }
  return result;
}

}  // namespace

Result<std::unique_ptr<Content>> open_truth(const Manifest& manifest) {
  if (manifest.replay)
    return fail(ErrorKind::usage, "the manifest is of a replay, of which only the events can be verified",
                "give the manifest of the run that was recorded");
  RunConfig config = config_of(manifest);
  auto content = open_content(config, system_clock());
  if (!content || manifest.master_hash.empty()) return content;
  if (hash_text((*content)->master.content_hash) == manifest.master_hash) return content;
  return fail(ErrorKind::master_data,
              "the master data in " + manifest.content.master_data_dir +
                  " differs from the run's: other songs, users or cars make other events",
              "name the folder that the run read: --master-data-dir DIR");
}

Result<VerifyResult> verify(const Manifest& manifest, const Content& truth, ArrivedSequences& arrivals,
                            const VerifyOptions& options, const LearnTotals& learn) {
  return verify(manifest, *truth_of(manifest, truth), arrivals, options, learn);
}

Result<VerifyResult> verify(const Manifest& manifest, Truth& truth, ArrivedSequences& arrivals,
                            const VerifyOptions& options, const LearnTotals& learn) {
  return Verification(manifest, truth, arrivals, options).run(learn);
}

}  // namespace racesim
