"""Parquet tables."""

import base64
import datetime
import decimal
import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .common import *
from .common import u32

FIXED = pa.list_(pa.float32(), 4)


def make(corpus):
    usual(corpus)
    encodings(corpus)
    columns(corpus)
    bare(corpus)
    odd(corpus)
    refused_types(corpus)
    refused_ids(corpus)
    damaged(corpus)
    lies(corpus)
    bombs(corpus)


def id_columns(ids=IDS, triple=TRIPLES[0], type=pa.string()):
    return {name: pa.array(column, type) for name, column in zip(triple, zip(*ids))}


def table(vectors=None, type=FIXED, ids=None, triple=TRIPLES[0], **more):
    """Ids and one column of lists."""
    vectors = VECTORS if vectors is None else vectors
    ids = IDS if ids is None else ids
    return pa.table({**id_columns(ids, triple), "vector": pa.array(vectors, type), **more})


def wide(vectors=None, type=pa.float32(), ids=IDS):
    """Ids and one column per value."""
    columns = zip(*(VECTORS if vectors is None else vectors))
    return pa.table({**id_columns(ids), **{f"d{n}": pa.array(c, type) for n, c in enumerate(columns)}})


def parquet(table, **options):
    out = io.BytesIO()
    options.setdefault("compression", "none")
    pq.write_table(table, out, **options)
    return out.getvalue()


def usual(corpus):
    policy = CONTRACT + "vector column fixed-size list, list, or one column per value"
    corpus.ok("parquet/fixed-size-lists.parquet", parquet(table()), policy)
    corpus.ok("parquet/lists.parquet", parquet(table(type=pa.list_(pa.float32()))), policy)
    corpus.ok("parquet/large-lists.parquet", parquet(table(type=pa.large_list(pa.float32()))), policy)
    corpus.ok("parquet/lists-of-f8.parquet", parquet(table(type=pa.list_(pa.float64()))), policy)
    halves = [np.array(v, "f2") for v in VECTORS]
    corpus.ok("parquet/lists-of-f2.parquet", parquet(table(halves, pa.list_(pa.float16(), 4))), policy)
    corpus.ok("parquet/wide.parquet", parquet(wide()), policy)
    corpus.ok("parquet/wide-f8.parquet", parquet(wide(type=pa.float64())), policy)
    mixed = wide().set_column(4, "d1", pa.array([v[1] for v in VECTORS], pa.float64()))
    corpus.ok("parquet/wide-mixed.parquet", parquet(mixed), policy)
    for triple in TRIPLES[1:]:
        corpus.ok(f"parquet/{triple[0]}.parquet", parquet(table(triple=triple)), HEADERS + "the triples")
    file = "parquet/lists.parquet"
    corpus.again(file, "--format parquet", "ok", CONTRACT + "--format", rows=6, used=6)
    for other in ["csv", "arrow", "h5ad"]:
        corpus.again(file, f"--format {other}", "error", CONTRACT + "--format",
                     error="format|utf-8|magic|arrow|hdf5|not a|is no|header|nul")


def encodings(corpus):
    policy = "data files may be packed"
    for codec in ["snappy", "zstd", "gzip", "lz4", "brotli"]:
        corpus.ok(f"parquet/{codec}.parquet", parquet(table(), compression=codec), policy)
        corpus.ok(f"parquet/{codec}-wide.parquet", parquet(wide(), compression=codec), policy)
    policy = CONTRACT + "id columns text or integer; fixed-size list, list, or one column per value"
    corpus.ok("parquet/row-groups.parquet", parquet(table(), row_group_size=2), policy)
    corpus.ok("parquet/row-groups-of-1.parquet", parquet(wide(), row_group_size=1), policy)
    corpus.ok("parquet/no-dictionary.parquet", parquet(table(), use_dictionary=False), policy)
    corpus.ok("parquet/pages-of-version-2.parquet", parquet(table(), data_page_version="2.0"), policy)
    both = parquet(table(), data_page_version="2.0", compression="zstd", row_group_size=4)
    corpus.ok("parquet/pages-of-version-2-zstd.parquet", both, policy)
    corpus.ok("parquet/version-1.parquet", parquet(wide(), version="1.0"), policy)
    corpus.ok("parquet/with-checksums.parquet", parquet(table(), write_page_checksum=True), policy)
    encoded = {"class": "DELTA_BYTE_ARRAY", "subject": "DELTA_LENGTH_BYTE_ARRAY", "d0": "BYTE_STREAM_SPLIT"}
    content = parquet(wide(), use_dictionary=False, column_encoding=encoded)
    corpus.ok("parquet/delta-and-split.parquet", content, policy)
    dictionary = wide()
    for n, name in enumerate(TRIPLES[0]):
        dictionary = dictionary.set_column(n, name, dictionary[name].dictionary_encode())
    corpus.ok("parquet/categories.parquet", parquet(dictionary), policy)
    large = pa.table({**id_columns(type=pa.large_string()), "vector": pa.array(VECTORS, FIXED)})
    corpus.ok("parquet/large-text.parquet", parquet(large), policy)
    numbers = [(1, 10, 100), (1, 10, 101), (1, 11, 102), (2, 12, 103), (2, 12, 104), (2, 13, 105)]
    for type in [pa.int64(), pa.int32(), pa.uint8()]:
        integers = pa.table({**id_columns(numbers, type=type), "vector": pa.array(VECTORS, FIXED)})
        corpus.ok(f"parquet/{type}-ids.parquet", parquet(integers), policy)
    delta = {name: "DELTA_BINARY_PACKED" for name in TRIPLES[0]}
    integers = parquet(integers, use_dictionary=False, column_encoding=delta)
    corpus.ok("parquet/delta-integers.parquet", integers, policy)


def columns(corpus):
    own = "--set data.class=dx --set data.subject=patient --set data.sample=photo"
    content = parquet(table(triple=("dx", "patient", "photo")))
    corpus.ok("parquet/own-names.parquet", content, CONTRACT + "--set data.class=NAME", args=own)
    two = parquet(table(other=pa.array([[0.5, 1.5]] * 6, pa.list_(pa.float32()))))
    corpus.ok("parquet/two-lists.parquet", two, CONTRACT + "--set data.vector=NAME",
              args="--set data.vector=vector")
    corpus.again("parquet/two-lists.parquet", "", "error", CONTRACT + "data.vector = column with lists",
                 error="data.vector|vector|other")
    corpus.again("parquet/two-lists.parquet", "--set data.vector=nothing", "error", CONTRACT + "data.vector",
                 error="nothing")
    none = parquet(table().drop_columns(["subject"]))
    corpus.ok("parquet/no-subject.parquet", none, HEADERS + "data without subjects",
              args="--set data.subject=none")
    corpus.again("parquet/no-subject.parquet", "", "error", HEADERS + "data without subjects", error="subject")
    only_ids = parquet(table().drop_columns(["vector"]))
    corpus.error("parquet/only-ids.parquet", only_ids, "vector|column|value|number", REFUSED + "nothing usable")
    twice = pa.Table.from_arrays([*wide().columns, wide()["d0"]], names=[*wide().column_names, "d0"])
    corpus.error("parquet/column-twice.parquet", parquet(twice), "twice|duplicate|repeat",
                 REFUSED + "duplicate column")
    ids = pa.Table.from_arrays([*table().columns, table()["class"]], names=[*table().column_names, "class"])
    corpus.error("parquet/class-twice.parquet", parquet(ids), "twice|duplicate|repeat",
                 REFUSED + "duplicate column")


def bare(corpus):
    numbers = wide().drop_columns(list(TRIPLES[0]))
    corpus.ok("parquet/bare.parquet", parquet(numbers), MATRIX)
    corpus.ok("parquet/bare-f8-zstd.parquet", parquet(wide(type=pa.float64()).drop_columns(list(TRIPLES[0])),
              compression="zstd"), MATRIX)
    whole = [[int(4 * value) for value in vector] for vector in VECTORS]
    integers = wide(whole, pa.int16()).drop_columns(list(TRIPLES[0]))
    corpus.findings("parquet/bare-integers.parquet", parquet(integers), "integer_storage",
                    KEPT + "integer or 8-bit values")


def odd(corpus):
    no_vector = "a well-formed value that is no usable vector: "
    nan, inf = float("nan"), float("inf")
    for name, vector, codes, policy in [
        ("null", None, NO_VECTOR, no_vector + "None"),
        ("hole", [0.5, None, 0.5, 0.25], "unusable_vector", no_vector + "a list with a hole"),
        ("empty", [], "empty_vector|unusable_vector", no_vector + "an empty array"),
        ("nan", [0.5, nan, 0.5, 0.5], "not_finite", "NaN"),
        ("infinity", [0.5, 0.5, 0.5, -inf], "not_finite", "infinity"),
        ("zeros", [0.0, -0.0, 0.0, 0.0], "zero_vector", "zero vector"),
        ("longer", [*GOOD, 0.5], "wrong_length", "other length than the majority"),
        ("shorter", GOOD[:1], "wrong_length", "other length than the majority"),
    ]:
        lists = table([*VECTORS, vector], pa.list_(pa.float32()), [*IDS, SEVENTH])
        corpus.aside(f"parquet/aside-{name}.parquet", parquet(lists), codes, policy)
    fixed = table([*VECTORS, None], FIXED, [*IDS, SEVENTH])
    corpus.aside("parquet/aside-null-fixed.parquet", parquet(fixed), NO_VECTOR, no_vector + "None")
    hole = table([*VECTORS, [0.5, None, 0.5, 0.25]], FIXED, [*IDS, SEVENTH])
    corpus.aside("parquet/aside-hole-fixed.parquet", parquet(hole), "unusable_vector", no_vector + "a list with a hole")
    large = table([*VECTORS, [1e300, 0.5, 0.5, 0.5]], pa.list_(pa.float64()), [*IDS, SEVENTH])
    corpus.aside("parquet/aside-too-large.parquet", parquet(large), "not_finite", "too large for 32 bits")
    cell = wide([*VECTORS, [0.5, nan, 0.5, 0.5]], ids=[*IDS, SEVENTH])
    corpus.aside("parquet/aside-nan-wide.parquet", parquet(cell), "not_finite", "NaN")
    cell = wide([*VECTORS, [0.5, None, 0.5, 0.5]], ids=[*IDS, SEVENTH])
    corpus.aside("parquet/aside-null-wide.parquet", parquet(cell), "", no_vector + "a list with a hole")
    whole = [[int(4 * value) for value in vector] for vector in VECTORS]
    policy = KEPT + "integer or 8-bit values"
    for type in [pa.int8(), pa.int64()]:
        content = parquet(table(whole, pa.list_(type, 4)))
        corpus.findings(f"parquet/lists-of-{type}.parquet", content, "integer_storage", policy)
    corpus.findings("parquet/wide-int32.parquet", parquet(wide(whole, pa.int32())), "integer_storage", policy)
    blank = [*IDS[:5], ("brachy", "s4", "")]
    corpus.findings("parquet/empty-id.parquet", parquet(table(ids=blank)), "empty_id", KEPT + "an empty id")
    twice = [*IDS[:5], ("brachy", "s4", "i1")]
    corpus.findings("parquet/image-twice.parquet", parquet(table(ids=twice)), "repeated_sample_id",
                    KEPT + "the same image id twice")
    lengths = [v if n % 2 else v[:3] for n, v in enumerate(VECTORS)]
    corpus.error("parquet/no-majority.parquet", parquet(table(lengths, pa.list_(pa.float32()))), "majority",
                 REFUSED + "no majority length")
    nothing = table([None] * 6, pa.list_(pa.float32()))
    corpus.error("parquet/all-null.parquet", parquet(nothing), "usable", REFUSED + "nothing usable")
    corpus.error("parquet/no-rows.parquet", parquet(table()[:0]), "no data|no row|no sample|usable|empty",
                 REFUSED + "nothing usable")


def refused_types(corpus):
    policy = REFUSED + "values of unreal type"
    words = DTYPE + "|vector|list|column|usable"
    day = datetime.datetime(2020, 1, 1)
    for name, value, type in [
        ("booleans", [True, False, True, True], pa.list_(pa.bool_())),
        ("texts", ["0.5"] * 4, pa.list_(pa.string())),
        ("decimals", [decimal.Decimal("0.5")] * 4, pa.list_(pa.decimal128(5, 2))),
        ("timestamps", [day] * 4, pa.list_(pa.timestamp("us"))),
        ("dates", [day.date()] * 4, pa.list_(pa.date32())),
        ("bytes", [b"abcd"] * 4, pa.list_(pa.binary())),
        ("lists", [[0.5, 1.5], [1.5, 2.5]], pa.list_(pa.list_(pa.float32()))),
        ("structures", [{"a": 0.5}] * 4, pa.list_(pa.struct([("a", pa.float32())]))),
        ("mapping", [("a", 0.5), ("b", 0.25)], pa.map_(pa.string(), pa.float32())),
    ]:
        corpus.error(f"parquet/lists-of-{name}.parquet", parquet(table([value] * 6, type)), words, policy)


def refused_ids(corpus):
    policy = REFUSED + "a key that is neither text nor integer"
    words = "class|" + DTYPE
    for name, column in {
        "float": pa.array([0.5, 1.5] * 3),
        "boolean": pa.array([True, False] * 3),
        "timestamp": pa.array([datetime.datetime(2020, 1, 1)] * 6),
        "list": pa.array([["a"], ["b"]] * 3),
    }.items():
        content = parquet(table().set_column(0, "class", column))
        corpus.error(f"parquet/ids-{name}.parquet", content, words, policy)
    long = parquet(table(ids=[("x" * 4097, *IDS[0][1:]), *IDS[1:]]), compression="zstd")
    corpus.error("parquet/id-of-4097-bytes.parquet", long, "4096|4097|long", REFUSED + "an id over 4,096 bytes")
    raw = pa.array([b"a\xff", b"b"] * 3, pa.binary())
    text = pa.StringArray.from_buffers(6, raw.buffers()[1], raw.buffers()[2])
    content = parquet(table().set_column(0, "class", text))
    corpus.error("parquet/ids-not-utf8.parquet", content, "utf-8|utf8|class", REFUSED + "malformed encoding")


def damaged(corpus):
    good = parquet(table(), compression="snappy")
    policy = REFUSED + "truncation"
    words = CUT + "|footer|parquet|magic"
    for percent in [1, 30, 60, 95]:
        corpus.error(f"parquet/cut-at-{percent}.parquet", good[: len(good) * percent // 100], words + "|format", policy)
    corpus.error("parquet/cut-last-byte.parquet", good[:-1], words, policy)
    corpus.error("parquet/only-magic.parquet", b"PAR1", words, policy)
    corpus.error("parquet/only-magics.parquet", b"PAR1" + u32(0) + b"PAR1", words, policy)
    policy = REFUSED + "malformed encoding"
    corpus.error("parquet/encrypted.parquet", b"PARE" + good[4:-4] + b"PARE", "encrypt|format|magic|parquet", policy)
    corpus.error("parquet/wrong-end.parquet", good[:-4] + b"PAR2", words, policy)
    corpus.error("parquet/wrong-start.parquet", b"ABCD" + good[4:], words + "|format", policy)
    corpus.error("parquet/bytes-after.parquet", good + b"more" * 10, words + "|" + TRAILING,
                 REFUSED + "bytes after the end")
    checked = parquet(wide(), write_page_checksum=True, use_dictionary=False)
    column = np.array([v[0] for v in VECTORS], "<f4").tobytes()
    position = checked.index(column)
    corpus.error("parquet/wrong-checksum.parquet", flip(checked, position + 2),
                 "checksum|crc|damaged|corrupt", REFUSED + "failed checksums")


def lies(corpus):
    policy = REFUSED + "malformed encoding"
    words = CUT + "|footer|metadata|parquet|size|page|thrift|damaged|corrupt"
    good = parquet(table())
    size = int.from_bytes(good[-8:-4], "little")
    for name, length in {"0": 0, "1": 1, "longer": size + 1, "shorter": size - 1, "file": len(good),
                         "2-31": 1 << 31, "2-32": (1 << 32) - 1}.items():
        corpus.error(f"parquet/footer-length-{name}.parquet", put(good, len(good) - 8, u32(length)), words, policy)
    zeros = put(good, len(good) - 8 - size, bytes(size))
    corpus.error("parquet/footer-of-zeros.parquet", zeros, words, policy)
    ones = put(good, len(good) - 8 - size, b"\xff" * size)
    corpus.error("parquet/footer-of-ones.parquet", ones, words, policy)
    # A list of fields that says it has 2^28 members.
    many = b"\x15\x02\x19\xfc" + b"\xff\xff\xff\xff\x0f"
    content = b"PAR1" + many + u32(len(many)) + b"PAR1"
    corpus.error("parquet/footer-of-many-columns.parquet", content, words, policy)
    deep = b"\x15\x02" + b"\x1c" * 50_000
    content = b"PAR1" + deep + u32(len(deep)) + b"PAR1"
    corpus.error("parquet/footer-nested.parquet", content, words + "|nest|depth|deep", policy)
    # Lists that claim far more elements than there are bytes: booleans in a field that nobody knows,
    # and row groups after a schema without columns.
    many = b"\xff\xff\xff\xff\x07"
    booleans = b"\x15\x02" + b"\x09\x64\xf1" + many + b"\x00"
    groups = b"\x15\x02\x19\x1c\x48\x06schema\x15\x00\x00\x16\x00\x19\xfc" + many + b"\x00"
    for name, footer in [("booleans", booleans), ("row-groups", groups)]:
        content = b"PAR1" + footer + u32(len(footer)) + b"PAR1"
        corpus.error(f"parquet/footer-of-2-31-{name}.parquet", content, words, policy)
    # The header of the first page: kind, size and size as packed, each with a byte before it.
    numbers = wide().drop_columns(list(TRIPLES[0]))
    plain = parquet(numbers, use_dictionary=False, compression="snappy")
    assert plain[4] == 0x15 and plain[6] == 0x15 and plain[8] == 0x15
    for name, position, value in [
        ("size", 7, b"\x7e"),
        ("packed-size", 9, b"\x7e"),
        ("packed-size-0", 9, b"\x00"),
        ("size-negative", 7, b"\x03"),
        ("packed-size-negative", 9, b"\x03"),
    ]:
        corpus.error(f"parquet/page-{name}.parquet", put(plain, position, value), words, policy)
    corpus.error("parquet/page-header-of-ones.parquet", put(plain, 4, b"\xff" * 16), words, policy)
    corpus.error("parquet/page-header-of-zeros.parquet", put(plain, 4, bytes(16)), words, policy)


def bombs(corpus):
    policy = REFUSED + "expansion over 100-fold above 16 MiB"
    n = 3_000_000
    ids = [np.full(n, text) for text in ["a", "s", "i"]]
    same = pa.table({**dict(zip(TRIPLES[0], map(pa.array, ids))),
                     **{f"d{k}": pa.array(np.full(n, 0.5 + k, "f4")) for k in range(4)}})
    corpus.error("parquet/bomb-of-dictionaries.parquet", parquet(same, row_group_size=n), EXPANSION, policy)
    # The schema in Arrow's terms, which the table holds too, says that every list has 2^30 values.
    fixed = pa.list_(pa.float32(), 4)
    long = table(type=fixed).schema.set(3, pa.field("vector", pa.list_(pa.float32(), 1 << 30)))
    schemas = [base64.b64encode(schema.serialize().to_pybytes()) for schema in [table(type=fixed).schema, long]]
    content = parquet(table(type=fixed))
    assert content.count(schemas[0]) == 1 and len(schemas[0]) == len(schemas[1])
    corpus.error("parquet/lists-of-2-30.parquet", content.replace(*schemas), EXPANSION, policy)
    n = 16_000_000
    vector = pa.ListArray.from_arrays(pa.array([0, n], pa.int32()), pa.array(np.zeros(n)))
    long = pa.table({**id_columns([("a", "s", "i")]), "vector": vector})
    corpus.error("parquet/one-list-of-16-million.parquet", parquet(long), EXPANSION, policy)
    zeros = pa.table({f"d{k}": pa.array(np.zeros(2 << 20, "f4")) for k in range(4)})
    for codec in ["zstd", "gzip"]:
        content = parquet(zeros, compression=codec, use_dictionary=False, row_group_size=2 << 20)
        corpus.error(f"parquet/bomb-{codec}.parquet", content, EXPANSION, policy)
