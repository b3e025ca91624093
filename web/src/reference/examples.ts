// Queries to begin with, one for each kind of thing that can be asked. The browser tests ask all of them.
export const EXAMPLES: { name: string; query: string }[] = [
  {
    name: "order of the race",
    query: `{
  race {
    run
    track
    standings {
      position
      driver
      driverName
      lap
      gapS
      lastLapS
      tyre
    }
  }
}
`,
  },
  {
    name: "laps of a driver",
    query: `{
  race(run: "live") {
    laps(driver: "WOJ", first: 5) {
      edges {
        node {
          lap
          lapTimeS
          avgSpeedKmh
          tyre
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`,
  },
  {
    name: "songs of the last five minutes",
    query: `{
  topSongs(window: "5m", limit: 10) {
    rank
    previousRank
    title
    artistName
    plays
  }
}
`,
  },
  {
    name: "how the pipeline stands",
    query: `{
  pipeline {
    name
    scenario
    state
    out
    failed
    lagMs {
      p50
      p99
    }
  }
}
`,
  },
  {
    name: "start the vehicles",
    query: `mutation {
  start(options: { scenario: "fleet", vehicles: 3 }) {
    run
    state
  }
}
`,
  },
  {
    name: "follow the order",
    query: `subscription {
  standings {
    position
    driver
    gapS
  }
}
`,
  },
];
