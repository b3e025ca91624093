"""Goal: racesim's GraphQL executor answers as graphql-js does: the same data, as many errors at the same places, for good and
bad requests. Method: the same schema (printed by racesim, read by graphql-js) and the same data in both; the requests of
corpus.txt, and seeded random ones, valid and damaged. Messages are each service's own, so they are not compared."""

import json
import os
import pathlib
import unittest

import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from generator import Generator, Schema  # noqa: E402
from oracle import FOLDER, Oracle, difference  # noqa: E402

FULL = os.environ.get("RACESIM_FULL") == "1"
RANDOM_REQUESTS = 60_000 if FULL else 2_000
SEED = 16

# What editors would change or hide stands in corpus.txt as a word.
UNWRITTEN = {"<CR>": "\r", "<NUL>": "\0", "<BEL>": "\a", "<DEL>": "\x7f", "<BOM>": "\ufeff"}


def corpus():
    """Names and requests of corpus.txt, whose head says how it is written."""
    for part in (FOLDER / "corpus.txt").read_text(encoding="utf-8").rstrip("\n").split("\n--- ")[1:]:
        name, _, text = part.partition("\n")
        request = {}
        while text.startswith(("variables: ", "operation: ")):
            line, _, text = text.partition("\n")
            key, _, value = line.partition(": ")
            request["variables" if key == "variables" else "operationName"] = json.loads(value)
        for written, character in UNWRITTEN.items():
            text = text.replace(written, character)
        request["query"] = text
        yield name.strip(), request


class SameAnswers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.oracle = Oracle()
        cls.addClassCleanup(cls.oracle.close)

    def compare(self, names, requests):
        ours, theirs = self.oracle.answers(requests)
        wrong = []
        thrown = 0
        for name, request, own, other in zip(names, requests, ours, theirs):
            if "thrown" in other:
                thrown += 1
                continue
            what = difference(request["query"], own, other)
            if what:
                wrong.append(f"{name}: {what} differ\n{request['query']}\nvariables {json.dumps(request.get('variables'))}\n"
                             f"  ours   {json.dumps(own)[:1500]}\n  theirs {json.dumps(other)[:1500]}")
        if wrong:
            self.fail(f"{len(wrong)} of {len(requests)} differ\n" + "\n\n".join(wrong[:5]))
        self.assertLessEqual(thrown, len(requests) // 20)
        return ours

    def test_corpus(self):
        cases = list(corpus())
        self.assertGreaterEqual(len(cases), 200)
        answers = self.compare([name for name, _ in cases], [request for _, request in cases])
        # The names say what is expected, so that a corpus which both refuse as a whole would be noticed.
        for (name, request), answer in zip(cases, answers):
            self.assertEqual(name.startswith("bad"), "errors" in answer, f"{name}\n{request['query']}\n{answer}")

    def test_introspection(self):
        """A stock client's introspection query; from its answer the client builds the same schema."""
        query = self.oracle.run([*self.oracle.reference, "query"])
        ours = self.compare(["introspection"], [{"query": query}])[0]
        self.assertNotIn("errors", ours)
        schema = json.loads(self.oracle.run([*self.oracle.reference, "schema"], json.dumps(ours)))
        printed = self.oracle.sdl.read_text(encoding="utf-8").rstrip("\n")
        self.assertEqual(schema["problems"], [])
        self.assertEqual(schema["sdl"], printed)
        self.assertEqual(sorted(schema["client"].split("\n\n")), sorted(printed.split("\n\n")))

    def test_random(self):
        query = self.oracle.run([*self.oracle.reference, "query"])
        introspected = json.loads(self.oracle.run(self.oracle.ours, json.dumps({"query": query}) + "\n"))
        generator = Generator(Schema(introspected), SEED)
        valid = [generator.request() for _ in range(RANDOM_REQUESTS // 2)]
        answers = self.compare([f"valid {i}" for i in range(len(valid))], valid)
        with_data = sum("data" in answer for answer in answers)
        self.assertGreater(with_data, len(valid) // 4, "most of what should be valid was refused")
        damaged = [generator.damaged(request) for request in valid]
        self.compare([f"damaged {i}" for i in range(len(damaged))], damaged)


if __name__ == "__main__":
    unittest.main()
