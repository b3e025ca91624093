#!/bin/sh
# Writes yesterday's plays to a compressed file; does nothing while an earlier run is still going (exit code 6).
# The PATH of cron is only /usr/bin:/bin, so the crontab has to say where racesim is installed:
#   PATH=/usr/local/bin:/usr/bin:/bin
#   15 3 * * *  cd /srv/plays && sh nightly.sh
set -eu
day=$(date -u -d yesterday +%F)
next=$(date -u +%F)
exec racesim run --quiet --lock nightly.lock --scenario plays --historical \
  --start-datetime "$day" --end-datetime "$next" --volume 50k \
  --sink "file:plays-$day.ndjson.zst" --summary-export "plays-$day.json"
