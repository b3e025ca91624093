// What ingest and aggregate say alike of their pipeline: times, waits, and whether the standard input is one.
#pragma once

#include <string>

#include "run/ingest/ingest.h"

namespace racesim::cli {

/// "00:12", "1:02:03".
std::string clock_text(double seconds);
/// "0.29 s", "2m".
std::string took_text(double seconds);
/// What is waited for, and since when; empty: nothing worth a word.
std::string waiting_text(const IngestStatus& status);

/// The standard input is a pipe, a socket or a file.
bool stdin_has_data();

}  // namespace racesim::cli
