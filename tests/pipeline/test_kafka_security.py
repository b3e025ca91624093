"""Goal: racesim run and verify work with a broker that asks for TLS and SASL; a wrong password, a wrong authority and a
missing right each end soon with an error that names it; and no secret is ever shown.
Method: the real binary, a real broker with a SASL_SSL listener (a certificate of the test's own authority, PLAIN) and
Kafka's StandardAuthorizer."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from kafka_broker import Broker, FolderTest, RUN_SECONDS_MAX, free_ports, require, run  # noqa: E402

RACE = ("run", "--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T14:00:10Z")
EVENTS = 20_000
CONTROLLER_APART = 10_000  # as scripts/kafka/start has it
PASSWORDS = {"writer": "wr1ter-s3cret", "reader": "re4der-s3cret", "stranger": "str4nger-s3cret"}
ACLS = "org.apache.kafka.tools.AclCommand"
broker = None


def setUpModule():
    require()
    if shutil.which("openssl") is None:
        raise unittest.SkipTest("openssl is missing: scripts/install-packages test")
    global broker
    broker = SecureBroker()
    broker.start()
    broker.make_topic("open", 3)
    # Who may write may see it too.
    for user, topic, operations in (("writer", "open", ("Write", "Read")), ("reader", "open", ("Read",)),
                                    ("writer", "mine", ("Describe",))):
        broker.tool(ACLS, "--add", "--allow-principal", f"User:{user}", "--topic", topic,
                    *(part for operation in operations for part in ("--operation", operation)))


def tearDownModule():
    if broker is not None:
        broker.remove()


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                   timeout=RUN_SECONDS_MAX)


def make_authority(folder, name):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout",
            folder / f"{name}.key", "-out", folder / f"{name}.pem")
    return folder / f"{name}.pem"


class SecureBroker(Broker):
    """Its plain listener belongs to the test, which may do everything there; racesim gets the other one."""

    def __init__(self):
        self.secrets = pathlib.Path(tempfile.mkdtemp(prefix="racesim-kafka-tls-"))
        self.authority = make_authority(self.secrets, "authority")
        self.other_authority = make_authority(self.secrets, "other")
        plain, secure = free_ports(2, CONTROLLER_APART)
        self.secure = f"127.0.0.1:{secure}"
        users = " ".join(f'user_{user}="{password}"' for user, password in PASSWORDS.items())
        settings = {
            "listeners": f"PLAINTEXT://127.0.0.1:{plain},CONTROLLER://127.0.0.1:{plain + CONTROLLER_APART},"
                         f"SASL_SSL://{self.secure}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{plain},SASL_SSL://{self.secure}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl_ssl.plain.sasl.jaas.config":
                f"org.apache.kafka.common.security.plain.PlainLoginModule required {users};",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": self.certificate(),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        }
        options = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
        super().__init__("--port", plain, *options)

    def certificate(self):
        """Key and certificate for 127.0.0.1 in one file."""
        key, request, signed, both = (self.secrets / name for name in ("b.key", "b.csr", "b.crt", "broker.pem"))
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", request)
        names = self.secrets / "names"
        names.write_text("subjectAltName=IP:127.0.0.1\n")
        openssl("x509", "-req", "-in", request, "-CA", self.authority, "-CAkey", self.secrets / "authority.key",
                "-CAcreateserial", "-days", "2", "-extfile", names, "-out", signed)
        both.write_text(key.read_text() + signed.read_text())
        return both

    def remove(self):
        super().remove()
        shutil.rmtree(self.secrets, ignore_errors=True)


class SecurityTest(FolderTest):
    def properties(self, user, authority=None):
        settings = {"security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.username": user,
                    "ssl.ca.location": authority or broker.authority}
        return [part for key, value in settings.items() for part in ("-X", f"{key}={value}")]

    def secure(self, *arguments, user="writer", password=None, authority=None, code=0):
        """racesim at the secure listener; whatever it says and writes holds no password."""
        password = PASSWORDS[user] if password is None else password
        done = run(*arguments, "--brokers", broker.secure, *self.properties(user, authority), cwd=self.folder,
                   environment={"RACESIM_PROPERTY": f"sasl.password={password}"})
        self.assertEqual(done.returncode, code, done.stderr.decode())
        self.no_secret_in(done.stdout + done.stderr, password)
        for path in self.folder.iterdir():
            if path.name != "racesim.toml":
                self.no_secret_in(path.read_bytes(), password)
        return done

    def no_secret_in(self, text, password):
        for secret in (*PASSWORDS.values(), password):
            self.assertNotIn(secret.encode(), text)

    def refused(self, *texts, topic="open", **more):
        """A run that is refused, with the reason and a remedy."""
        done = self.secure(*RACE, "--topic", topic, **more)
        self.assertTrue(done.stderr.startswith(b"error: "), done.stderr)
        self.assertIn(b"\n  ", done.stderr)
        for text in texts:
            self.assertIn(text, done.stderr)
        return done

    def test_delivered_and_verified(self):
        self.secure(*RACE, "--topic", "open", "--manifest", "m.json", "--summary-export", "s.json", "--checkpoint", "at",
                    "-vv", "--log-level", "trace")
        self.assertEqual(json.loads((self.folder / "s.json").read_text())["acked"], EVENTS)
        self.assertEqual(broker.count("open", 3), EVENTS)
        for user in ("writer", "reader"):
            done = self.secure("verify", "--manifest", "m.json", "--against", "kafka", user=user)
            self.assertIn(b"VERIFIED 20,000 / 20,000", done.stdout)
        wrong = self.secure("verify", "--manifest", "m.json", "--against", "kafka", password="wr0ng", code=2)
        self.assertIn(b"Authentication failed", wrong.stderr)
        wrong = self.secure("verify", "--manifest", "m.json", "--against", "kafka", authority=broker.other_authority,
                            code=2)
        self.assertIn(b"certificate", wrong.stderr)
        self.secure("verify", "--manifest", "m.json", "--against", "kafka", user="stranger", code=2)

    def test_settings_in_a_file(self):
        lines = [f'"{key}"' for key in self.properties("writer")[1::2]]
        lines.append(f'"sasl.password={PASSWORDS["writer"]}"')
        (self.folder / "racesim.toml").write_text(f"[run]\nproperty = [{', '.join(lines)}]\n")
        for more in ((), ("-X", "linger.ms=7")):
            before = broker.count("open", 3)
            done = run(*RACE, *more, "--volume", "1000", "--topic", "open", "--brokers", broker.secure, cwd=self.folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(broker.count("open", 3), before + 1000)
        for command in (("config", "show", "--origin"), ("config", "show", "--json"), (*RACE, "--dry-run"),
                        (*RACE, "--dry-run", "--json")):
            shown = run(*command, cwd=self.folder)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.no_secret_in(shown.stdout + shown.stderr, PASSWORDS["writer"])

    def test_dry_run_shows_no_secret(self):
        self.secure(*RACE, "--topic", "open", "--dry-run")
        self.secure(*RACE, "--topic", "open", "--dry-run", "--json")

    def test_a_wrong_password(self):
        self.refused(b"Authentication failed", b"sasl.", password="wr0ng-s3cret", code=2)

    def test_a_wrong_authority(self):
        self.refused(b"certificate", b"ssl.ca.location", authority=broker.other_authority, code=2)

    def test_an_authority_that_is_not_there(self):
        self.refused(b"ssl.ca.location", authority=self.folder / "none.pem", code=2)

    def test_no_tls_at_all(self):
        done = run(*RACE, "--topic", "open", "--brokers", broker.secure, cwd=self.folder)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(b"security.protocol", done.stderr)

    def test_a_user_who_may_not_write(self):
        before = broker.count("open", 3)
        done = self.refused(b"authorization failed", b"Write", user="reader", code=2)
        self.assertNotIn(b"Traceback", done.stderr)
        self.assertEqual(broker.count("open", 3), before)
        self.expect_letters_complete()

    def test_a_user_who_may_not_even_see_it(self):
        self.refused(b"does not allow this user to see topic open", b"Describe and Write", user="stranger", code=2)

    def test_a_topic_that_may_not_be_made(self):
        self.refused(b"has no topic mine", b"--create-topics", topic="mine", code=2)
        done = self.secure(*RACE, "--topic", "mine", "--create-topics", code=2)
        self.assertIn(b"create topic mine: ", done.stderr)
        self.assertIn(b"authorization failed", done.stderr.lower())
        self.assertIn(b"grant this user Create", done.stderr)

    def expect_letters_complete(self):
        """What was made and not taken is kept."""
        letters = (self.folder / "dead-letter.ndjson").read_text().splitlines()
        self.assertGreater(len(letters), 0)
        for letter in letters:
            self.assertEqual(json.loads(letter)["persisted"], "no")

    def test_secrets_stay_off_the_command_line(self):
        done = run(*RACE, "-X", "sasl.password=s3cret-0n-line", "--brokers", broker.secure, cwd=self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertNotIn(b"s3cret-0n-line", done.stderr + done.stdout)
        done = run("verify", "--manifest", "m", "--against", "kafka", "-X", "sasl.password=s3cret-0n-line",
                   cwd=self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"every user of this machine can see", done.stderr)
        self.assertNotIn(b"s3cret-0n-line", done.stderr + done.stdout)


if __name__ == "__main__":
    unittest.main()
