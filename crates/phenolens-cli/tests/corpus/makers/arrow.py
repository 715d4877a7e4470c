"""Arrow tables, as files and as streams."""

import io

import numpy as np
import pyarrow as pa

from .common import *
from .common import u32, u64
from .parquet import FIXED, id_columns, table, wide


def make(corpus):
    usual(corpus)
    odd(corpus)
    refused_types(corpus)
    invalid_buffers(corpus)
    damaged(corpus)
    bombs(corpus)


def arrow(table, kind="file", rows=100, codec=None):
    out = io.BytesIO()
    new = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
    with new(out, table.schema, options=pa.ipc.IpcWriteOptions(compression=codec)) as writer:
        for batch in table.to_batches(max_chunksize=rows):
            writer.write_batch(batch)
    return out.getvalue()


def usual(corpus):
    policy = CONTRACT + "vector column fixed-size list, list, or one column per value"
    for kind in ["file", "stream"]:
        end = "arrow" if kind == "file" else "arrows"
        corpus.ok(f"arrow/{kind}.{end}", arrow(table(), kind), policy)
        corpus.ok(f"arrow/{kind}-batches.{end}", arrow(table(), kind, rows=2), policy)
        corpus.ok(f"arrow/{kind}-wide.{end}", arrow(wide(), kind), policy)
        for codec in ["lz4", "zstd"]:
            corpus.ok(f"arrow/{kind}-{codec}.{end}", arrow(table(), kind, codec=codec), "data files may be packed")
        categories = table()
        for n, name in enumerate(TRIPLES[0]):
            categories = categories.set_column(n, name, categories[name].dictionary_encode())
        corpus.ok(f"arrow/{kind}-categories.{end}", arrow(categories, kind), policy)
    corpus.ok("arrow/lists.arrow", arrow(table(type=pa.list_(pa.float32()))), policy)
    corpus.ok("arrow/large-lists.arrow", arrow(table(type=pa.large_list(pa.float64()))), policy)
    large = pa.table({**id_columns(type=pa.large_string()), "vector": pa.array(VECTORS, FIXED)})
    corpus.ok("arrow/large-text.arrow", arrow(large), policy)
    numbers = [(1, 10, 100), (1, 10, 101), (1, 11, 102), (2, 12, 103), (2, 12, 104), (2, 13, 105)]
    integers = pa.table({**id_columns(numbers, type=pa.int32()), "vector": pa.array(VECTORS, FIXED)})
    corpus.ok("arrow/integer-ids.arrow", arrow(integers), policy)
    for triple in TRIPLES[1:]:
        corpus.ok(f"arrow/{triple[0]}.arrow", arrow(table(triple=triple)), HEADERS + "the triples")
    own = "--set data.class=dx --set data.subject=patient --set data.sample=photo"
    corpus.ok("arrow/own-names.arrow", arrow(table(triple=("dx", "patient", "photo"))),
              CONTRACT + "--set data.class=NAME", args=own)
    corpus.again("arrow/file.arrow", "--format arrow", "ok", CONTRACT + "--format", rows=6, used=6)
    corpus.ok("arrow/packed.arrows.gz", gz(arrow(table(), "stream")), "data files may be packed")
    sliced = table([*VECTORS, *VECTORS], FIXED, [*IDS, *IDS])[6:]
    corpus.ok("arrow/sliced.arrow", arrow(sliced), policy)


def odd(corpus):
    nan = float("nan")
    no_vector = "a well-formed value that is no usable vector: "
    for name, vector, codes, policy in [
        ("null", None, NO_VECTOR, no_vector + "None"),
        ("hole", [0.5, None, 0.5, 0.25], "unusable_vector", no_vector + "a list with a hole"),
        ("empty", [], "empty_vector|unusable_vector", no_vector + "an empty array"),
        ("nan", [0.5, nan, 0.5, 0.5], "not_finite", "NaN"),
        ("zeros", [0.0] * 4, "zero_vector", "zero vector"),
        ("longer", [*GOOD, 0.5], "wrong_length", "other length than the majority"),
    ]:
        lists = table([*VECTORS, vector], pa.list_(pa.float32()), [*IDS, SEVENTH])
        corpus.aside(f"arrow/aside-{name}.arrow", arrow(lists), codes, policy)
    whole = [[int(4 * value) for value in vector] for vector in VECTORS]
    corpus.findings("arrow/lists-of-int8.arrow", arrow(table(whole, pa.list_(pa.int8(), 4))), "integer_storage",
                    KEPT + "integer or 8-bit values")
    words = "no data|no row|no sample|usable|empty"
    corpus.error("arrow/no-rows.arrow", arrow(table()[:0]), words, REFUSED + "nothing usable")
    corpus.error("arrow/no-batches.arrows", arrow(table()[:0], "stream"), words, REFUSED + "nothing usable")


def refused_types(corpus):
    policy = REFUSED + "values of unreal type"
    words = DTYPE + "|vector|list|column|usable"
    for name, value, type in [
        ("booleans", [True, False, True, True], pa.list_(pa.bool_())),
        ("texts", ["0.5"] * 4, pa.list_(pa.string())),
        ("lists", [[0.5, 1.5], [1.5, 2.5]], pa.list_(pa.list_(pa.float32()))),
        ("dates", [1, 2, 3, 4], pa.list_(pa.date32())),
    ]:
        corpus.error(f"arrow/lists-of-{name}.arrow", arrow(table([value] * 6, type)), words, policy)
    for name, column in {"float": pa.array([0.5, 1.5] * 3), "boolean": pa.array([True, False] * 3)}.items():
        corpus.error(f"arrow/ids-{name}.arrow", arrow(table().set_column(0, "class", column)), "class|" + DTYPE,
                     REFUSED + "a key that is neither text nor integer")


def invalid_buffers(corpus):
    """What Arrow's own writers let through unseen."""
    policy = REFUSED + "malformed encoding"
    words = "utf-8|utf8|offset|index|invalid|damaged|arrow|length|out of"
    raw = pa.array([b"a\xff", b"b"] * 3, pa.binary())
    text = pa.StringArray.from_buffers(6, raw.buffers()[1], raw.buffers()[2])
    corpus.error("arrow/ids-not-utf8.arrow", arrow(table().set_column(0, "class", text)), words, policy)

    for name, offsets in {
        "beyond": [0, 4, 8, 12, 16, 20, 1 << 30],
        "negative": [-4, 0, 4, 8, 12, 16, 20],
        "falling": [0, 8, 4, 12, 16, 20, 24],
    }.items():
        content = with_offsets(offsets)
        corpus.error(f"arrow/offsets-{name}.arrow", content, words, policy)
    for name, indices in {"beyond": [0, 1, 0, 1, 0, 99], "negative": [0, 1, 0, 1, 0, -1]}.items():
        keys = pa.array(indices, pa.int32())
        categories = pa.DictionaryArray.from_arrays(keys, pa.array(["a", "b"]), safe=False)
        content = arrow(table().set_column(0, "class", categories))
        corpus.error(f"arrow/categories-{name}.arrow", content, words, policy)


def with_offsets(offsets):
    """A file of lists whose offsets are then exchanged for others."""
    content = arrow(table(type=pa.list_(pa.float32())))
    good = np.arange(0, 28, 4, dtype="<i4").tobytes()
    assert content.count(good) == 1
    return content.replace(good, np.array(offsets, "<i4").tobytes())


def damaged(corpus):
    policy = REFUSED + "truncation"
    words = CUT + "|arrow|footer|magic|damaged"
    for kind in ["file", "stream"]:
        good = arrow(table(), kind)
        for percent in [20, 50, 80]:
            cut = good[: len(good) * percent // 100]
            corpus.error(f"arrow/cut-{kind}-at-{percent}.arrow", cut, words + "|format", policy)
    good = arrow(table())
    corpus.error("arrow/cut-last-byte.arrow", good[:-1], words, policy)
    corpus.error("arrow/only-magic.arrow", b"ARROW1\0\0", words, policy)
    corpus.error("arrow/only-magics.arrow", b"ARROW1\0\0" + u32(0) + b"ARROW1", words, policy)
    policy = REFUSED + "malformed encoding"
    length = int.from_bytes(good[-10:-6], "little")
    for name, value in {"0": 0, "longer": length + 800, "2-31": (1 << 31) - 1, "negative": 0xFFFFFFF0}.items():
        corpus.error(f"arrow/footer-length-{name}.arrow", put(good, len(good) - 10, u32(value)), words, policy)
    corpus.error("arrow/footer-of-ones.arrow", put(good, len(good) - 10 - length, b"\xff" * length), words, policy)
    corpus.error("arrow/footer-of-zeros.arrow", put(good, len(good) - 10 - length, bytes(length)), words, policy)
    stream = arrow(table(), "stream")
    for name, value in {"2-31": (1 << 31) - 1, "negative": 0xFFFFFFF0, "1": 1}.items():
        corpus.error(f"arrow/message-length-{name}.arrows", put(stream, 4, u32(value)), words, policy)
    corpus.error("arrow/schema-of-ones.arrows", put(stream, 8, b"\xff" * 64), words, policy)
    corpus.error("arrow/bytes-after.arrow", good + b"more" * 10, words + "|" + TRAILING,
                 REFUSED + "bytes after the end")
    # The length of the body of the batch, and that of its largest buffer.
    body = np.array(VECTORS, "<f4").tobytes()
    assert good.count(u64(len(body))) >= 1
    lying = good.replace(u64(len(body)), u64(1 << 40))
    corpus.error("arrow/buffer-length-2-40.arrow", lying, words + "|buffer", policy)
    lying = good.replace(u64(len(body)), u64((1 << 64) - 8))
    corpus.error("arrow/buffer-length-negative.arrow", lying, words + "|buffer", policy)
    packed_body = arrow(table(), codec="zstd")
    frame = packed_body.index(b"\x28\xb5\x2f\xfd")
    for name, value in {"2-40": u64(1 << 40), "0": u64(0), "minus-2": u64((1 << 64) - 2)}.items():
        content = put(packed_body, frame - 8, value)
        corpus.error(f"arrow/unpacked-length-{name}.arrow", content, words + "|unpack|zstd|compress|" + EXPANSION,
                     policy)
    noise = put(packed_body, frame + 4, b"\xff" * 8)
    corpus.error("arrow/zstd-damaged.arrow", noise, words + "|zstd|compress", policy)


def bombs(corpus):
    policy = REFUSED + "expansion over 100-fold above 16 MiB"
    zeros = pa.table({**id_columns([("a", "s", "i")]), "vector": pa.array([np.zeros(6 << 20, "f4")])})
    for codec in ["zstd", "lz4"]:
        corpus.error(f"arrow/bomb-{codec}.arrow", arrow(zeros, codec=codec), EXPANSION, policy)
    # One long text, named by every row of three columns.
    n = 262_000
    column = pa.DictionaryArray.from_arrays(np.zeros(n, "i1"), ["c" * 4000])
    same = pa.table({**{name: column for name in TRIPLES[0]}, "d0": pa.array(np.zeros(n, "i1"))})
    corpus.error("arrow/one-text-for-many.arrow", arrow(same, codec="zstd", rows=n), EXPANSION, policy)
    # The index names the first of two batches twice.
    content = arrow(table(), rows=3)
    footer = pa.ipc.open_file(content)
    assert footer.num_record_batches == 2
    index = content[-10 - int.from_bytes(content[-10:-6], "little"):-10]
    blocks = [n for n in range(0, len(index) - 23, 4) if is_block(content, index[n : n + 24])]
    assert len(blocks) == 2, blocks
    start = len(content) - 10 - len(index)
    first = index[blocks[0] : blocks[0] + 24]
    twice = put(content, start + blocks[1], first)
    corpus.error("arrow/batch-named-twice.arrow", twice, CUT + "|index|twice|message", REFUSED + "malformed encoding")


def is_block(content, block):
    """Whether the index of a file says by these bytes where a batch stands."""
    offset, description = int.from_bytes(block[:8], "little"), int.from_bytes(block[8:12], "little")
    is_message = 0 < offset < len(content) and content[offset : offset + 4] == b"\xff" * 4
    return is_message and description == 8 + int.from_bytes(content[offset + 4 : offset + 8], "little")
