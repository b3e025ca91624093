#!/bin/sh
# Yesterday's plays into a compressed file; a run that still goes on is left alone (exit code 6).
# In a crontab, whose PATH is only /usr/bin:/bin: say where racesim is installed.
#   PATH=/usr/local/bin:/usr/bin:/bin
#   15 3 * * *  cd /srv/plays && sh nightly.sh
set -eu
day=$(date -u -d yesterday +%F)
next=$(date -u +%F)
exec racesim run --quiet --lock nightly.lock --scenario plays --historical \
  --start-datetime "$day" --end-datetime "$next" --volume 50k \
  --sink "file:plays-$day.ndjson.zst" --summary-export "plays-$day.json"
