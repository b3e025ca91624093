#include "run/aggregate/store_keeper.h"

#include <utility>

#include "agg/state.h"

namespace racesim {
namespace {

class StoreKeeper final : public ResultKeeper {
 public:
  StoreKeeper(std::unique_ptr<Store> store, std::string name, std::string options)
      : store_(std::move(store)), name_(std::move(name)), options_(std::move(options)) {}

  std::string name() const override { return store_->name(); }
  Result<std::vector<LanePosition>> positions(std::string_view source) override {
    Result<std::vector<LanePosition>> found = store_->positions(own(source));
    if (found)
      for (LanePosition& position : *found) position.source = source;
    return found;
  }
  Result<std::optional<std::string>> state() override;
  Result<bool> commit(const ResultCommit& what) override;
  bool worth_retrying() const override { return store_->worth_retrying(); }
  bool keeps_results() const override { return true; }
  bool keeps_dead_records() const override { return true; }
  Done close() override { return store_->close(); }
  void abandon() override { store_->abandon(); }
  const WaitNote* wait() const override { return store_->wait(); }

 private:
  /// What ingest has read of the same source is another matter.
  std::string own(std::string_view source) const { return name_ + ": " + std::string(source); }
  LanePosition own(LanePosition position) const {
    position.source = own(position.source);
    return position;
  }
  Result<bool> write(const ResultCommit& what);

  const std::unique_ptr<Store> store_;
  const std::string name_, options_;
};

Result<std::optional<std::string>> StoreKeeper::state() {
  Result<std::optional<std::string>> kept = store_->state(name_);
  if (!kept || !*kept) return kept;
  StateReader in(**kept);
  const std::string options(in.text());
  std::string state(in.text());
  if (Done ok = in.done(); !ok) return tl::make_unexpected(ok.error());
  if (options != options_)
    return fail(
        ErrorKind::usage,
        "the state in " + store_->name() + " was kept with other options: " + options + "; now: " + options_,
        "give the same options, or aggregate into another database");
  return std::optional(std::move(state));
}

Result<bool> StoreKeeper::commit(const ResultCommit& what) {
  Result<bool> done = write(what);
  if (!done || !*done) store_->rollback();
  return done;
}

Result<bool> StoreKeeper::write(const ResultCommit& what) {
  if (Done ok = store_->begin(); !ok) return tl::make_unexpected(ok.error());
  for (const ResultPart& part : what.results) {
    if (part.rows->empty()) continue;
    const Result<Appended> appended =
        store_->append({&part.entry->result(), &part.entry->table, {}, {}}, *part.rows, {});
    if (!appended) return tl::make_unexpected(appended.error());
  }
  if (!what.dead.empty())
    if (Done ok = store_->add_dead_letters(what.dead); !ok) return tl::make_unexpected(ok.error());
  for (const LaneStep& step : what.steps) {
    const Result<bool> ours = store_->advance(own(step.before), own(step.after));
    if (!ours || !*ours) return ours;
  }
  std::string bytes;
  StateWriter out(bytes);
  out.text(options_);
  out.text(what.state);
  if (Done ok = store_->put_state(name_, bytes); !ok) return tl::make_unexpected(ok.error());
  if (Done ok = store_->commit(); !ok) return tl::make_unexpected(ok.error());
  return true;
}

}  // namespace

std::unique_ptr<ResultKeeper> make_store_keeper(std::unique_ptr<Store> store, std::string name,
                                                std::string options) {
  return std::make_unique<StoreKeeper>(std::move(store), std::move(name), std::move(options));
}

}  // namespace racesim
