"""Archives of NumPy arrays."""

import io
import struct
import zipfile
import zlib

import numpy as np

from .common import *
from .npy import MATRIX_F4, npy

DATED = (1980, 1, 1, 0, 0, 0)


def make(corpus):
    with_labels = "--labels " + corpus.side("npz/labels.csv", labels())
    accepted(corpus, with_labels)
    odd(corpus)
    arrays_that_do_not_fit(corpus, with_labels)
    names(corpus)
    damaged(corpus)
    lies(corpus)


def members(header=TRIPLES[0], ids=IDS, **more):
    """Entries as `numpy.savez` names them."""
    columns = {name: np.array(column) for name, column in zip(header, zip(*ids))}
    return {f"{name}.npy": npy(value) for name, value in {**columns, "vectors": MATRIX_F4, **more}.items()}


def archive(entries, method=zipfile.ZIP_STORED, zip64=False):
    out = io.BytesIO()
    entries = entries.items() if isinstance(entries, dict) else entries
    with zipfile.ZipFile(out, "w") as packed_files:
        for name, content in entries:
            entry = zipfile.ZipInfo(name, DATED)
            entry.compress_type = method
            with packed_files.open(entry, "w", force_zip64=zip64) as file:
                file.write(content)
    return out.getvalue()


class Stream(io.RawIOBase):
    """Somewhere to write to without a way back."""

    def __init__(self):
        self.content = b""

    def writable(self):
        return True

    def write(self, part):
        self.content += bytes(part)
        return len(part)


def accepted(corpus, with_labels):
    policy = CONTRACT + "arrays class, subject, sample beside one float matrix"
    corpus.ok("npz/stored.npz", archive(members()), policy)
    corpus.ok("npz/deflated.npz", archive(members(), zipfile.ZIP_DEFLATED), policy)
    corpus.ok("npz/zip64.npz", archive(members(), zip64=True), policy)
    for triple in TRIPLES[1:]:
        corpus.ok(f"npz/{triple[0]}.npz", archive(members(triple)), HEADERS + "the triples are recognized")
    numbers = [(1, 10, 100), (1, 10, 101), (1, 11, 102), (2, 12, 103), (2, 12, 104), (2, 13, 105)]
    corpus.ok("npz/integer-ids.npz", archive(members(ids=numbers)), policy)
    own = "--set data.class=dx --set data.subject=patient --set data.sample=photo"
    renamed = archive(members(("dx", "patient", "photo")))
    corpus.ok("npz/own-names.npz", renamed, CONTRACT + "--set data.class=NAME", args=own)
    two = archive(members(other=MATRIX_F4[:, :3]))
    corpus.ok("npz/two-matrices.npz", two, CONTRACT + "--set data.vector=NAME",
              args="--set data.vector=vectors")
    corpus.ok("npz/side-labels.npz", archive({"x.npy": npy(MATRIX_F4)}), CONTRACT + "--labels",
              args=with_labels)
    corpus.ok("npz/f8.npz", archive(members(vectors=MATRIX_F4.astype("f8"))), policy)
    corpus.ok("npz/f2.npz", archive(members(vectors=MATRIX_F4.astype("f2"))), policy)
    fortran = archive(members(vectors=np.asfortranarray(MATRIX_F4)))
    corpus.ok("npz/fortran.npz", fortran, policy)
    stream = Stream()
    with zipfile.ZipFile(stream, "w") as packed_files:
        for name, content in members().items():
            packed_files.writestr(zipfile.ZipInfo(name, DATED), content, zipfile.ZIP_DEFLATED)
    corpus.ok("npz/streamed.npz", stream.content, policy)
    no_subject = members()
    del no_subject["subject.npy"]
    corpus.ok("npz/no-subject.npz", archive(no_subject), HEADERS + "data without subjects",
              args="--set data.subject=none")
    corpus.again("npz/no-subject.npz", "", "error", HEADERS + "data without subjects", error="subject")


def odd(corpus):
    values = MATRIX_F4.copy()
    values[5] = np.nan
    one_less = archive(members(vectors=values))
    corpus.findings("npz/nan.npz", one_less, "not_finite", SET_ASIDE + "NaN", rows=6, used=5)
    values[5] = 0
    one_less = archive(members(vectors=values), zipfile.ZIP_DEFLATED)
    corpus.findings("npz/zero-row.npz", one_less, "zero_vector", SET_ASIDE + "zero vector", rows=6, used=5)
    twice = [*IDS[:5], ("brachy", "s4", "i1")]
    corpus.findings("npz/image-twice.npz", archive(members(ids=twice)), "repeated_sample_id",
                    KEPT + "the same image id twice")
    blank = [*IDS[:5], ("brachy", "s4", "")]
    corpus.findings("npz/empty-id.npz", archive(members(ids=blank)), "empty_id", KEPT + "an empty id")
    one = archive(members(ids=IDS[:1], vectors=MATRIX_F4[:1]))
    corpus.findings("npz/one-row.npz", one, "one_class", KEPT + "fewer than two classes", rows=1)


def arrays_that_do_not_fit(corpus, with_labels):
    words = "class|subject|sample|rows|length|labels|values|shape"
    for name, more in {
        "labels-short": {"class": np.array(["a"] * 5)},
        "labels-long": {"sample": np.array([f"i{n}" for n in range(7)])},
        "matrix-short": {"vectors": MATRIX_F4[:5]},
        "labels-2-d": {"class": np.array([["a"], ["b"]] * 3)},
    }.items():
        corpus.error(f"npz/{name}.npz", archive(members(**more)), words, JOIN)
    policy = REFUSED + "a key that is neither text nor integer"
    for name, column in {
        "float": np.arange(6) + 0.5,
        "boolean": np.arange(6) > 2,
        "complex": np.arange(6) * 1j,
        "object": np.array(["a", None, 1, 2, 3, 4], object),
        "date": np.arange(6).astype("M8[D]"),
    }.items():
        content = archive(members(**{"class": column}))
        corpus.error(f"npz/ids-{name}.npz", content, words + "|" + DTYPE, policy)
    long = np.array(["x" * 4097] + ["y"] * 5)
    corpus.error("npz/id-of-4097-characters.npz", archive(members(**{"class": long}), zipfile.ZIP_DEFLATED),
                 "4096|4097|long", REFUSED + "an id over 4,096 bytes")
    corpus.again("npz/two-matrices.npz", "", "error", CONTRACT + "one float matrix",
                 error="data.vector|vector|matri")
    corpus.again("npz/two-matrices.npz", "--set data.vector=nothing", "error", CONTRACT + "data.vector",
                 error="nothing")
    corpus.again("npz/stored.npz", "--set data.class=nothing", "error", CONTRACT + "data.class", error="nothing")
    nothing = members()
    del nothing["vectors.npy"]
    corpus.error("npz/no-matrix.npz", archive(nothing), "matri|vector|float|array", REFUSED + "nothing usable")
    corpus.error("npz/empty.npz", archive({}), "empty|no |nothing|matri", REFUSED + "nothing usable")
    policy = REFUSED + "values of unreal type"
    for name, matrix in {
        "complex": MATRIX_F4.astype("c8"),
        "object": MATRIX_F4.astype(object),
        "long-double": long_double(VECTORS),
    }.items():
        content = archive(members(vectors=matrix))
        corpus.error(f"npz/matrix-{name}.npz", content, DTYPE + "|matri|vector", policy)
    side = corpus.side("npz/labels-short.csv", labels(IDS[:5]))
    corpus.again("npz/side-labels.npz", f"--labels {side}", "error", JOIN, error="row|vectors|labels")


def names(corpus):
    policy = REFUSED + "unsafe or repeated entry names"
    matrix = npy(MATRIX_F4)
    base = [(name, content) for name, content in members().items() if name != "vectors.npy"]
    for name, entry in {
        "parent": "../vectors.npy",
        "parent-inside": "a/../../vectors.npy",
        "absolute": "/tmp/vectors.npy",
        "backslash": "..\\vectors.npy",
        "drive": "C:\\vectors.npy",
        "escapes": "../\x1b[31m\u202evectors.npy",
    }.items():
        corpus.error(f"npz/name-{name}.npz", archive([*base, (entry, matrix)]), "name|entry|path|unsafe", policy)
    words = "twice|repeat|duplicate|same name|several"
    repeated = placeholder(base, matrix, b"clbss.npy", b"class.npy")
    corpus.error("npz/name-twice.npz", repeated, words, policy)
    repeated = placeholder([], matrix, b"vectort.npy", b"vectors.npy", members())
    corpus.error("npz/matrix-twice.npz", repeated, words, policy)


def placeholder(base, content, name, other, entries=None):
    """An archive in which one name is changed afterward into another that is there."""
    entries = dict(base) if entries is None else dict(entries)
    return archive({**entries, name.decode(): content, "vectors.npy": npy(MATRIX_F4)}).replace(name, other)


def damaged(corpus):
    good = archive(members())
    policy = REFUSED + "truncation"
    for percent in [10, 50, 95]:
        content = good[: len(good) * percent // 100]
        corpus.error(f"npz/cut-at-{percent}.npz", content, CUT + "|zip|directory", policy)
    corpus.error("npz/cut-last-byte.npz", good[:-1], CUT + "|zip|directory", policy)
    cut_inside = {**members(), "vectors.npy": npy(MATRIX_F4)[:-8]}
    corpus.error("npz/entry-cut.npz", archive(cut_inside), CUT, policy)
    longer = {**members(), "vectors.npy": npy(MATRIX_F4) + b"more"}
    corpus.error("npz/entry-with-more.npz", archive(longer), TRAILING, REFUSED + "bytes after the end")
    corpus.error("npz/bytes-after.npz", good + b"more" * 100, TRAILING + "|zip", REFUSED + "bytes after the end")
    policy = REFUSED + "failed checksums"
    value = good.index(MATRIX_F4.tobytes())
    corpus.error("npz/wrong-crc.npz", flip(good, value), "crc|checksum|damaged|corrupt", policy)
    deflated = archive(members(), zipfile.ZIP_DEFLATED)
    corpus.error("npz/wrong-deflate.npz", flip(deflated, 60), "crc|checksum|damaged|corrupt|deflate", policy)
    policy = REFUSED + "anything that disagrees with its header"
    header = {**members(), "vectors.npy": npy(MATRIX_F4).replace(b"(6, 4)", b"(9, 4)")}
    corpus.error("npz/entry-lies.npz", archive(header), CUT + "|header|shape", policy)
    text = {**members(), "vectors.npy": b"hello"}
    corpus.error("npz/entry-is-text.npz", archive(text), "vectors|npy|magic|header|format", policy)


def lies(corpus):
    """Archives whose directory says something else than its entries."""
    policy = REFUSED + "anything that disagrees with its header"
    good = archive(members())
    words = "size|zip|damaged|disagree|length|overlap|entry|offset|crc|bytes|method|encrypt|directory"
    central = [n for n in range(len(good)) if good.startswith(b"PK\1\2", n)]
    last = central[-1]
    for name, position, value in [
        ("size", 24, u32(1 << 30)),
        ("packed-size", 20, u32(1 << 30)),
        ("both-sizes", 20, u32(100) * 2),
        ("offset", 42, u32(len(good) - 30)),
        ("offset-beyond", 42, u32(1 << 31)),
        ("crc", 16, u32(0)),
        ("method-99", 10, u16(99)),
        ("method-deflated", 10, u16(8)),
        ("encrypted", 8, u16(1)),
        ("name-length", 28, u16(0xFFFF)),
    ]:
        corpus.error(f"npz/lie-{name}.npz", put(good, last + position, value), words + "|name", policy)
    first = struct.unpack_from("<I", good, central[0] + 42)[0]
    overlapping = put(good, last + 42, u32(first))
    corpus.error("npz/overlapping.npz", overlapping, words + "|name", policy)
    end = good.rindex(b"PK\5\6")
    for name, position, value in [
        ("count-more", 8, u16(9) * 2),
        ("count-less", 8, u16(2) * 2),
        ("directory-offset", 16, u32(len(good))),
        ("directory-size", 12, u32(0xFFFFFF)),
    ]:
        corpus.error(f"npz/lie-{name}.npz", put(good, end + position, value), words + "|count|entries", policy)
    expansion = REFUSED + "expansion over 100-fold above 16 MiB"
    zeros = npy(np.zeros((6, 1 << 20), "f4"))
    content = archive({**members(), "vectors.npy": zeros}, zipfile.ZIP_DEFLATED)
    corpus.error("npz/bomb.npz", content, EXPANSION, expansion)
    # The entry holds more than its directory says.
    small = npy(MATRIX_F4)
    content = archive({**members(), "vectors.npy": zeros}, zipfile.ZIP_DEFLATED)
    start = content.rindex(b"PK\1\2")
    sizes = u32(zlib.crc32(small)) + content[start + 20 : start + 24] + u32(len(small))
    content = put(content, start + 16, sizes)
    content = put(content, content.rindex(b"PK\3\4") + 14, sizes)
    corpus.error("npz/bomb-in-disguise.npz", content, EXPANSION + "|" + words, expansion)
    # Python executes what object arrays hold; here it would be `os.system`.
    calling = b"cos\nsystem\n(S'true'\ntR."
    header = npy(MATRIX_F4.astype(object))
    content = header[: header.index(b"\n") + 1] + calling
    corpus.error("npz/object-calls.npz", archive({**members(), "vectors.npy": content}), DTYPE,
                 READER + "no execution")
