#!/bin/sh
# Writes yesterday's plays to a compressed file; does nothing while an earlier run is still going (exit code 6).
# In a crontab:  15 3 * * *  cd /srv/plays && sh nightly.sh
set -eu
day=$(date -u -d yesterday +%F)
next=$(date -u +%F)
exec racesim run --quiet --lock nightly.lock --scenario plays --historical \
  --start-datetime "$day" --end-datetime "$next" --volume 50k \
  --sink "file:plays-$day.ndjson.zst" --summary-export "plays-$day.json"
