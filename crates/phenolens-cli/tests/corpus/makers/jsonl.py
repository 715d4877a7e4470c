"""One JSON object per line."""

import json

from .common import *


def make(corpus):
    usual(corpus)
    set_aside(corpus)
    kept(corpus)
    not_json(corpus)
    not_objects(corpus)
    ids(corpus)
    packed(corpus, "jsonl/packed.jsonl", lines().encode())
    many = lines().encode() + b'{"class":"a","subject":"s","sample":"i","vector":[1,1,1,1]}\n' * 400_000
    corpus.error("jsonl/bomb.jsonl.gz", gz(many), EXPANSION, REFUSED + "expansion over 100-fold above 16 MiB")


def objects(rows=None, triple=TRIPLES[0], field="vector"):
    rows = good_rows() if rows is None else rows
    return [{**dict(zip(triple, ids)), field: vector} for ids, vector in rows]


def lines(rows=None, **more):
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects(rows, **more))


def with_line(line):
    return lines() + line + "\n"


def with_vector(text):
    """A seventh line with this text for its vector."""
    return with_line('{"class": "brachy", "subject": "s5", "sample": "i7", "vector": ' + text + "}")


def usual(corpus):
    policy = CONTRACT + "one object per line with the three ids and vector (or the only array field)"
    corpus.ok("jsonl/plain.jsonl", lines(), policy)
    corpus.ok("jsonl/crlf.jsonl", lines().replace("\n", "\r\n"), policy)
    corpus.ok("jsonl/named-json.json", lines(), policy)
    corpus.ok("jsonl/other-field.jsonl", lines(field="embedding"), policy)
    turned = [dict(reversed(one.items())) for one in objects()]
    corpus.ok("jsonl/fields-in-other-order.jsonl", "".join(json.dumps(one) + "\n" for one in turned), policy)
    corpus.ok("jsonl/spaces.jsonl", lines().replace(",", " \t,  ").replace("{", " { "), policy)
    for triple in TRIPLES[1:]:
        corpus.ok(f"jsonl/{triple[0]}.jsonl", lines(triple=triple), HEADERS + "the triples are recognized")
    own = "--set data.class=dx --set data.subject=patient --set data.sample=photo --set data.vector=values"
    content = lines(triple=("dx", "patient", "photo"), field="values")
    corpus.ok("jsonl/own-names.jsonl", content, CONTRACT + "--set data.class=NAME", args=own)
    two = "".join(json.dumps({**one, "other": [1.5, 2.5]}) + "\n" for one in objects())
    corpus.ok("jsonl/two-arrays.jsonl", two, CONTRACT + "--set data.vector=NAME", args="--set data.vector=vector")
    none = "".join(json.dumps({k: v for k, v in one.items() if k != "subject"}) + "\n" for one in objects())
    corpus.ok("jsonl/no-subject.jsonl", none, HEADERS + "data without subjects", args="--set data.subject=none")
    corpus.again("jsonl/no-subject.jsonl", "", "error", HEADERS + "data without subjects", error="subject")
    corpus.again("jsonl/plain.jsonl", "--format jsonl", "ok", CONTRACT + "--format", rows=6, used=6)
    corpus.again("jsonl/plain.jsonl", "--format csv", "error", CONTRACT + "--format",
                 error="column|header|field|quot|class")
    escaped = lines().replace("ataxia", "\\u0061\\u00e9\\ud83d\\ude00\\/\\n")
    corpus.ok("jsonl/escapes.jsonl", escaped, policy)


def set_aside(corpus):
    no_vector = "a well-formed value that is no usable vector: "
    for name, text, codes, policy in [
        ("null", "null", "missing_vector|unusable_vector", no_vector + "None"),
        ("text", '"0.5 0.25"', "unusable_vector", no_vector + "text"),
        ("number", "0.5", "unusable_vector", no_vector + "a number"),
        ("booleans", "[true, false, true, true]", "unusable_vector", no_vector + "a list of booleans"),
        ("texts", '["0.5", "0.5", "0.5", "0.5"]', "unusable_vector", no_vector + "a list of text"),
        ("hole", "[0.5, null, 0.5, 0.5]", "unusable_vector", no_vector + "a list with a hole"),
        ("matrix", "[[0.5, 0.5], [0.5, 0.25]]", "unusable_vector", no_vector + "a matrix"),
        ("empty", "[]", "empty_vector|unusable_vector", no_vector + "an empty array"),
        ("1e400", "[0.5, 1e400, 0.5, 0.5]", "not_finite", "too large for 32 bits"),
        ("1e39", "[0.5, -1e39, 0.5, 0.5]", "not_finite", "too large for 32 bits"),
        ("huge-exponent", "[0.5, 1e99999999999999999999, 0.5, 0.5]", "not_finite", "too large for 32 bits"),
        ("zeros", "[0.0, -0, 0e7, -0.0]", "zero_vector", "zero vector"),
        ("longer", "[0.5, 0.5, 0.5, 0.5, 0.25]", "wrong_length", "other length than the majority"),
        ("shorter", "[0.5]", "wrong_length", "other length than the majority"),
    ]:
        corpus.aside(f"jsonl/aside-{name}.jsonl", with_vector(text), codes, policy)
    halves = [(i, v if n % 2 else v[:3]) for n, (i, v) in enumerate(good_rows())]
    corpus.error("jsonl/no-majority.jsonl", lines(halves), "majority", REFUSED + "no majority length")
    nothing = lines([(i, None) for i in IDS])
    corpus.error("jsonl/all-null.jsonl", nothing, "usable|no |nothing", REFUSED + "nothing usable")


def kept(corpus):
    policy = "in text formats numbers are simply parsed as decimal"
    corpus.ok("jsonl/17-digits.jsonl", lines([(i, [x + 0.1 for x in v]) for i, v in good_rows()]), policy)
    long = f"[0.5{'0' * 5000}, -0.25, 125{'0' * 5000}e-5002, 0.75]"
    corpus.ok("jsonl/5000-digits.jsonl", with_vector(long), policy, rows=7)
    tiny = "[1.25, 1e-99999999999999999999, -1.75, 0.25]"
    corpus.ok("jsonl/tiny-exponent.jsonl", with_vector(tiny), policy, rows=7)
    scales = HEADERS + "extreme scales (1e30, 1e-30, an offset of 1e6) work"
    scaled = lines([(i, [x * 1e30 for x in v]) for i, v in good_rows()])
    corpus.findings("jsonl/scale-1e30.jsonl", scaled, "extreme_magnitude", scales)
    blank = lines(rows_with(GOOD, ("brachy", "s5", "")))
    corpus.findings("jsonl/empty-id.jsonl", blank, "empty_id", KEPT + "an empty id", rows=7)
    similar = lines(rows_with(GOOD, ("brachy", "s5", "I1")))
    corpus.findings("jsonl/ids-by-case.jsonl", similar, "similar_ids", KEPT + "ids that differ only by case",
                    rows=7)
    equal = lines(rows_with(VECTORS[0]))
    corpus.findings("jsonl/duplicate.jsonl", equal, "duplicate_vectors", KEPT + "exact and near duplicates",
                    rows=7)


def not_json(corpus):
    policy = REFUSED + "malformed encoding"
    words = "line 7|row 7|byte|row 6"
    good = json.dumps(objects(rows_with(GOOD))[6])
    for name, line in {
        "trailing-comma": good[:-1] + ",}",
        "trailing-comma-in-array": good.replace("0.25]", "0.25,]"),
        "no-comma": good.replace(",", "", 1),
        "single-quotes": good.replace('"', "'"),
        "names-without-quotes": good.replace('"class"', "class"),
        "comment": good + " // a remark",
        "two-objects": good + " " + good,
        "bytes-after": good + "x",
        "cut": good[:-5],
        "open-text": good[:12],
        "control-character": good.replace("brachy", "bra\tchy"),
        "bad-escape": good.replace("brachy", "bra\\x41chy"),
        "short-escape": good.replace("brachy", "bra\\u12"),
        "lone-surrogate": good.replace("brachy", "\\ud800"),
        "lone-low-surrogate": good.replace("brachy", "\\udc00"),
        "surrogates-turned": good.replace("brachy", "\\ude00\\ud83d"),
        "leading-zero": good.replace("0.5", "01"),
        "plus": good.replace("0.5", "+1"),
        "no-digit-before": good.replace("0.5", ".5"),
        "no-digit-after": good.replace("0.5", "1."),
        "hexadecimal": good.replace("0.5", "0x10"),
        "underscore": good.replace("0.5", "1_000"),
        "only-minus": good.replace("0.5", "-"),
        "wrong-word": good.replace("0.5", "nul"),
        "nul": good.replace("brachy", "bra\0chy"),
    }.items():
        corpus.error(f"jsonl/{name}.jsonl", with_line(line), words, policy)
    duplicate = good.replace('"subject"', '"class"')
    twice = good[:-1] + ', "class": "brachy"}'
    words = "twice|duplicate|repeat"
    corpus.error("jsonl/key-twice.jsonl", with_line(twice), words, REFUSED + "duplicate keys")
    corpus.error("jsonl/vector-twice.jsonl", with_line(good[:-1] + ', "vector": [0.5, 0.5, 0.5, 0.25]}'), words,
                 REFUSED + "duplicate keys")
    corpus.error("jsonl/key-for-another.jsonl", with_line(duplicate), words + "|subject", REFUSED + "duplicate keys")
    policy = REFUSED + "malformed encoding"
    not_text = lines().encode() + good.encode().replace(b"brachy", b"bra\xffchy") + b"\n"
    corpus.error("jsonl/not-utf8.jsonl", not_text, "utf-8|latin", policy)
    corpus.error("jsonl/utf-16.jsonl", lines().encode("utf-16"), "utf-16|utf-8|format|byte", policy)
    policy = REFUSED + "nesting over 32"
    n = 100_000
    words = "nest|deep|recursion|depth"
    corpus.error("jsonl/100000-brackets.jsonl", with_vector("[" * n + "]" * n), words, policy)
    corpus.error("jsonl/100000-open-brackets.jsonl", with_vector("[" * n), words + "|" + CUT, policy)
    corpus.error("jsonl/100000-braces.jsonl", with_line('{"a":' * n + "1" + "}" * n), words, policy)
    corpus.error("jsonl/only-brackets.jsonl", "[" * n, words + "|object|format|array", policy)
    corpus.error("jsonl/40-brackets.jsonl", with_vector("[" * 40 + "0.5" + "]" * 40), words, policy)


def not_objects(corpus):
    policy = CONTRACT + "one object per line"
    words = "object|line|format"
    for name, line in {"array": "[1.5, 2.5]", "number": "5", "text": '"abc"', "null": "null"}.items():
        corpus.error(f"jsonl/line-of-{name}.jsonl", with_line(line), words, policy)
    corpus.error("jsonl/top-array.json", json.dumps(objects()), words + "|array", policy)
    corpus.error("jsonl/top-array-of-lines.json", json.dumps(objects(), indent=1), words + "|array", policy)
    nested = {"ataxia": {"s1": {"i1": VECTORS[0]}}}
    corpus.error("jsonl/top-mapping.json", json.dumps(nested) + "\n", words + "|class|field", policy)
    pretty = "".join(json.dumps(one, indent=2) + "\n" for one in objects())
    corpus.error("jsonl/objects-over-lines.jsonl", pretty, words, policy)
    corpus.error("jsonl/empty.jsonl", "", "empty|0 bytes", REFUSED + "nothing usable")
    two = "".join(json.dumps({**one, "other": [1.5, 2.5]}) + "\n" for one in objects())
    two = two.replace("vector", "values")
    corpus.error("jsonl/which-array.jsonl", two, "data.vector|vector|array", CONTRACT + "the only array field")


def ids(corpus):
    policy = REFUSED + "a key that is neither text nor integer"
    good = json.dumps(objects(rows_with(GOOD))[6])
    for name, text in {
        "boolean": "true",
        "null": "null",
        "float": "1.5",
        "array": '["brachy"]',
        "object": '{"a": 1}',
    }.items():
        line = good.replace('"brachy"', text)
        corpus.error(f"jsonl/id-{name}.jsonl", with_line(line), "class|line 7|id", policy)
    for missing in TRIPLES[0]:
        one = objects(rows_with(GOOD))[6]
        del one[missing]
        corpus.error(f"jsonl/line-without-{missing}.jsonl", with_line(json.dumps(one)), missing,
                     HEADERS + "the triples")
    long = lines(rows_with(GOOD, ("x" * 4097, "s", "i")))
    corpus.error("jsonl/id-of-4097-bytes.jsonl", long, "4096|4097|long", REFUSED + "an id over 4,096 bytes")
    numbers = dict(zip(sorted(set(sum(IDS, ()))), range(1, 13)))
    rows = [([numbers[text] for text in i], v) for i, v in good_rows()]
    corpus.ok("jsonl/integer-ids.jsonl", lines(rows), HEADERS + "ids stay as they are")
    nasty = good.replace("brachy", "\\u001b[31m\\u202e").replace("0.25]", "0.25,]")
    corpus.error("jsonl/escapes-before-error.jsonl", with_line(nasty), "line 7|row 7|byte",
                 "errors: quoted input escaped")
