"""NumPy arrays, bare or with labels beside them."""

import io

import numpy as np

from .common import *
from .common import u16, u32

MATRIX_F4 = np.array(VECTORS, "f4")


def make(corpus):
    with_labels = "--labels " + corpus.side("npy/labels.csv", labels())
    bare(corpus)
    labelled(corpus, with_labels)
    odd_values(corpus)
    refused_types(corpus)
    refused_shapes(corpus)
    refused_headers(corpus)
    lengths(corpus, with_labels)
    labels_that_do_not_fit(corpus)
    labels_that_are_no_table(corpus)
    packed(corpus, "npy/packed.npy", npy(MATRIX_F4))
    bomb_of_zeros = npy(np.zeros((5, 1 << 20), "f4"))
    policy = REFUSED + "expansion over 100-fold above 16 MiB"
    corpus.error("npy/bomb.npy.gz", gz(bomb_of_zeros), EXPANSION, policy)
    corpus.error("npy/bomb.npy.zst", zst(bomb_of_zeros), EXPANSION, policy)


def npy(values, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, np.asanyarray(values), version, allow_pickle=True)
    return out.getvalue()


def by_hand(header, data=MATRIX_F4.tobytes(), version=1, length=None):
    """A file with this text for its header, padded as the format asks."""
    raw = header.encode() if isinstance(header, str) else header
    size = u16 if version == 1 else u32
    start = 8 + len(size(0))
    raw += b" " * (-(start + len(raw) + 1) % 64) + b"\n"
    length = len(raw) if length is None else length
    return b"\x93NUMPY" + bytes([version, 0]) + size(length) + raw + data


def described(descr="'<f4'", fortran="False", shape="(6, 4)"):
    return f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}"


def bare(corpus):
    corpus.ok("npy/f4.npy", npy(MATRIX_F4), MATRIX)
    corpus.ok("npy/version-2.npy", npy(MATRIX_F4, (2, 0)), MATRIX)
    corpus.ok("npy/version-3.npy", npy(MATRIX_F4, (3, 0)), MATRIX)
    corpus.ok("npy/by-hand.npy", by_hand(described()), MATRIX)
    corpus.ok("npy/fortran.npy", npy(np.asfortranarray(MATRIX_F4)), MATRIX)
    for dtype in ["f2", "f8", ">f4", ">f8", ">f2"]:
        name = dtype.replace(">", "big-endian-")
        corpus.ok(f"npy/{name}.npy", npy(MATRIX_F4.astype(dtype)), MATRIX)
    big = npy(np.asfortranarray(MATRIX_F4.astype(">f4")))
    corpus.ok("npy/big-endian-fortran.npy", big, MATRIX)
    corpus.again("npy/f4.npy", "--format npy", "ok", CONTRACT + "--format forces", rows=6, used=6)
    for other in ["csv", "pickle", "parquet", "jsonl", "h5ad"]:
        corpus.again("npy/f4.npy", f"--format {other}", "error", CONTRACT + "--format forces",
                     error="format|header|utf-8|byte|magic|not a|is no|json|parquet|hdf5|nul")


def labelled(corpus, with_labels):
    corpus.ok("npy/labelled.npy", npy(MATRIX_F4), HEADERS + "the triples are recognized", args=with_labels)
    corpus.ok("npy/labelled-fortran.npy", npy(np.asfortranarray(MATRIX_F4)), READ, args=with_labels)
    good = "npy/labelled.npy"
    policy = HEADERS + "the triples are recognized"
    for triple in TRIPLES[1:]:
        side = corpus.side(f"npy/labels-{triple[0]}.csv", labels(header=triple))
        corpus.again(good, f"--labels {side}", "ok", policy, rows=6, used=6)
    side = corpus.side("npy/labels.tsv", labels(delimiter="\t"))
    corpus.again(good, f"--labels {side}", "ok", CONTRACT + "--labels", rows=6, used=6)
    side = corpus.side("npy/labels-own.csv", labels(header=("dx", "patient", "photo")))
    own = f"--labels {side} --set data.class=dx --set data.subject=patient --set data.sample=photo"
    corpus.again(good, own, "ok", CONTRACT + "--set data.class=NAME", rows=6, used=6)
    pairs = [(class_, sample) for class_, _, sample in IDS]
    side = corpus.side("npy/labels-no-subject.csv", labels(pairs, ("class", "sample")))
    none = f"--labels {side} --set data.subject=none"
    corpus.again(good, none, "ok", HEADERS + "data without subjects", rows=6, used=6)
    corpus.again(good, f"--labels {side}", "error", HEADERS + "data without subjects",
                 error="subject")
    side = corpus.side("npy/labels-odd.csv", labels([("ataxia", "s1", "i1")] + IDS[1:5] + [("brachy", "S3", "i1")]))
    corpus.again(good, f"--labels {side}", "findings", KEPT + "ids that differ only by case", rows=6,
                 used=6, codes="similar_ids repeated_sample_id")


def odd_values(corpus):
    policy = KEPT + "integer or 8-bit values"
    whole = MATRIX_F4 * 4
    for dtype in ["i1", "i2", ">i4", "i8"]:
        name = dtype.replace(">", "big-endian-")
        corpus.findings(f"npy/{name}.npy", npy(whole.astype(dtype)), "integer_storage", policy)
    for dtype in ["u1", "u8"]:
        corpus.findings(f"npy/{dtype}.npy", npy((whole + 8).astype(dtype)), "integer_storage", policy)
    for name, value, codes, policy in [
        ("nan", np.nan, "not_finite", "NaN"),
        ("infinity", -np.inf, "not_finite", "infinity"),
        ("too-large", 1e300, "not_finite", "too large for 32 bits"),
        ("zero-row", 0.0, "zero_vector", "zero vector"),
    ]:
        values = np.array(VECTORS + [GOOD])
        values[6] = [value] * 4
        corpus.aside(f"npy/{name}.npy", npy(values), codes, policy)
    corpus.findings("npy/one-dimension.npy", npy(MATRIX_F4[:, :1]), "one_dimension", KEPT + "one dimension")
    equal = np.tile(MATRIX_F4[:1], (6, 1))
    corpus.findings("npy/all-equal.npy", npy(equal), "all_vectors_equal", KEPT + "all vectors equal")
    corpus.findings("npy/scale-1e30.npy", npy(MATRIX_F4 * np.float32(1e30)), "extreme_magnitude",
                    HEADERS + "extreme scales work")
    all_nan = npy(np.full((6, 4), np.nan))
    corpus.error("npy/all-nan.npy", all_nan, "usable", REFUSED + "nothing usable")


def refused_types(corpus):
    policy = REFUSED + "values of unreal type"
    for name, values in {
        "complex": MATRIX_F4.astype("c8"),
        "boolean": MATRIX_F4 > 0,
        "text": MATRIX_F4.astype("U4"),
        "bytes": MATRIX_F4.astype("S4"),
        "long-double": long_double(VECTORS),
        "object": MATRIX_F4.astype(object),
        "date": np.arange(24).reshape(6, 4).astype("M8[D]"),
        "duration": np.arange(24).reshape(6, 4).astype("m8[s]"),
        "void": MATRIX_F4.view("V4"),
        "structured": np.zeros((6,), [("a", "f4"), ("b", "f4")]),
    }.items():
        corpus.error(f"npy/{name}.npy", npy(values), DTYPE + "|date|time|structured|values", policy)


def refused_shapes(corpus):
    policy = REFUSED + "anything that disagrees with its header"
    words = "shape|dimension|matrix|2-d|rows|header|negative|large|bytes|axes"
    corpus.error("npy/0-d.npy", npy(np.float32(1.5)), words, REFUSED + "nothing usable")
    corpus.error("npy/3-d.npy", npy(MATRIX_F4.reshape(3, 2, 4)), words, policy)
    nothing = words + "|usable|no data|no sample|empty"
    corpus.error("npy/no-rows.npy", npy(MATRIX_F4[:0]), nothing, REFUSED + "nothing usable")
    corpus.error("npy/no-columns.npy", npy(MATRIX_F4[:, :0]), nothing, REFUSED + "nothing usable")
    for name, shape in {
        "2-62": "(4611686018427387904, 4)",
        "2-62-by-2-62": "(4611686018427387904, 4611686018427387904)",
        "2-32-by-2-32": "(4294967296, 4294967296)",
        "2-64": "(18446744073709551616, 4)",
        "10-to-the-100": f"(1{'0' * 100}, 4)",
        "negative": "(-6, 4)",
        "both-negative": "(-6, -4)",
        "minus-1": "(-1, 4)",
        "float": "(6.0, 4)",
        "text": "('6', 4)",
        "no-tuple": "24",
        "none": "None",
        "computed": "(3+3, 4)",
        "7-rows": "(7, 4)",
        "5-rows": "(5, 4)",
    }.items():
        corpus.error(f"npy/shape-{name}.npy", by_hand(described(shape=shape)), words + "|literal", policy)
    many = f"({'1, ' * 1000}24)"
    corpus.error("npy/shape-of-1001.npy", by_hand(described(shape=many)), words + "|literal", policy)


def refused_headers(corpus):
    policy = REFUSED + "anything that disagrees with its header"
    words = "header|descr|fortran|shape|literal|byte|dtype|type|key|nest"
    deep = "(" * 20_000
    for name, header in {
        "empty": "",
        "no-literal": "this is no header",
        "calls": "__import__('os').system('true')",
        "calls-in-shape": described(shape="(__import__('os').system('true'), 4)"),
        "calls-in-descr": described(descr="open('x').read()"),
        "list": "['<f4', False, (6, 4)]",
        "json": '{"descr": "<f4", "fortran_order": false, "shape": [6, 4]}',
        "without-descr": "{'fortran_order': False, 'shape': (6, 4), }",
        "without-shape": "{'descr': '<f4', 'fortran_order': False, }",
        "without-fortran": "{'descr': '<f4', 'shape': (6, 4), }",
        "more-keys": "{'descr': '<f4', 'fortran_order': False, 'shape': (6, 4), 'more': 1, }",
        "fortran-text": described(fortran="'no'"),
        "open": "{'descr': '<f4', 'fortran_order': False, 'shape': (6, 4",
        "two": described() + described(),
        "unknown-type": described(descr="'<f3'"),
        "unknown-order": described(descr="'?f4'"),
        "subarray": described(descr="('<f4', (4,))", shape="(6,)"),
        "nested": deep,
        "nested-braces": "{'descr': " * 1000,
        "nul": described() + "\0",
        "escapes": described(descr="'\x1b[31m\u202eevil'"),
    }.items():
        corpus.error(f"npy/header-{name}.npy", by_hand(header), words, policy)
    not_text = described().encode().replace(b"<f4", b"\xff\xfe\xfd")
    corpus.error("npy/header-not-utf8.npy", by_hand(not_text, version=3), words + "|utf-8", policy)
    structured = described(descr="[('a', '<f4'), ('b', '<f4'), ('c', '<f4'), ('d', '<f4')]", shape="(6,)")
    corpus.error("npy/header-structured.npy", by_hand(structured), words, REFUSED + "structured types")
    for version in [0, 4, 255]:
        content = put(npy(MATRIX_F4), 6, bytes([version]))
        corpus.error(f"npy/version-{version}.npy", content, "version|format", policy)


def lengths(corpus, with_labels):
    good = npy(MATRIX_F4)
    policy = REFUSED + "truncation"
    for n_bytes in [6, 7, 9, 10, 60]:
        corpus.error(f"npy/cut-at-{n_bytes}.npy", good[:n_bytes], CUT + "|header|format", policy)
    corpus.error("npy/cut-data.npy", good[:-1], CUT, policy)
    corpus.error("npy/cut-all-data.npy", good[:-96], CUT, policy)
    corpus.error("npy/cut-row-with-labels.npy", good[:-16], CUT, policy, args=with_labels)
    policy = REFUSED + "bytes after the end"
    corpus.error("npy/byte-after.npy", good + b"\0", TRAILING, policy)
    corpus.error("npy/two-arrays.npy", good + good, TRAILING, policy)
    policy = REFUSED + "anything that disagrees with its header"
    words = "header|" + CUT
    for name, length in {"0": 0, "short": 20, "long": 119, "65535": 65535}.items():
        corpus.error(f"npy/header-length-{name}.npy", by_hand(described(), length=length), words, policy)
    huge = by_hand(described(), version=2, length=(1 << 32) - 1)
    corpus.error("npy/header-length-2-32.npy", huge, words, policy)


def labels_that_do_not_fit(corpus):
    good = "npy/labelled.npy"

    def error(name, content, fragment, policy=JOIN):
        side = corpus.side(f"npy/labels-{name}.csv", content)
        corpus.again(good, f"--labels {side}", "error", policy, error=fragment)

    counts = "row|vectors|labels"
    error("short", labels(IDS[:5]), counts)
    error("long", labels([*IDS, SEVENTH]), counts)
    error("none", labels([]), counts + "|nothing|no data|header")
    error("double", labels(IDS + IDS), counts)


def labels_that_are_no_table(corpus):
    good = "npy/labelled.npy"

    def error(name, content, fragment, policy):
        side = corpus.side(f"npy/labels-{name}.csv", content)
        corpus.again(good, f"--labels {side}", "error", REFUSED + policy, error=fragment)

    error("empty", "", "empty|header|no |0 bytes", "CSV: no header")
    error("no-header", labels()[len("class,subject,sample\n"):], "header|column|class", "CSV: no header")
    error("twice", labels(header=("class", "class", "sample")), "twice|duplicate|class", "CSV: duplicate column")
    error("ragged", labels([*IDS[:5], (*IDS[5], "more")]), "line 7|row 6|field|column", "CSV: ragged row")
    error("open-quote", labels().replace("s4", '"s4'), "quot", "CSV: open quote")
    error("nul", labels().replace("s4", "s\0"), "nul|zero byte|\\u{0}|0x00", "CSV: NUL")
    error("latin-1", labels().replace("ataxia", "ataxié").encode("latin1"), "utf-8|latin", "CSV: not UTF-8")
    missing = "--labels npy/not-there.csv"
    corpus.again(good, missing, "error", "errors: each names file and cause", error="not-there.csv")
