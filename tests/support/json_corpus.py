#!/usr/bin/env python3
"""JSON texts written from the grammar of RFC 8259, with what is to become of each: valid ones, invalid ones, and those
where the RFC leaves it to the reader.

Usage: tests/support/json_corpus.py > tests/support/json_corpus.tsv

The verdicts come from a recogniser written line by line from the RFC's ABNF, plain and slow, and from decisions that
docs/formats/json.md states where the RFC has none. Columns of a line: name, text (hex), verdict of the text alone and
inside {"extra":TEXT}, what the text is worth as speed_kmh (tenths, or -), as a string (hex, or -), and why.
Verdicts: valid, invalid; taken, refused (the RFC leaves it open, this is what racesim does).
"""

import dataclasses
import decimal
import itertools
import json
import re
import sys

DEPTH_LIMIT = 64
MARK = b"\xef\xbb\xbf"
NUMBER = re.compile(rb"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
ESCAPE = re.compile(rb'\\(["\\/bfnrt]|u[0-9a-fA-F]{4})')
SPACE = b" \t\n\r"


class Invalid(Exception):
    pass


class Recogniser:
    """RFC 8259, section 2 to 7. Notes what the RFC leaves open."""

    def __init__(self, text):
        self.text, self.at, self.open, self.depth, self.deepest = text, 0, set(), 0, 0

    def run(self):
        try:
            self.text.decode("utf-8")
        except UnicodeDecodeError:
            raise Invalid("not UTF-8") from None
        self.space()
        self.value()
        self.space()
        if self.at != len(self.text):
            raise Invalid("text behind the value")
        if self.deepest > DEPTH_LIMIT:
            self.open.add("depth")

    def peek(self):
        return self.text[self.at:self.at + 1]

    def space(self):
        while self.peek() and self.peek() in SPACE:
            self.at += 1

    def take(self, token, what):
        if not self.text.startswith(token, self.at):
            raise Invalid(f"{what} is missing")
        self.at += len(token)

    def value(self):
        first = self.peek()
        if first == b"{":
            self.container(b"}", self.member)
        elif first == b"[":
            self.container(b"]", self.value)
        elif first == b'"':
            self.string()
        elif first in (b"t", b"f", b"n"):
            self.take({b"t": b"true", b"f": b"false", b"n": b"null"}[first], "a word")
        else:
            number = NUMBER.match(self.text, self.at)
            if not number:
                raise Invalid("a value is missing")
            self.at = number.end()

    def container(self, end, item):
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)
        self.at += 1
        self.space()
        keys = []
        if self.peek() != end:
            while True:
                keys.append(item())
                self.space()
                if self.peek() == end:
                    break
                self.take(b",", "a comma")
                self.space()
        self.at += 1
        self.depth -= 1
        if end == b"}" and len(set(keys)) < len(keys):
            self.open.add("repeated key")

    def member(self):
        if self.peek() != b'"':
            raise Invalid("a key is missing")
        key = self.string()
        self.space()
        self.take(b":", "a colon")
        self.space()
        self.value()
        return key

    def string(self):
        begin = self.at
        self.at += 1
        while True:
            byte = self.peek()
            if byte == b'"':
                break
            if not byte or byte[0] < 0x20:
                raise Invalid("a string with a control character, or without an end")
            if byte == b"\\":
                escape = ESCAPE.match(self.text, self.at)
                if not escape:
                    raise Invalid("an impossible escape")
                self.at = escape.end()
            else:
                self.at += 1
        self.at += 1
        text = json.loads(self.text[begin:self.at])
        if re.search("[\ud800-\udfff]", text):
            self.open.add("half a surrogate pair")
        return text


OPEN = {
    "repeated key": "refused",
    "half a surrogate pair": "refused",
    "depth": "refused",
    "byte order mark": "taken",
}


def judge(text):
    """(verdict, why) of a text."""
    reader = Recogniser(text)
    marked = text.startswith(MARK)
    if marked:
        reader = Recogniser(text[len(MARK):])
    try:
        reader.run()
    except Invalid as error:
        return "invalid", str(error)
    reasons = reader.open | ({"byte order mark"} if marked else set())
    if not reasons:
        return "valid", ""
    verdicts = {OPEN[reason] for reason in reasons}
    return ("refused" if "refused" in verdicts else "taken"), ", ".join(sorted(reasons))


def judge_inside(text):
    record = b'{"extra":' + text + b"}"
    return judge(record)[0]


def as_speed(text):
    """Tenths of km/h, exactly, or None: not a number, or not one that the column holds."""
    plain = text.strip(SPACE)
    if not NUMBER.fullmatch(plain):
        return None
    with decimal.localcontext() as context:
        context.prec = 2000
        context.Emax, context.Emin = decimal.MAX_EMAX, decimal.MIN_EMIN
        try:
            value = decimal.Decimal(plain.decode()) * 10
            if not 0 <= value <= 65535 or value != value.to_integral_value():
                return None
        except decimal.DecimalException:
            return None
        return int(value)


def as_string(text):
    plain = text.strip(SPACE)
    if not plain.startswith(b'"') or judge(text)[0] != "valid":
        return None
    value = json.loads(plain)
    return None if not isinstance(value, str) or "\0" in value else value.encode()


@dataclasses.dataclass
class Case:
    name: str
    text: bytes

    def line(self):
        verdict, why = judge(self.text)
        speed, string = as_speed(self.text), as_string(self.text)
        return "\t".join([self.name, self.text.hex(), verdict, judge_inside(self.text),
                          "-" if speed is None else str(speed), "-" if string is None else string.hex(), why])


def numbers():
    for sign, whole, fraction, exponent in itertools.product(
            ("", "-"), ("0", "7", "120"), ("", ".0", ".5", ".250"), ("", "e0", "E+1", "e-1")):
        yield Case("number", (sign + whole + fraction + exponent).encode())
    for text in ("00", "01", "-01", "-", "+1", "++1", "-+1", "--1", "1.", ".1", "-.1", "1.e1", "1e", "1e+", "1E-", "1e1.0",
                 "1e1e1", "1.1.1", "0x10", "0b1", "1_000", "1,000", "1 000", "Infinity", "-Infinity", "NaN", "nan", "inf",
                 "0e", "1f", "1L", "1/2", "$1", "1%", "٣", "１", "0.1.", "- 1", "1 .5", "1. 5", "1 e5", "0a", "00.5", "1e 5"):
        yield Case("no number", text.encode())


def number_edges():
    """J2: what a double, or 64 bits, would change without a word."""
    for text in ("-0", "-0.0", "0e400", "-0e-400", "1e400", "-1e400", "1e-400", "4e-7", "9007199254740991",
                 "9007199254740992", "9007199254740993", "9007199254740993.0", "9223372036854775807",
                 "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
                 "18446744073709551616", "12345678901234567890", "99999999999999999999", "1" + "0" * 30, "1" * 400,
                 "0." + "0" * 400 + "1", "0." + "3" * 400, "1e999999999999", "1e-999999999999", "6553.5", "6553.6", "6553.50",
                 "6553.500000000000000000000", "6553.5000000000000000001", "65535e-1", "655350e-2", "6.5535e3", "0.65535e4",
                 "0.1", "0.10", "0.05", "0.15", "1e-1", "10e-1", "1e-2", "100e-1", "301.2", "301.20", "301.25", "3012e-1",
                 "0.30000000000000004", "5e-324", "1.7976931348623157e308", "1.7976931348623159e308", "2.2250738585072011e-308",
                 "0.0", "0.00", "0e0", "6554", "65535", "-0.1", "123456789012.1", "1e3", "1E3", "1e+3"):
        yield Case("number edge", text.encode())


def strings():
    for inside in ('', 'a', 'plain words', '/', '\\/', '\\"', '\\\\', '\\b', '\\f', '\\n', '\\r', '\\t', '\\u0041', '\\u00e9',
                   '\\u00E9', '\\u20ac', '\\u0000', '\\u001f', '\\uffff', '\\ud83d\\ude00', '\\uD83D\\uDE00', '\\udbff\\udfff',
                   'é', '€', '\U0001f600', '\x7f', '\u0080', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\uffff', '\U00010000',
                   '\U0010ffff', '\u2028', '\ufeff', '{', '}', '[', ']', ',', ':', '\\\\n', '\\\\\\"', "'", 'null'):
        yield Case("string", b'"' + inside.encode() + b'"')
    for inside in ('\\', '\\x41', '\\u', '\\u1', '\\u12', '\\u123', '\\u12g4', '\\U0041', '\\a', '\\v', '\\0', "\\'", '\\ ',
                   '\\u 123', '\\u+123', '"', 'a"b', '\\é', '\\u00e', '\\N'):
        yield Case("no string", b'"' + inside.encode() + b'"')
    for byte in range(0x20):
        yield Case("control character", b'"a' + bytes([byte]) + b'b"')
    for inside in (r'\ud800', r'\udc00', r'\ud800\ud800', r'\udc00\ud800', r'\ud800a', r'\ud800\u0041', r'\ud83d \ude00',
                   r'a\udfff'):
        yield Case("half a surrogate pair", b'"' + inside.encode() + b'"')
    for inside in (b"\x80", b"\xbf", b"\xff", b"\xfe", b"\xc0\x80", b"\xc1\xbf", b"\xc0\xaf", b"\xe0\x80\x80", b"\xe0\x9f\xbf",
                   b"\xf0\x80\x80\x80", b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xed\xa0\x80",
                   b"\xed\xbf\xbf", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xc3\x28", b"\xe2\x28\xa1", b"\xf8\x88\x80\x80\x80",
                   b"caf\xe9", b"\xa4"):
        yield Case("not UTF-8", b'"' + inside + b'"')
    for text in (b'"', b'"a', b'a"', b"'a'", b"a", b'"a\\"', b'"\\u0041', b'"\\', b"\xe2\x80\x9ca\xe2\x80\x9d", b"`a`"):
        yield Case("no string", text)


def words():
    for text in (b"true", b"false", b"null"):
        yield Case("word", text)
    for text in (b"True", b"FALSE", b"Null", b"nul", b"nulll", b"tru", b"t", b"fals", b"falsey", b"undefined", b"None", b"yes",
                 b"truefalse", b"true false", b"true1", b"nan", b"*"):
        yield Case("no word", text)


# As tokens, so that each can be left out, doubled, or stand elsewhere.
DOCUMENTS = (
    ("[", "1", ",", "2", "]"),
    ("{", '"a"', ":", "1", "}"),
    ("{", '"a"', ":", "[", "]", ",", '"b"', ":", "{", "}", "}"),
    ("[", "[", "1", "]", ",", "{", '"a"', ":", "null", "}", "]"),
)


def structures():
    for tokens in DOCUMENTS:
        for space in ("", " ", "\t", "\n", "\r", "\r\n", " \t\n\r "):
            yield Case("structure", space.join(("", *tokens, "")).encode())
        for space in ("\f", "\v", "\u00a0", "\u2028", "\u2060", "//\n", "/**/", "#\n"):
            yield Case("no space", space.join(tokens).encode())
        for i, token in enumerate(tokens):
            yield Case("a token less", "".join(tokens[:i] + tokens[i + 1:]).encode())
            yield Case("a token twice", "".join(tokens[:i] + (token,) + tokens[i:]).encode())
            if i > 0:
                yield Case("tokens exchanged", "".join(tokens[:i - 1] + (token, tokens[i - 1]) + tokens[i + 1:]).encode())
    for text in ("[]", "{}", "[[]]", "[{}]", '{"a":{}}', '{"":0}', '[1,[2,[3,[4]]]]', '{"a":{"b":{"c":[]}}}', '[null,true,""]',
                 '{"a":1,"b":1}', '{"a":1,"A":1}', '[0]', '[-0]'):
        yield Case("structure", text.encode())
    for text in ("[", "]", "{", "}", ",", ":", "[]]", "[[]", "{}}", "{{}", "[}", "{]", "[1,]", "[,1]", "[,]", "[1,,2]", "[1;2]",
                 '{"a":1,}', '{,"a":1}', '{"a":1,,"b":2}', '{a:1}', "{'a':1}", '{1:1}', '{null:1}', '{"a"}', '{"a":}', '{"a" 1}',
                 '{"a":1 "b":2}', '{"a":1;"b":2}', '{"a"=1}', '{"a"::1}', '{"a":1:2}', '{:1}', '[1 2]', '["a" "b"]', '[1}',
                 '{"a":1]', "[]1", "{}[]", "1 2", '"a""b"', '{"a":[}', "[1:2]", '["a":1]', '{["a"]:1}', '{"a":1', "[1",
                 "(1)", "<a>", "...", "[...]", "[1,2", '{"a":b}'):
        yield Case("no structure", text.encode())
    for text in ('{"a":1,"a":2}', '{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '[{"b":0,"b":0}]', '{"a":{"b":1,"c":2,"b":3}}', '{"":1,"":2}',
                 '{"/":1,"\\/":2}', '{"a":1,"b":2,"c":{"d":[{"e":1,"f":2,"e":3}]}}'):
        yield Case("repeated key", text.encode())


def surroundings():
    for text in (b"\xef\xbb\xbf1", b'\xef\xbb\xbf{"a":1}', b"\xef\xbb\xbf[]"):
        yield Case("byte order mark", text)
    for text in (b"\xef\xbb1", b"\xfe\xff\x001", b"\xff\xfe1\x00", b"1\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf1", b"\xef\xbb\xbf"):
        yield Case("no byte order mark", text)
    for text in (b"1\x00", b"\x001", b"[1]\x00", b'{"a":1}\x00\x00', b"[1\x00]", b'{"a\x00":1}', b"nu\x00ll", b"\x00", b"\x1a", b"1\x1a",
                 b"[1]\x04", b"\x0c1", b"\x1e1"):
        yield Case("stray byte", text)
    for depth in (2, 32, 60, 62, 63, 64, 65, 66, 100, 200):
        yield Case("depth", b"[" * depth + b"]" * depth)
        yield Case("depth", b'{"a":' * depth + b"0" + b"}" * depth)
    yield Case("depth", b"[" * 65)
    yield Case("depth", b"[" * 65 + b"]" * 64)


def corpus():
    """All cases, each text once."""
    seen = {}
    for make in (numbers, number_edges, strings, words, structures, surroundings):
        for case in make():
            seen.setdefault(case.text, case)
    return list(seen.values())


def main():
    sys.stdout.write("".join(case.line() + "\n" for case in corpus()))


if __name__ == "__main__":
    main()
