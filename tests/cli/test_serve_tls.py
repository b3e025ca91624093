"""Goal: `serve --cert --key` speaks https and wss with all that it does over http, holds against clients that break TLS, and
says what is wrong with its files; so does `ingest --from http`. Method: certificates made by the openssl command, Python's ssl
as the client, which shares no code with the server.
"""

import json
import pathlib
import re
import socket
import ssl
import subprocess
import tempfile
import unittest

from serve_process import Service, WebSocket
from workdir import BINARY, HANG_S, MASTER, Workdir


def openssl(folder, *args):
    subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)


def make_files(folder):
    """An authority, a certificate of 127.0.0.1 that it signed, keys of it and of another one, a key with a passphrase."""
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    openssl(folder, "req", "-x509", *new_key, "-nodes", "-days", "2", "-subj", "/CN=authority", "-keyout", "ca.key",
            "-out", "ca.pem")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n", encoding="utf-8")
    openssl(folder, "req", *new_key, "-nodes", "-subj", "/CN=server", "-keyout", "server.key", "-out", "server.csr")
    openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
            "2", "-extfile", "names", "-out", "server.pem")
    openssl(folder, "req", *new_key, "-nodes", "-subj", "/CN=other", "-keyout", "other.key", "-out", "other.csr")
    openssl(folder, "ec", "-in", "server.key", "-aes128", "-passout", "pass:secret", "-out", "locked.key")


class TlsCase(Workdir):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.made = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.made.cleanup)
        cls.files = pathlib.Path(cls.made.name)
        make_files(cls.files)

    def file(self, name):
        return str(self.files / name)

    def serve(self, *options):
        service = Service(self.dir, "--cert", self.file("server.pem"), "--key", self.file("server.key"), *options,
                          trust=self.file("ca.pem"))
        self.addCleanup(service.cleanup)
        return service


class ServeTlsTest(TlsCase):
    def test_everything_works_over_tls(self):
        service = self.serve("--scenario", "fleet", "--vehicles", "400", "--rate-hz", "20", "--autostart")
        self.assertTrue(service.url.startswith("https://127.0.0.1:"), service.url)
        # An answer of many TLS records, and a page.
        items = service.until("/telemetry/recent?limit=2000", lambda body: len(body["items"]) == 2000)["items"]
        self.assertEqual(len({(i["vehicle_id"], i["seq"]) for i in items}), 2000)
        self.assertIn("<!doctype html>", service.ask("GET", "/dashboard")[2].lower())
        with WebSocket(service, "/ws?scenario=fleet") as live:
            self.assertEqual(live.message()["type"], "snapshot")
            seen = [live.message()["data"] for _ in range(2000)]
            by_vehicle = {}
            for event in seen:
                by_vehicle.setdefault(event["vehicle_id"], []).append(event["seq"])
            for seqs in by_vehicle.values():
                self.assertEqual(seqs, list(range(seqs[0], seqs[0] + len(seqs))), "each event, in order")
        self.assertEqual(service.stop(), 0)

    def test_thin_clients(self):
        service = self.serve()
        asked = ["--url", service.url, "--ca-file", self.file("ca.pem")]
        self.assertIn("idle", self.racesim("status", *asked).stdout)
        self.racesim("start", *asked, "--rate-hz", "5")
        self.assertIn("running", self.racesim("status", *asked).stdout)
        distrustful = self.racesim("status", "--url", service.url)
        self.assertEqual(distrustful.returncode, 1)
        self.assertIn("certificate", distrustful.stderr)

    def test_torn_records_and_pipelined_requests(self):
        """What a client sends arrives byte by byte: a record is taken when it is whole, and no sooner."""
        service = self.serve()
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = service.tls.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
        with socket.create_connection(("127.0.0.1", service.port), timeout=HANG_S) as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

            def trickle():
                for byte in outgoing.read():
                    plain.sendall(bytes([byte]))

            def until(call):
                while True:
                    try:
                        result = call()
                        trickle()
                        return result
                    except ssl.SSLWantReadError:
                        trickle()
                        piece = plain.recv(65536)
                        self.assertTrue(piece, "the server closed the connection")
                        incoming.write(piece)

            until(client.do_handshake)
            self.assertIn(client.version(), ("TLSv1.2", "TLSv1.3"))
            request = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            client.write(request + b"\r\n" + request + b"Connection: close\r\n\r\n")
            trickle()
            answer = b""
            while answer.count(b"HTTP/1.1 200") < 2 or not answer.endswith(b"\n"):
                answer += until(lambda: client.read(65536))
            self.assertEqual(answer.count(b"HTTP/1.1 200"), 2)

    def test_clients_that_break_tls(self):
        service = self.serve()
        # HTTP without TLS is answered in its own words.
        with socket.create_connection(("127.0.0.1", service.port), timeout=HANG_S) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            answer = b"".join(iter(lambda: plain.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 400 "), answer)
        self.assertEqual(int(re.search(rb"Content-Length: (\d+)", head).group(1)), len(body))
        self.assertIn("https://", json.loads(body)["detail"])
        # Other bytes, and half a handshake, only end their connection.
        for data in (b"\x16\x03\x01\xff\xff" + bytes(200), bytes(range(256)), b"\x16\x03\x01\x00\x05\x01"):
            with socket.create_connection(("127.0.0.1", service.port), timeout=HANG_S) as plain:
                plain.sendall(data)
                plain.shutdown(socket.SHUT_WR)
                while plain.recv(65536):
                    pass
        # Versions that were withdrawn.
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(self.file("ca.pem"))
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", service.port), timeout=HANG_S) as plain:
            with self.assertRaises(ssl.SSLError):
                old.wrap_socket(plain, server_hostname="127.0.0.1")
        self.assertEqual(service.get("/status")[1]["state"], "idle", "it goes on")

    def test_a_client_that_offers_http_2_gets_http_1(self):
        service = self.serve()
        service.tls.set_alpn_protocols(["h2", "http/1.1"])
        with service.connect() as client:
            self.assertEqual(client.selected_alpn_protocol(), "http/1.1")

    def test_what_is_wrong_with_the_files(self):
        def refused(certificate, key):
            files = (["--cert", self.file(certificate)] if certificate else []) + (["--key", self.file(key)] if key else [])
            refusal = self.racesim("serve", "--listen", "127.0.0.1:0", *files)
            self.assertEqual(refusal.returncode, 2, refusal.stderr)
            return refusal.stderr

        self.assertIn("--key FILE", refused("server.pem", None))
        self.assertIn("--cert FILE", refused(None, "server.key"))
        self.assertIn("No such file", refused("nowhere.pem", "server.key"))
        self.assertIn("names", refused("names", "server.key"))
        self.assertIn("other.key", refused("server.pem", "other.key"))
        self.assertIn("without a passphrase", refused("server.pem", "locked.key"))


class IngestTlsTest(TlsCase):
    def start_ingest(self):
        """The process and the address that it tells."""
        ingest = subprocess.Popen([BINARY, "ingest", "--no-config", "--from", "http", "--listen", "127.0.0.1:0", "--to",
                                   "sqlite:plays.db", "--cert", self.file("server.pem"), "--key", self.file("server.key")],
                                  cwd=self.dir, stderr=subprocess.PIPE, text=True)
        self.addCleanup(ingest.stderr.close)
        self.addCleanup(ingest.wait)
        self.addCleanup(ingest.kill)
        for line in ingest.stderr:
            if found := re.search(r"https://[^ ]+:\d+", line):
                return ingest, found.group(0)
        raise AssertionError("it told no address")

    def test_plays_are_stored(self):
        ingest, url = self.start_ingest()
        sent = self.racesim("run", "--scenario", "plays", "--historical", "--start-datetime", "2024-05-01T00:00:00Z",
                            "--end-datetime", "2024-05-01T06:00:00Z", "--volume", "200", "--posting-rate", "2000",
                            "--master-data-dir", MASTER, "--sink", "http", "--api-endpoint", url + "/play",
                            "--ca-file", self.file("ca.pem"), "-q")
        self.assertEqual(sent.returncode, 0, sent.stderr)
        ingest.terminate()
        ingest.communicate(timeout=HANG_S)
        self.assertEqual(ingest.returncode, 0)
        stored = self.racesim("query", "--db", "sqlite:plays.db", "SELECT count(*) FROM plays", "--format", "csv").stdout
        self.assertEqual(stored.split(), ["count(*)", "200"])


if __name__ == "__main__":
    unittest.main()
