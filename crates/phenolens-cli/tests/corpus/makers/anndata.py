"""AnnData files, which are HDF5."""

import io
import zlib

import h5py
import numpy as np

from .common import *

MATRIX_F4 = np.array(VECTORS, "f4")
TEXT = h5py.string_dtype()


def make(corpus):
    usual(corpus)
    odd(corpus)
    missing(corpus)
    refused_types(corpus)
    hostile(corpus)
    damaged(corpus)


def h5ad(vectors=MATRIX_F4, ids=IDS, triple=TRIPLES[0], kind="text", more=None, **options):
    """A file with X and the columns of obs; `more` changes it."""
    out = io.BytesIO()
    with h5py.File(out, "w", track_order=True) as file:
        file.attrs.update({"encoding-type": "anndata", "encoding-version": "0.1.0"})
        if vectors is not None:
            file.create_dataset("X", data=vectors, **options)
            file["X"].attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
        obs = file.create_group("obs", track_order=True)
        obs.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.2.0", "_index": "_index"})
        obs.attrs["column-order"] = np.array(triple, TEXT)
        put_text(obs, "_index", [f"cell{n}" for n in range(len(ids))])
        for name, column in zip(triple, zip(*ids)):
            {"text": put_text, "categories": put_categories, "integers": put_integers,
             "nothing": lambda *_: None}[kind](obs, name, column)
        if more:
            more(file)
    return out.getvalue()


def put_text(group, name, column):
    group.create_dataset(name, data=np.array(column, TEXT), dtype=TEXT)
    group[name].attrs.update({"encoding-type": "string-array", "encoding-version": "0.2.0"})


def put_integers(group, name, column):
    group.create_dataset(name, data=np.array(column))
    group[name].attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})


def put_categories(group, name, column, codes=None):
    categories = sorted(set(column))
    column_group = group.create_group(name, track_order=True)
    column_group.attrs.update({"encoding-type": "categorical", "encoding-version": "0.2.0", "ordered": False})
    codes = [categories.index(text) for text in column] if codes is None else codes
    column_group.create_dataset("codes", data=np.array(codes, "i1"))
    put_text(column_group, "categories", categories)


def usual(corpus):
    policy = CONTRACT + "X dense or obsm key, labels from obs columns"
    corpus.ok("h5ad/plain.h5ad", h5ad(), policy)
    corpus.ok("h5ad/categories.h5ad", h5ad(kind="categories"), policy)
    numbers = [(1, 10, 100), (1, 10, 101), (1, 11, 102), (2, 12, 103), (2, 12, 104), (2, 13, 105)]
    corpus.ok("h5ad/integer-ids.h5ad", h5ad(ids=numbers, kind="integers"), policy)
    corpus.ok("h5ad/f8.h5ad", h5ad(MATRIX_F4.astype("f8")), policy)
    corpus.ok("h5ad/f2.h5ad", h5ad(MATRIX_F4.astype("f2")), policy)
    corpus.ok("h5ad/big-endian.h5ad", h5ad(MATRIX_F4.astype(">f4")), policy)
    corpus.ok("h5ad/chunks.h5ad", h5ad(chunks=(4, 3)), policy)
    corpus.ok("h5ad/gzip.h5ad", h5ad(chunks=(6, 4), compression="gzip"), "data files may be packed")
    corpus.ok("h5ad/gzip-shuffle.h5ad", h5ad(chunks=(2, 4), compression="gzip", shuffle=True),
              "data files may be packed")
    corpus.ok("h5ad/packed.h5ad.gz", gz(h5ad()), "data files may be packed")
    for triple in TRIPLES[1:]:
        corpus.ok(f"h5ad/{triple[0]}.h5ad", h5ad(triple=triple), HEADERS + "the triples are recognized")
    own = "--set data.class=dx --set data.subject=patient --set data.sample=photo"
    corpus.ok("h5ad/own-names.h5ad", h5ad(triple=("dx", "patient", "photo")), CONTRACT + "--set data.class=NAME",
              args=own)
    corpus.ok("h5ad/obsm.h5ad", h5ad(np.ones((6, 2), "f4"), more=with_embedding), CONTRACT + "data.vector = obsm key",
              args="--set data.vector=X_emb")
    corpus.ok("h5ad/x-by-name.h5ad", h5ad(more=with_embedding), CONTRACT + "X for the matrix",
              args="--set data.vector=X")
    corpus.again("h5ad/plain.h5ad", "--format h5ad", "ok", CONTRACT + "--format", rows=6, used=6)
    none = h5ad(ids=[(i[0], i[2]) for i in IDS], triple=("class", "sample"))
    corpus.ok("h5ad/no-subject.h5ad", none, HEADERS + "data without subjects", args="--set data.subject=none")
    corpus.again("h5ad/no-subject.h5ad", "", "error", HEADERS + "data without subjects", error="subject")


def with_embedding(file):
    file.create_group("obsm").create_dataset("X_emb", data=MATRIX_F4)


def odd(corpus):
    for name, value, codes, policy in [
        ("nan", [0.5, np.nan, 0.5, 0.5], "not_finite", "NaN"),
        ("infinity", [0.5, -np.inf, 0.5, 0.5], "not_finite", "infinity"),
        ("too-large", [0.5, 1e300, 0.5, 0.5], "not_finite", "too large for 32 bits"),
        ("zeros", [0.0] * 4, "zero_vector", "zero vector"),
    ]:
        content = h5ad(np.array([*VECTORS, value], "f8"), [*IDS, SEVENTH])
        corpus.aside(f"h5ad/aside-{name}.h5ad", content, codes, policy)
    whole = (MATRIX_F4 * 4).astype("i2")
    corpus.findings("h5ad/integers.h5ad", h5ad(whole), "integer_storage", KEPT + "integer or 8-bit values")
    twice = h5ad(ids=[*IDS[:5], ("brachy", "s4", "i1")])
    corpus.findings("h5ad/image-twice.h5ad", twice, "repeated_sample_id", KEPT + "the same image id twice")
    both = h5ad(ids=[*IDS[:5], ("brachy", "s1", "i6")], kind="categories")
    corpus.findings("h5ad/subject-in-two.h5ad", both, "subject_in_two_classes", KEPT + "a subject in two syndromes")


def missing(corpus):
    # Without a column for the samples, the index of obs might serve: the policy does not say.
    for name in TRIPLES[0][:2]:
        content = h5ad(more=lambda file: file["obs"].pop(name) and None)
        corpus.error(f"h5ad/without-{name}.h5ad", content, name, HEADERS + "the triples")
    words = "obs|class"
    content = h5ad(more=lambda file: file.pop("obs") and None)
    corpus.error("h5ad/without-obs.h5ad", content, words, HEADERS + "the triples")
    corpus.again("h5ad/plain.h5ad", "--set data.class=nothing", "error", CONTRACT + "data.class", error="nothing")
    corpus.again("h5ad/plain.h5ad", "--set data.vector=nothing", "error", CONTRACT + "data.vector", error="nothing")
    corpus.error("h5ad/without-x.h5ad", h5ad(None), "x|vector|matri", REFUSED + "nothing usable")
    corpus.error("h5ad/short-obs.h5ad", h5ad(ids=IDS[:5]), "row|obs|length", JOIN)
    corpus.error("h5ad/long-obs.h5ad", h5ad(ids=[*IDS, SEVENTH]), "row|obs|length", JOIN)
    empty = h5ad(MATRIX_F4[:0], ids=[("a", "b", "c")], more=without_rows)
    corpus.error("h5ad/no-rows.h5ad", empty, "row|no data|usable|empty|sample|shape", REFUSED + "nothing usable")
    out = io.BytesIO()
    h5py.File(out, "w").close()
    corpus.error("h5ad/empty-hdf5.h5ad", out.getvalue(), "obs|x|anndata|class", REFUSED + "nothing usable")


def without_rows(file):
    for name in ["_index", *TRIPLES[0]]:
        del file["obs"][name]
        put_text(file["obs"], name, [])


def refused_types(corpus):
    policy = REFUSED + "values of unreal type"
    words = DTYPE + "|x|shape|matri"
    pairs = np.zeros((6,), [("a", "f4"), ("b", "f4")])
    for name, values in {
        "complex": MATRIX_F4.astype("c8"),
        "booleans": MATRIX_F4 > 0,
        "bytes": MATRIX_F4.astype("S4"),
        "structures": pairs,
        "3-d": MATRIX_F4.reshape(6, 2, 2),
        "long-double": long_double(VECTORS),
    }.items():
        corpus.error(f"h5ad/x-{name}.h5ad", h5ad(values), words, policy)
    text = h5ad(None, more=lambda file: file.create_dataset("X", data=np.full((6, 4), "0.5", TEXT), dtype=TEXT))
    corpus.error("h5ad/x-text.h5ad", text, words, policy)
    policy = REFUSED + "a key that is neither text nor integer"
    for name, column in {"float": [0.5, 1.5] * 3, "boolean": [True, False] * 3}.items():
        def other(file):
            del file["obs"]["class"]
            put_integers(file["obs"], "class", column)
        corpus.error(f"h5ad/ids-{name}.h5ad", h5ad(more=other), "class|" + DTYPE, policy)


def hostile(corpus):
    policy = READER + "no execution, no panic, no stack overflow"
    words = "x|link|obs|not found|no "

    def links(link):
        def more(file):
            file["X"] = link
        return h5ad(None, more=more)

    corpus.error("h5ad/x-in-another-file.h5ad", links(h5py.ExternalLink("plain.h5ad", "/X")), words, policy)
    corpus.error("h5ad/x-is-itself.h5ad", links(h5py.SoftLink("/X")), words, policy)
    corpus.error("h5ad/x-is-nowhere.h5ad", links(h5py.SoftLink("/obs/nothing")), words, policy)
    corpus.error("h5ad/x-is-group.h5ad", links(h5py.SoftLink("/obs")), words, policy)

    def codes(values):
        def more(file):
            del file["obs"]["class"]
            column = [ids[0] for ids in IDS]
            put_categories(file["obs"], "class", column, values)
        return h5ad(more=more)

    words = "class|code|categor|index"
    corpus.error("h5ad/code-beyond.h5ad", codes([0, 0, 0, 1, 1, 99]), words, REFUSED + "malformed encoding")
    corpus.error("h5ad/codes-short.h5ad", codes([0, 0, 0, 1, 1]), words + "|row|length", JOIN)
    expansion = REFUSED + "expansion over 100-fold above 16 MiB"
    packed_zeros = h5ad(np.zeros((6, 1 << 20), "f4"), chunks=(1, 1 << 20), compression="gzip", compression_opts=9)
    corpus.error("h5ad/bomb.h5ad", packed_zeros, EXPANSION, expansion)

    def unwritten(shape, chunks):
        return h5ad(None, more=lambda file: file.create_dataset("X", shape, "f4", chunks=chunks))

    corpus.error("h5ad/unwritten-chunks.h5ad", unwritten((6, 1 << 30), (1, 1 << 20)), EXPANSION, expansion)
    corpus.error("h5ad/unwritten.h5ad", unwritten((6, 1 << 30), None), EXPANSION + "|x", expansion)
    corpus.error("h5ad/unwritten-2-60.h5ad", unwritten((1 << 30, 1 << 30), (1, 1024)), EXPANSION + "|row|obs|shape",
                 expansion)

    def many(n_rows, put_column):
        """So many rows, of whose matrix nothing is written."""
        def more(file):
            file.create_dataset("X", (n_rows, 1), "u1")
            for name in TRIPLES[0]:
                put_column(file["obs"], name)
        return h5ad(None, ids=[], kind="nothing", more=more)

    def unwritten_codes(n_rows):
        def put_column(obs, name):
            group = obs.create_group(name)
            group.create_dataset("codes", (n_rows,), "i1")
            put_text(group, "categories", ["c" * 4000])
        return many(n_rows, put_column)

    corpus.error("h5ad/one-category-for-many.h5ad", unwritten_codes(260_000), EXPANSION, expansion)
    corpus.error("h5ad/rows-of-nothing.h5ad", unwritten_codes(16_000_000), EXPANSION + "|row", expansion)
    n_rows, text = 20_000, "x" * 20_000

    def references(obs, name):
        column = obs.create_dataset(name, (n_rows,), TEXT, chunks=(n_rows,), compression="gzip")
        column[0] = text
        _, chunk = column.id.read_direct_chunk((0,))
        first = zlib.decompress(chunk)[:16]
        column.id.write_direct_chunk((0,), zlib.compress(first * n_rows))

    content = many(n_rows, references)
    corpus.error("h5ad/one-text-for-many.h5ad", content, "4096|4,096|long", REFUSED + "an id over 4,096 bytes")


def damaged(corpus):
    good = h5ad()
    policy = REFUSED + "truncation"
    words = CUT + "|hdf5|damaged|format"
    for percent in [1, 25, 50, 90]:
        corpus.error(f"h5ad/cut-at-{percent}.h5ad", good[: len(good) * percent // 100], words, policy)
    policy = REFUSED + "malformed encoding"
    corpus.error("h5ad/only-signature.h5ad", good[:8], words, policy)
    corpus.error("h5ad/signature-and-zeros.h5ad", good[:8] + bytes(2000), words, policy)
    corpus.error("h5ad/signature-and-ones.h5ad", good[:8] + b"\xff" * 2000, words, policy)
    corpus.error("h5ad/superblock-version.h5ad", put(good, 8, b"\x63"), words + "|version", policy)
    corpus.error("h5ad/size-of-offsets.h5ad", put(good, 13, b"\x21"), words + "|offset|size", policy)
    checked = h5ad(chunks=(6, 4), fletcher32=True)
    position = checked.index(MATRIX_F4.tobytes())
    corpus.ok("h5ad/checksum.h5ad", checked, CONTRACT + "X dense")
    corpus.error("h5ad/wrong-checksum.h5ad", flip(checked, position + 3), "checksum|fletcher|crc|damaged",
                 REFUSED + "failed checksums")
    packed_x = h5ad(chunks=(6, 4), compression="gzip")
    position = packed_x.index(b"\x78\x5e") if b"\x78\x5e" in packed_x else packed_x.index(b"\x78\x01")
    corpus.error("h5ad/gzip-damaged.h5ad", put(packed_x, position + 2, b"\xff" * 6),
                 "damaged|deflate|zlib|gzip|corrupt|compress|chunk", policy)
