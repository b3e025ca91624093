"""Goal: every mistake ends with the right exit code and a text that names what is wrong and what to do.
Method: one wrong command line each, run as a user would."""

import unittest

from workdir import JANUARY, MASTER, Workdir

WINDOW = JANUARY[3:]


class UnknownNames(Workdir):
    def test_unknown_command(self):
        self.assert_refused(self.racesim("rnu"), "unknown command 'rnu'", "did you mean: racesim run")

    def test_unknown_command_far_from_any(self):
        self.assert_refused(self.racesim("xyzzy"), "unknown command 'xyzzy'", "racesim --help")

    def test_no_abbreviation(self):
        self.assert_refused(self.racesim("gen"), "unknown command 'gen'")
        self.assert_refused(self.racesim("run", "--scen", "plays"), "unknown option '--scen'")

    def test_unknown_option(self):
        self.assert_refused(self.play("--sed", "7"), "unknown option '--sed'", "did you mean: --seed")

    def test_the_first_of_several_unknown_options_is_named(self):
        self.assert_refused(self.play("--alpha", "--beta"), "unknown option '--alpha'")

    def test_option_of_another_command(self):
        self.assert_refused(self.play("--num-songs", "3"), "it belongs to: racesim generate-master")

    def test_unknown_config_key(self):
        self.write("racesim.toml", "[run]\nseed = 1\nsede = 2\n")
        self.assert_refused(self.play(), "./racesim.toml:3: unknown key 'run.sede'", "did you mean: seed")

    def test_unknown_config_table(self):
        self.write("racesim.toml", "[rnu]\nseed = 1\n")
        self.assert_refused(self.play(), "./racesim.toml:1: unknown table '[rnu]'", "did you mean: run")

    def test_broken_config(self):
        self.write("racesim.toml", "[run]\nseed = \n")
        self.assert_refused(self.play(), "./racesim.toml:2: ")

    def test_config_file_that_is_not_there(self):
        self.assert_refused(self.play("--config", "none.toml"), "none.toml: No such file or directory")

    def test_config_that_is_a_folder(self):
        self.assert_refused(self.play("--config", "."), "read .: it is a folder")

    def test_what_serve_keeps_and_shows(self):
        self.assert_refused(self.racesim("serve", "--cert", "cert.pem"), "give both: --cert FILE --key FILE")
        self.assert_refused(self.racesim("serve", "--db", "1"), "'1' is not a store")

    def test_where_metrics_may_be_listened_on(self):
        self.assert_refused(self.play("--metrics-listen", "1"), "--metrics-listen: '1' is no HOST:PORT",
                            "example: --metrics-listen 127.0.0.1:9100")


class Times(Workdir):
    def run_window(self, start, end, *more):
        return self.racesim("run", "--scenario", "plays", "--historical", "--start-datetime", start,
                            "--end-datetime", end, *more)

    def test_not_iso(self):
        result = self.racesim("run", "--historical", "--start-datetime", "01/02/2024")
        self.assert_refused(result, "error: --start-datetime: '01/02/2024' is not an ISO 8601 date-time\n",
                            "  example: 2024-02-01T00:00:00Z   also missing: --end-datetime\n")

    def test_both_bounds_missing(self):
        self.assert_refused(self.racesim("run", "--scenario", "plays", "--historical"),
                            "--historical needs --start-datetime and --end-datetime")

    def test_end_before_start(self):
        self.assert_refused(self.run_window("2024-02-01", "2024-01-01"), "is not after --start-datetime")

    def test_empty_window(self):
        self.assert_refused(self.run_window("2024-02-01", "2024-02-01"), "is not after --start-datetime")

    def test_30_february(self):
        self.assert_refused(self.run_window("2024-02-30T00:00:00", "2024-03-01"), "'2024-02-30T00:00:00'", "29 days")

    def test_dst_gap_shows_both_readings(self):
        self.assert_refused(self.run_window("2024-03-31T02:30:00", "2024-04-01", "--tz", "Europe/Berlin"),
                            "does not exist in Europe/Berlin", "2024-03-31T03:30:00+02:00",
                            "2024-03-31T01:30:00+01:00")

    def test_dst_overlap_shows_both_readings(self):
        self.assert_refused(self.run_window("2024-10-27T02:30:00", "2024-11-01", "--tz", "Europe/Berlin"),
                            "+02:00", "+01:00")

    def test_unknown_zone(self):
        self.assert_refused(self.run_window("2024-01-01", "2024-02-01", "--tz", "Europe/Berln"), "Europe/Berln")

    def test_window_before_all_master_data(self):
        result = self.run_window("1950-01-01", "1950-02-01", "--master-data-dir", MASTER)
        self.assert_refused(result, "window", "the earliest usable time is 20")


class Numbers(Workdir):
    def test_negative_rate(self):
        self.assert_refused(self.play("--posting-rate", "-5"), "--posting-rate: '-5' is negative", "example: ")

    def test_absurd_rate(self):
        self.assert_refused(self.play("--posting-rate", "9e99"), "--posting-rate: ")
        self.assert_refused(self.play("--posting-rate", "99999999999/s"), "limit of 1,000,000,000")
        self.assert_refused(self.play("--posting-rate", "fast"), "--posting-rate: 'fast'")

    def test_volume_0(self):
        self.assert_refused(self.play("--volume", "0"), "--volume: ", "at least 1")

    def test_threads(self):
        for threads in ("0", "257", "10000", "-1", "many"):
            self.assert_refused(self.play("--threads", threads), "--threads: ", "from 1 to 256")

    def test_stages(self):
        self.assert_refused(self.play("--stages", "10s"), "--stages: ")
        self.assert_refused(self.play("--stages", "10s:5", "--posting-rate", "3"), "exclude each other")

    def test_shard(self):
        self.assert_refused(self.play("--shard", "4/3"), "--shard: ")

    def test_a_rate_below_live_events(self):
        result = self.racesim("run", "--scenario", "plays", "--live", "--volume", "600/min", "--posting-rate", "5/s")
        self.assert_refused(result, "a rate of 5/s is below the 10/s of live events", "--on-overload drop")

    def test_threshold(self):
        self.assert_refused(self.play("--threshold", "eror_rate<0.1"), "did you mean: error_rate")
        self.assert_refused(self.play("--threshold", "fast"), "--threshold: 'fast'")

    def test_value_missing(self):
        self.assert_refused(self.play("--seed"), "--seed needs a value")
        self.assert_refused(self.play("--seed="), "--seed needs a value")
        self.assert_refused(self.play("--seed", "--quiet"), "--seed needs a value before '--quiet'")


class Combinations(Workdir):
    def test_unknown_scenario(self):
        self.assert_refused(self.racesim("run", "--scenario", "rally"), "--scenario: 'rally'", "plays", "race")

    def test_both_modes(self):
        self.assert_refused(self.play("--live"), "--live and --historical exclude each other")

    def test_option_of_the_other_mode(self):
        self.assert_refused(self.play("--duration", "5m"), "--duration is for live runs")
        self.assert_refused(self.racesim("run", "--scenario", "plays", "--start-datetime", "2024-01-01"),
                            "--start-datetime is for historical runs", "add: --historical")

    def test_numbers_beyond_their_limit_name_it(self):
        volumes = "1,000,000,000,000,000 events"
        for option, value, limit in (("--volume", "18446744073709551615", volumes), ("--volume", "1e12", volumes),
                                     ("--volume", "1e12/min", "60,000,000,000 events a minute"),
                                     ("--posting-rate", "1e30", "1,000,000,000 events per second"),
                                     ("--posting-rate", "9" * 30, "1,000,000,000 events per second")):
            with self.subTest(value=value):
                self.assert_refused(self.play(option, value), f"{option}: '{value}' ", limit)

    def test_an_option_is_named_once(self):
        self.assert_refused(self.play("--popularity", "foo"), "error: --popularity: 'foo' is not")

    def test_unknown_sink(self):
        self.assert_refused(self.play("--sink", "fille:x"), "--sink: ", "file:PATH")

    def test_the_same_file_twice(self):
        self.assert_refused(self.play("--sink", "file:a", "--sink", "file:./a"), "same place")

    def test_no_two_outputs_are_the_same_file(self):
        (self.dir / "link").symlink_to("s.json")
        for options in (("--sink", "file:s.json", "--lock", "s.json"),
                        ("--sink", "file:s.json", "--summary-export", "./s.json"),
                        ("--sink", "file:s.json", "--summary-export", "link"),
                        ("--sink", "file:s", "--lock", "s.partial"),
                        ("--sink", "file:d", "--sink", "http", "--dead-letter", "d"),
                        ("--sink", "file:dead-letter.ndjson", "--sink", "http"),
                        ("--sink", "stdout", "--sink", "http", "--dead-letter", "/dev/stdout"),
                        ("--lock", "same", "--summary-export", "same")):
            with self.subTest(options=options):
                self.assert_refused(self.play(*options), "write to the same place")
        self.assertEqual([path.name for path in self.dir.iterdir()], ["link"])

    def test_without_http_the_dead_letter_file_is_nobody_s(self):
        self.assert_code(self.play("--volume", "5", "--sink", "file:dead-letter.ndjson"), 0)

    def test_csv_does_not_go_to_http(self):
        self.assert_refused(self.play("--sink", "http", "--format", "csv"), "sends JSON")

    def test_topics_that_no_broker_takes(self):
        for topic in ("bad/name", "two words", "..", "x" * 250, "ümlaut"):
            with self.subTest(topic=topic):
                self.assert_refused(self.play("--brokers", "127.0.0.1:1", "--topic", topic), "--topic: ")

    def test_brokers_that_are_no_addresses(self):
        for brokers in ("host:port", "a,,b", "127.0.0.1:99999"):
            with self.subTest(brokers=brokers):
                self.assert_refused(self.play("--brokers", brokers), "--brokers: ")

    def test_url_without_host(self):
        self.assert_refused(self.play("--api-endpoint", "http:///play"), "--api-endpoint: ", "no host")
        self.assert_refused(self.play("--api-endpoint", "localhost:8000/play"), "--api-endpoint: ")

    def test_url_that_has_to_be_encoded(self):
        self.assert_refused(self.play("--api-endpoint", "http://localhost:8000/my plays"), "holds a blank",
                            "write http://localhost:8000/my%20plays")

    def test_a_proxy_is_not_used_and_that_is_told_once(self):
        for variable, told in (("HTTP_PROXY", 1), ("http_proxy", 1), ("https_proxy", 0)):
            result = self.racesim("run", *JANUARY, "--master-data-dir", MASTER, "--dry-run", "--api-endpoint",
                                  "http://receiver.example/play", env={variable: "http://proxy.example:3128"})
            self.assert_code(result, 0)
            self.assertEqual(result.stderr.count("is set and not used"), told, variable)


class Paths(Workdir):
    def test_folders_that_take_no_files(self):
        result = self.play("--sink", "file:/proc/x")
        self.assert_refused(result, "create /proc/x: the file system of /proc accepts no new files", code=1)
        result = self.racesim("generate-master", "--output-dir", "/proc/xx")
        self.assert_refused(result, "create directory /proc/xx: the file system of /proc accepts no new files", code=1)

    def test_sink_below_a_regular_file(self):
        self.write("plain", "")
        self.assert_refused(self.play("--sink", "file:plain/events.ndjson"), "plain/events.ndjson", code=1)

    def test_missing_master_data(self):
        result = self.racesim("run", *JANUARY)
        self.assert_refused(result, "error: no master data in data/master/ (songs, users, locations)\n",
                            "  create it: racesim generate-master --output-dir data/master/\n", code=3)

    def test_master_data_of_other_programs_stay(self):
        for name in ("songs", "users", "locations"):
            text = open(f"{MASTER}{name}.csv", encoding="utf-8").read()
            self.write(f"m/{name}.csv", text if name != "users" else text.replace(",", ";"))
        result = self.racesim("run", *JANUARY, "--master-data-dir", "m/")
        self.assert_refused(result, "error: m/users.csv:1: header: separated by semicolons; commas are read\n",
                            "generate-master --output-dir m-generated ", code=3)
        self.assertNotIn("--force", result.stderr)

    def test_songs_that_are_never_released(self):
        for name in ("songs", "users", "locations"):
            text = open(f"{MASTER}{name}.csv", encoding="utf-8").read()
            self.write(f"m/{name}.csv", text)
        head, song = open(f"{MASTER}songs.csv", encoding="utf-8").read().splitlines()[:2]
        self.write("m/songs.csv", f"{head}\n{song[:-len('2000-01-01')]}9999-12-31\n")
        self.assert_refused(self.racesim("run", *JANUARY, "--master-data-dir", "m"),
                            "error: no song of the master data is ever released\n",
                            "the earliest release_date is 9999-12-31", code=2)

    def test_broken_master_data(self):
        for name in ("songs", "users", "locations"):
            text = open(f"{MASTER}{name}.csv", encoding="utf-8").read()
            self.write(f"m/{name}.csv", text if name != "users" else text + "not,a,user\n")
        result = self.racesim("run", *JANUARY, "--master-data-dir", "m")
        self.assert_refused(result, "users.csv:5002", code=3)

    def test_summary_export_is_opened_before_the_run(self):
        self.write("plain", "")
        self.assert_refused(self.play("--summary-export", "plain/summary.json"), "plain/summary.json", code=1)


if __name__ == "__main__":
    unittest.main()
