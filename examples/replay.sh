#!/bin/sh
# Records a minute of a race, plays it back 30 times as fast, and proves that the copy is the recording. Then the same
# minute as a run of its own, an hour from now, beside the first one in a database: nothing collides.
set -eu
racesim run --quiet --historical --start-datetime 2026-07-05T14:00Z --end-datetime 2026-07-05T14:01Z --rate-hz 10 \
  --sink file:minute.ndjson --manifest minute.json
racesim replay minute.ndjson --speed 30 --sink file:copy.ndjson
racesim verify --manifest minute.json --against file:copy.ndjson
racesim replay minute.ndjson --quiet --speed max --timestamps shift --start-datetime "$(date -u -d '1 hour' +%FT%TZ)" \
  --sink file:later.ndjson
racesim ingest --from file:minute.ndjson --from file:later.ndjson --to sqlite:both.db
