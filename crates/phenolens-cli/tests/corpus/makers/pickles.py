"""Pickles as Python writes them."""

import collections
import datetime
import decimal
import io
import os
import pickle
import pickletools
import zipfile

import numpy as np

from .common import *


def make(corpus):
    usual(corpus)
    containers_and_ids(corpus)
    wrapped(corpus)
    stored_otherwise(corpus)
    set_aside(corpus)
    groups(corpus)
    odd_values(corpus)
    odd_ids(corpus)
    nothing_to_use(corpus)
    wrong_shape(corpus)
    unreal_types(corpus)
    keys(corpus)
    damaged(corpus)
    hostile_packing(corpus)


def nest(rows, kind=dict):
    data = kind()
    for (class_, subject, sample), vector in rows:
        subjects = data.setdefault(class_, kind())
        subjects.setdefault(subject, kind())[sample] = vector
    return data


def dump(rows, protocol=4):
    return pickle.dumps(nest(rows), protocol)


def arrays(rows, dtype="f4"):
    return [(ids, np.array(vector, dtype)) for ids, vector in rows]


def with_seventh(value, protocol=4):
    return dump([*arrays(good_rows()), (SEVENTH, value)], protocol)


def usual(corpus):
    policy = ACCEPTED + "protocol 0-5, numpy arrays, lists of numbers"
    for protocol in range(6):
        rows = arrays(good_rows())
        corpus.ok(f"pickle/arrays-{protocol}.p", dump(rows, protocol), policy)
        corpus.ok(f"pickle/lists-{protocol}.p", dump(good_rows(), protocol), policy)
    for dtype in ["f2", "f8", ">f4", ">f2", ">f8"]:
        name = dtype.replace(">", "big-endian-")
        corpus.ok(f"pickle/{name}.p", dump(arrays(good_rows(), dtype)), policy)
    tuples = [(ids, tuple(vector)) for ids, vector in good_rows()]
    corpus.ok("pickle/tuples.p", dump(tuples), policy)
    scalars = [(ids, list(np.array(vector, "f4"))) for ids, vector in good_rows()]
    corpus.ok("pickle/numpy-scalars.p", dump(scalars), policy)
    columns = np.asfortranarray(np.array(VECTORS, "f4"))
    strided = [(ids, columns[row]) for row, ids in enumerate(IDS)]
    corpus.ok("pickle/strided.p", dump(strided), policy)
    corpus.ok("pickle/optimized.p", pickletools.optimize(dump(arrays(good_rows()))), policy)
    pure = io.BytesIO()
    pickle._Pickler(pure, 5).dump(nest(arrays(good_rows())))
    corpus.ok("pickle/pure-python.p", pure.getvalue(), policy)
    policy = ACCEPTED + "vectors of shape (d,1), [[...]]"
    for name, sides in [("column", (4, 1)), ("row", (1, 4))]:
        rows = [(ids, vector.reshape(sides)) for ids, vector in arrays(good_rows())]
        corpus.ok(f"pickle/{name}.p", dump(rows), policy)
    corpus.ok("pickle/list-in-list.p", dump([(i, [v]) for i, v in good_rows()]), policy)


def containers_and_ids(corpus):
    policy = ACCEPTED + "OrderedDict, defaultdict"
    ordered = nest(arrays(good_rows()), collections.OrderedDict)
    corpus.ok("pickle/ordered-dict.p", pickle.dumps(ordered, 2), policy)
    policy = ACCEPTED + "dict, list, bytes as factories of defaultdict"
    for factory in [dict, list, bytes, None]:
        data = nest(arrays(good_rows()), lambda: collections.defaultdict(factory))
        name = factory.__name__ if factory else "none"
        corpus.ok(f"pickle/defaultdict-of-{name}.p", pickle.dumps(data, 3), policy)
    policy = ACCEPTED + "ids as UTF-8 bytes, Python 2 strings, numpy text or integer scalars"
    number = {text: 100 + n for n, text in enumerate(sum(IDS, ()))}
    for name, to_id in [
        ("integer", number.get),
        ("numpy-integer", lambda text: np.int64(number[text])),
        ("numpy-unsigned", lambda text: np.uint8(number[text])),
        ("numpy-text", np.str_),
        ("bytes", lambda text: f"{text} é".encode()),
        ("numpy-bytes", lambda text: np.bytes_(text.encode())),
    ]:
        rows = [(tuple(map(to_id, ids)), v) for ids, v in arrays(good_rows())]
        corpus.ok(f"pickle/{name}-ids.p", dump(rows), policy)
    policy = HEADERS + "ids stay as they are"
    odd = ["007", "NA", "1e5", "nan", "True", "日本", "😀", "a b", "-", "'q'", '"', "0x1"]
    renamed = dict(zip(sorted(set(sum(IDS, ()))), odd))
    rows = [(tuple(renamed[text] for text in ids), v) for ids, v in arrays(good_rows())]
    corpus.ok("pickle/ids-like-numbers.p", dump(rows), policy)
    nasty = [(("ataxia", "s1", "\x1b[31mred\u202e\n"), v) if n == 0 else (ids, v)
             for n, (ids, v) in enumerate(good_rows())]
    corpus.ok("pickle/ids-that-act-on-terminals.p", dump(nasty), policy)
    rows = [(("x" * 4096, *ids[1:]) if ids[0] == "ataxia" else ids, v) for ids, v in good_rows()]
    corpus.ok("pickle/id-of-4096-bytes.p", dump(rows), REFUSED + "an id over 4,096 bytes")


def wrapped(corpus):
    packed(corpus, "pickle/packed.p", dump(arrays(good_rows())))
    content = dump(arrays(good_rows()))
    members = gz(content[:50]) + gz(content[50:51]) + gz(b"") + gz(content[51:])
    corpus.ok("pickle/members.p.gz", members, ACCEPTED + "multi-member gzip")
    policy = ACCEPTED + "a zip with exactly one pickle"
    for method in ["stored", "deflated"]:
        corpus.ok(f"pickle/{method}.zip", archive({"data.p": content}, method), policy)
    policy = REFUSED + "several candidate files in one archive"
    two = archive({"a.p": content, "b.p": content})
    corpus.error("pickle/two-pickles.zip", two, "several|2 |two|more than one|one pickle", policy)
    corpus.error("pickle/empty.zip", archive({}), "no |empty|nothing|none", REFUSED + "nothing usable")


def archive(files, method="stored"):
    methods = {"stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed_files:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            packed_files.writestr(entry, content, methods[method])
    return out.getvalue()


def stored_otherwise(corpus):
    policy = KEPT + "integer or 8-bit values"
    whole = [(ids, np.array(vector) * 4) for ids, vector in good_rows()]
    for dtype in ["i1", "i2", ">i4", "i8"]:
        rows = [(ids, vector.astype(dtype)) for ids, vector in whole]
        name = dtype.replace(">", "big-endian-")
        corpus.findings(f"pickle/{name}.p", dump(rows), "integer_storage", policy)
    rows = [(ids, (vector + 8).astype("u1")) for ids, vector in whole]
    corpus.findings("pickle/u1.p", dump(rows), "integer_storage", policy)
    rows = [(ids, [int(value) for value in vector]) for ids, vector in whole]
    corpus.findings("pickle/integers.p", dump(rows), "integer_storage", policy)
    policy = KEPT + "rounding from 64 to 32 bits (pickle only)"
    rows = [(ids, np.array(vector) + 0.1) for ids, vector in good_rows()]
    corpus.findings("pickle/rounded-f8.p", dump(rows), "rounded_values", policy)
    rows = [(ids, vector.tolist()) for ids, vector in rows]
    corpus.findings("pickle/rounded-lists.p", dump(rows), "rounded_values", policy)
    rows = [(ids, [2**62 + 1, *vector[1:]]) for ids, vector in good_rows()[:1]] + good_rows()[1:]
    corpus.findings("pickle/large-integer.p", dump(rows), "rounded_values", policy)


def set_aside(corpus):
    f4 = lambda *values: np.array(values, "f4")
    nan, inf = float("nan"), float("inf")
    no_vector = "a well-formed value that is no usable vector: "
    for name, value, codes, policy in [
        ("none", None, "missing_vector", no_vector + "None"),
        ("text", "0.5 0.25", "unusable_vector", no_vector + "text"),
        ("number", 0.5, "unusable_vector", no_vector + "a number"),
        ("integer", 5, "unusable_vector", no_vector + "a number"),
        ("numpy-number", np.float32(0.5), "unusable_vector", no_vector + "a number"),
        ("booleans", [True, False, True, True], "unusable_vector", no_vector + "a list of booleans"),
        ("texts", ["a", "b", "c", "d"], "unusable_vector", no_vector + "a list of text"),
        ("hole", [0.5, None, 0.5, 0.25], "unusable_vector", no_vector + "a list with a hole"),
        ("matrix", np.ones((2, 2), "f4"), "unusable_vector", no_vector + "a matrix"),
        ("lists", [[0.5, 1.5], [1.5, 2.5]], "unusable_vector", no_vector + "a matrix"),
        ("cube", np.ones((2, 2, 1), "f4"), "unusable_vector", no_vector + "a matrix"),
        ("0-d", np.array(0.5, "f4"), "unusable_vector", no_vector + "a 0-d array"),
        ("empty-array", f4(), "empty_vector", no_vector + "an empty array"),
        ("empty-list", [], "empty_vector|unusable_vector", no_vector + "an empty array"),
        ("nan", f4(0.5, nan, 1, 1), "not_finite", "NaN"),
        ("nan-in-list", [0.5, nan, 1.0, 1.0], "not_finite", "NaN"),
        ("infinity", f4(0.5, inf, 1, 1), "not_finite", "infinity"),
        ("minus-infinity", [-inf, 0.5, 1.0, 1.0], "not_finite", "infinity"),
        ("too-large", [0.5, 1e300, 1.0, 1.0], "not_finite", "too large for 32 bits"),
        ("too-large-f8", np.array([0.5, -1e39, 1, 1]), "not_finite", "too large for 32 bits"),
        ("zeros", f4(0, 0, 0, 0), "zero_vector", "zero vector"),
        ("minus-zeros", [-0.0, 0.0, -0.0, -0.0], "zero_vector", "zero vector"),
        ("zeros-after-rounding", [1e-300] * 4, "zero_vector", "zero vector"),
        ("zero-integers", np.zeros(4, "i8"), "zero_vector", "zero vector"),
        ("longer", f4(1, 2, 3, 4, 5), "wrong_length", "other length than the majority"),
        ("shorter", [0.5, 0.25], "wrong_length", "other length than the majority"),
    ]:
        corpus.aside(f"pickle/aside-{name}.p", with_seventh(value), codes, policy)
    many = [
        *arrays(good_rows()),
        (SEVENTH, None),
        (("brachy", "s6", "i8"), [0.5, nan, 0.5, 0.5]),
        (("ataxia", "s7", "i9"), "text"),
        (("ataxia", "s7", "i10"), [0.0] * 4),
        (("costello", "s8", "i11"), [0.5]),
    ]
    codes = "missing_vector not_finite unusable_vector zero_vector wrong_length"
    corpus.findings("pickle/aside-many.p", dump(many), codes, READ, rows=11, used=6)
    lone = [*arrays(good_rows()), (SEVENTH, np.full(4, nan, "f8"))] * 1
    lone += [(("brachy", "s5", f"j{n:03}"), None) for n in range(200)]
    corpus.findings(
        "pickle/aside-200.p", dump(lone), "missing_vector not_finite", READ, rows=207, used=6
    )


def groups(corpus):
    policy = SET_ASIDE + "a syndrome whose value is None, an empty syndrome or subject"
    for name, class_, codes in [
        ("class-none", None, "empty_class"),
        ("class-empty", {}, "empty_class"),
        ("subject-empty", {"s9": {}}, "empty_subject"),
    ]:
        data = nest(arrays(good_rows()))
        data["zellweger"] = class_
        corpus.findings(f"pickle/{name}.p", pickle.dumps(data, 4), codes, policy)


def odd_values(corpus):
    base = np.array(VECTORS, "f4")

    def finding(name, vectors, codes, policy):
        rows = [(ids, vector) for ids, vector in zip(IDS, np.array(vectors, "f4"))]
        corpus.findings(f"pickle/{name}.p", dump(rows), codes, policy)

    magnitudes = KEPT + "magnitudes above 1e15 or below 1e-15"
    finding("magnitude-1e16", base * 1e16, "extreme_magnitude", magnitudes)
    finding("magnitude-1e-16", base * 1e-16, "extreme_magnitude", magnitudes)
    scales = HEADERS + "extreme scales (1e30, 1e-30, an offset of 1e6) work"
    finding("scale-1e30", base * 1e30, "extreme_magnitude", scales)
    finding("scale-1e-30", base * 1e-30, "extreme_magnitude", scales)
    finding("offset-1e6", base + 1e6, "mean_far_from_zero", scales)
    mixed = base * np.array([[1e30], [1], [1], [1], [1], [1]])
    finding("one-row-of-1e30", mixed, "extreme_magnitude", magnitudes)
    subnormal = base * 1e-40
    finding("subnormal", subnormal, "extreme_magnitude", magnitudes)
    constant = base.copy()
    constant[:, 2] = 0.5
    finding("constant-dimension", constant, "constant_dimensions", KEPT + "constant dimensions")
    finding("one-dimension", base[:, :1], "one_dimension", KEPT + "one dimension")
    finding("all-equal", np.tile(base[:1], (6, 1)), "all_vectors_equal", KEPT + "all vectors equal")
    duplicate = base.copy()
    duplicate[5] = duplicate[0]
    finding("duplicate", duplicate, "duplicate_vectors", KEPT + "exact and near duplicates")
    duplicate[5, 1] += 0.01
    finding("near-duplicate", duplicate, "near_duplicates", KEPT + "exact and near duplicates")
    shared = np.array(GOOD, "f4")
    rows = arrays(good_rows()) + [(SEVENTH, shared), (("brachy", "s6", "i8"), shared)]
    policy = KEPT + "exact and near duplicates"
    corpus.findings("pickle/shared-array.p", dump(rows), "duplicate_vectors", policy, rows=8)
    signs = base.copy()
    signs[5], signs[0] = [0.0, 1.5, 0, 0], [-0.0, 1.5, -0.0, 0]
    finding("duplicate-but-for-signs-of-zero", signs, "duplicate_vectors", policy)


def odd_ids(corpus):
    def finding(name, ids, codes, policy):
        rows = list(zip(ids, VECTORS))
        corpus.findings(f"pickle/{name}.p", dump(rows), codes, policy)

    def with_last(*last):
        return [*IDS[:5], last]

    similar = KEPT + "ids that differ only by case, surrounding space or Unicode form"
    several = IDS[:3] + [("Brachy", *ids[1:]) for ids in IDS[3:5]] + [IDS[5]]
    finding("ids-by-case", several, "similar_ids", similar)
    finding("ids-by-space", with_last("brachy", "s3 ", "i6"), "similar_ids", similar)
    nbsp = with_last("brachy", "s4", "i5\u00a0")
    finding("ids-by-no-break-space", nbsp, "similar_ids", similar)
    forms = [("é", *ids[1:]) if ids[0] == "ataxia" else ids for ids in IDS]
    forms[5] = ("e\u0301", "s4", "i6")
    finding("ids-by-unicode-form", forms, "similar_ids", similar)
    finding("sample-ids-by-unicode-form",
            [("ataxia", "s1", "Å"), *IDS[1:5], ("brachy", "s4", "A\u030a")], "similar_ids", similar)
    twice = with_last("brachy", "s4", "i1")
    finding("image-twice", twice, "repeated_sample_id", KEPT + "the same image id twice")
    both = with_last("brachy", "s1", "i6")
    finding("subject-in-two", both, "subject_in_two_classes", KEPT + "a subject in two syndromes")
    finding("empty-sample-id", with_last("brachy", "s4", ""), "empty_id", KEPT + "an empty id")
    finding("empty-subject-id", with_last("brachy", "", "i6"), "empty_id", KEPT + "an empty id")
    blank = [("", *ids[1:]) if ids[0] == "ataxia" else ids for ids in IDS]
    finding("empty-class-id", blank, "empty_id", KEPT + "an empty id")
    few = KEPT + "fewer than two classes, or a class with one image or one subject"
    finding("one-class", [("ataxia", *ids[1:]) for ids in IDS], "one_class", few)
    finding("class-of-one-image", with_last("costello", "s4", "i6"), "class_with_one_sample", few)
    lone = [*IDS[:4], ("brachy", "s3", "i5"), ("brachy", "s3", "i6")]
    finding("class-of-one-subject", lone, "class_with_one_subject", few)
    single = dump(good_rows()[:1])
    corpus.findings("pickle/one-row.p", single, "one_class class_with_one_sample", few, rows=1)


def nothing_to_use(corpus):
    policy = REFUSED + "nothing usable"
    words = "usable|no data|no sample|empty"
    corpus.error("pickle/no-rows.p", pickle.dumps({}), words, policy)
    corpus.error("pickle/empty-groups.p", pickle.dumps({"a": {}, "b": {"s": {}}}), words, policy)
    corpus.error("pickle/all-none.p", dump([(ids, None) for ids in IDS]), words, policy)
    nans = [(ids, [float("nan")] * 4) for ids in IDS]
    corpus.error("pickle/all-nan.p", dump(nans), words, policy)
    corpus.error("pickle/all-zero.p", dump([(ids, [0.0] * 4) for ids in IDS]), words, policy)
    halves = [(ids, v if n % 2 else v[:3]) for n, (ids, v) in enumerate(good_rows())]
    policy = REFUSED + "no majority length"
    corpus.error("pickle/no-majority.p", dump(halves), "majority", policy)


def wrong_shape(corpus):
    vector = np.array(GOOD, "f4")
    policy = REFUSED + "top level not a mapping, or two levels instead of three"
    words = "level|mapping|{class"
    for name, value in {
        "top-array": vector,
        "top-matrix": np.array(VECTORS, "f4"),
        "top-list": [(*ids, v) for ids, v in good_rows()],
        "top-none": None,
        "top-text": "hello",
        "top-number": 1.5,
        "one-level": {"class": vector},
        "two-levels": {"class": {"sample": vector}},
        "mixed-levels": {"class": {"subject": {"a": vector}, "sample": vector}},
        "table": {"class": [i[0] for i in IDS], "subject": [i[1] for i in IDS], "vector": VECTORS},
    }.items():
        corpus.error(f"pickle/{name}.p", pickle.dumps(value, 4), words, policy)


def unreal_types(corpus):
    policy = REFUSED + "values of unreal type"
    pairs = np.array([(1, 2.0)] * 4, dtype=[("a", "i4"), ("b", "f4")])
    for name, value in {
        "complex": np.array([1j, 1, 2, 3]),
        "boolean": np.array([True, False, True, True]),
        "text": np.array(list("abcd")),
        "bytes": np.array([b"a", b"b", b"c", b"d"]),
        "long-double": long_double(GOOD),
        "object": np.array([0.5, None, 1.5, 2.5], object),
        "date": np.array(["2020-01-01"] * 4, "M8[D]"),
        "duration": np.array([1, 2, 3, 4], "m8[s]"),
        "structured": pairs,
        "complex-number": [1j, 0.5, 0.5, 0.5],
    }.items():
        corpus.error(f"pickle/type-{name}.p", with_seventh(value), DTYPE + "|date|time", policy)
    policy = READER + "no execution"
    for name, value in {
        "decimal": [decimal.Decimal("0.1")] * 4,
        "date-object": datetime.date(2020, 1, 1),
        "matrix-type": np.matrix(GOOD),
        "masked": np.ma.masked_array(GOOD),
    }.items():
        corpus.error(f"pickle/class-{name}.p", with_seventh(value), "asks for|not data", policy)
    cycle = [0.5]
    cycle.append(cycle)
    corpus.error("pickle/cycle.p", with_seventh(cycle), "contains itself|cycle", REFUSED + "a cycle")
    data = nest(good_rows())
    data["ataxia"]["s1"] = data
    corpus.error("pickle/cycle-of-mappings.p", pickle.dumps(data, 2), "contains itself|cycle",
                 REFUSED + "a cycle")
    deep = 0.5
    for _ in range(40):
        deep = [deep]
    corpus.error("pickle/nested-40.p", with_seventh(deep), "nest|deep", REFUSED + "nesting over 32")


def keys(corpus):
    policy = REFUSED + "a key that is neither text nor integer"
    for name, key in [("boolean", True), ("float", 0.5), ("none", None), ("tuple", ("a", "b"))]:
        for level, place in enumerate(["class", "subject", "sample"]):
            ids = list(SEVENTH)
            ids[level] = key
            content = dump([*good_rows(), (tuple(ids), GOOD)])
            corpus.error(f"pickle/{name}-as-{place}.p", content, "key|id", policy)
    not_text = dump([*good_rows(), ((b"\xff", "s", "i"), GOOD)])
    corpus.error("pickle/key-not-utf8.p", not_text, "utf-8|text", policy)
    surrogate = dump([*good_rows(), (("\ud800", "s", "i"), GOOD)])
    words = "utf-8|surrogate|text|character"
    corpus.error("pickle/surrogate.p", surrogate, words, PICKLE + "surrogates in text")
    long = dump([*good_rows(), (("brachy", "x" * 4097, "i"), GOOD)])
    corpus.error("pickle/id-of-4097-bytes.p", long, "4097|4096|long", REFUSED + "an id over 4,096 bytes")
    policy = REFUSED + "duplicate keys"
    same = dump([*good_rows(), (("brachy", 1, "i"), GOOD), (("brachy", "1", "j"), GOOD)])
    corpus.error("pickle/key-as-number-and-text.p", same, "twice|duplicate", policy)
    same = dump([*good_rows(), ((b"brachy", "s9", "i"), GOOD)])
    corpus.error("pickle/key-as-bytes-and-text.p", same, "twice|duplicate", policy)


def damaged(corpus):
    content = dump(arrays(good_rows()))
    for percent in [1, 10, 50, 90]:
        cut = content[: max(1, len(content) * percent // 100)]
        corpus.error(f"pickle/cut-at-{percent}.p", cut, CUT + "|known format", REFUSED + "truncation")
    corpus.error("pickle/without-stop.p", content[:-1], CUT + "|stop", REFUSED + "truncation")
    policy = REFUSED + "bytes after the end"
    corpus.error("pickle/newline-after.p", content + b"\n", TRAILING, policy)
    corpus.error("pickle/zeros-after.p", content + bytes(512), TRAILING, policy)
    corpus.error("pickle/two-values.p", content * 2, TRAILING, policy)
    corpus.error("pickle/empty.p", b"", "empty|0 bytes", REFUSED + "nothing usable")
    corpus.error("pickle/text.p", b"hello\n", "format", REFUSED + "malformed encoding")
    corpus.error("pickle/zeros.p", bytes(100), "format", REFUSED + "malformed encoding")
    noise = np.random.default_rng(7).bytes(1000)
    corpus.error("pickle/noise.p", noise, "format|byte", REFUSED + "malformed encoding")
    escapes = b"\x1b]0;title\x07\xe2\x80\xae evil\n"
    corpus.error("pickle/escapes.p", escapes, "format", "errors: quoted input escaped")
    crlf = dump(arrays(good_rows()), 0).replace(b"\n", b"\r\n")
    corpus.error("pickle/as-text-mode-copied.p", crlf, "byte|format", REFUSED + "malformed encoding")


def hostile_packing(corpus):
    content = dump(arrays(good_rows()))
    expansion = REFUSED + "expansion over 100-fold above 16 MiB"
    for ending, pack in COMPRESSIONS.items():
        corpus.error(f"pickle/bomb.{ending}", pack(bomb()), EXPANSION, expansion)
    # A good pickle whose ids are followed by much that is dropped again.
    popped = b"\x80\x04" + b"]0" * (3 << 20) + b"}."
    corpus.error("pickle/popped.p.gz", gz(popped), EXPANSION + "|instructions",
                 PICKLE + "what is popped counts against the limits")
    marks = b"\x80\x04" + b"(" * (12 << 20) + b"}."
    corpus.error("pickle/marks.p.gz", gz(marks), EXPANSION + "|instructions|marks", expansion)
    nested = REFUSED + "nested compression"
    for outer in COMPRESSIONS:
        inner = "xz" if outer == "gz" else "gz"
        both = COMPRESSIONS[outer](COMPRESSIONS[inner](content))
        corpus.error(f"pickle/nested.{inner}.{outer}", both, "inside|nested|holds|layer", nested)
    both = gz(archive({"data.p": content}, "deflated"))
    corpus.error("pickle/nested.zip.gz", both, "inside|nested|holds|layer|zip", nested)
    checksum = REFUSED + "failed checksums"
    words = "damaged|checksum|crc|corrupt|wrong"
    whole = gz(content)
    corpus.error("pickle/wrong-crc.gz", flip(whole, len(whole) - 8), words, checksum)
    corpus.error("pickle/wrong-size.gz", flip(whole, len(whole) - 4), words, checksum)
    whole = xz(content)
    corpus.error("pickle/wrong-crc.xz", flip(whole, len(whole) - 40), words, checksum)
    whole = bz2.compress(content)
    corpus.error("pickle/wrong-crc.bz2", flip(whole, len(whole) - 6), words, checksum)
    whole = zst(content)
    corpus.error("pickle/wrong-checksum.zst", flip(whole, len(whole) - 1), words, checksum)
    whole = archive({"data.p": content})
    corpus.error("pickle/wrong-crc.zip", flip(whole, whole.index(b"ataxia")), words, checksum)
    after = REFUSED + "bytes after the end"
    words = TRAILING + "|damaged|zip"
    for ending, pack in COMPRESSIONS.items():
        corpus.error(f"pickle/bytes-after.{ending}", pack(content) + b"more", words, after)
    many = {"data.p": bomb(20 << 20, b"\x80\x04")}
    corpus.error("pickle/bomb.zip", archive(many, "deflated"), EXPANSION, expansion)
