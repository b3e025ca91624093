// Keeps what the service makes and is sent in a store, by the pipeline of racesim ingest. A store that fails
// is opened again; until then runs that should be stored fail and requests are refused.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "io/sink.h"
#include "io/stores/registry.h"
#include "run/ingest/ingest.h"
#include "run/outlets/event_forms.h"
#include "serve/control/run_book.h"
#include "serve/keeping/inbox.h"
#include "serve/keeping/run_ledger.h"

namespace racesim::serve {

/// Where and how, as --db and its options say.
struct StorePlan {
  const StoreInfo* store = nullptr;
  StoreOptions options;
  IngestConfig config;
  Inbox::Limits inbox;
};

struct StoreStatus {
  std::string name;            ///< "sqlite:racesim.db", without secrets
  bool open = false;           ///< rows are taken
  std::optional<Error> error;  ///< why it is not open
  IngestStatus ingest;         ///< counts since the service began
};

/// open(), stop(), close() by one thread, all else by any.
class StoreKeeper {
 public:
  /// `book`: what is known of the runs whose events come. `warn` is told of a store that fails, by a thread
  /// of its own.
  StoreKeeper(StorePlan plan, const RunBook& book, Clock& clock, std::function<void(const Error&)> warn);
  /// Abandons what close() did not wait for.
  ~StoreKeeper();

  /// Opens the store and begins. Errors: those of the store; one that somebody else holds is waited for.
  Done open();

  std::vector<http::Route> routes() { return inbox_.routes(); }
  std::unique_ptr<Sink> make_sink(const EventForms& forms, AckListener* acks);
  /// Errors: why no run can be stored now.
  Done ready() const;
  StoreStatus status() const;

  /// Stores what a run was told with the next transaction, and what it sent in the place of it.
  void keep_manifest(KeptManifest manifest) { ledger_.put(std::move(manifest)); }
  /// Behind the last event of a run: returns when all that it leaves open and its manifest are stored.
  /// Errors: why they are not.
  Done end_run(KeptManifest manifest);
  /// What its stored results were made of; none: nothing of it was stored by this process.
  std::optional<ResultInput> result_input(std::uint32_t run) const { return ledger_.input_of(run); }

  /// Nothing new is taken; what is there is stored.
  void stop();
  /// What is not stored yet will not be.
  void abandon();
  /// Waits until all is stored and the store is closed.
  void close();

 private:
  Result<std::unique_ptr<Ingest>> make_ingest();
  void keep_open();
  void run(std::unique_ptr<Ingest> ingest);
  void failed(const Error& error);
  bool pause();
  std::string trouble() const;

  const StorePlan plan_;
  Clock& clock_;
  const std::function<void(const Error&)> warn_;
  const RunBook& book_;
  RunLedger ledger_;
  Inbox inbox_;
  mutable std::mutex mutex_;  // guards all below but the thread
  std::condition_variable changed_;
  std::unique_ptr<Ingest> ingest_;  // null: the store is not open
  IngestCounts before_;             // of earlier ones
  std::string name_;
  std::optional<Error> error_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace racesim::serve
