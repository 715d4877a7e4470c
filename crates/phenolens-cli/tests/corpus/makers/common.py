"""The corpus as it grows, the cohort that nothing is odd about, and ways to pack bytes."""

import bz2
import collections
import csv
import gzip
import lzma
import pathlib
import shutil
import struct

import numpy as np
import zstandard

FOLDER = pathlib.Path(__file__).parent.parent

# Six images of four subjects of two classes, in which `check` finds nothing odd: no two images are
# nearly the same, with or without subjects, no dimension is constant, and every value is exact in 16
# bits, and no integer.
IDS = [
    ("ataxia", "s1", "i1"),
    ("ataxia", "s1", "i2"),
    ("ataxia", "s2", "i3"),
    ("brachy", "s3", "i4"),
    ("brachy", "s3", "i5"),
    ("brachy", "s4", "i6"),
]
VECTORS = [
    [-0.5, 0.5, -1.75, -0.75],
    [1.25, 1.25, 0.25, 0.25],
    [-1.5, -0.5, -0.75, -1.5],
    [1.75, -0.25, 0.75, -0.75],
    [-0.25, -1.5, -0.25, 0.5],
    [-0.75, 1.25, 0.75, 1.5],
]
# A seventh image, of which most cases have something wrong, and what is well in its place.
SEVENTH = ("brachy", "s5", "i7")
GOOD = [1.25, 0.5, -1.75, 0.25]

TRIPLES = [
    ("class", "subject", "sample"),
    ("syndrome", "subject", "image"),
    ("syndrome_id", "subject_id", "image_id"),
]

# Short names of the paragraphs of policy.md, as the manifest cites them.
SET_ASIDE = "set aside: "
KEPT = "kept with a finding: "
REFUSED = "refused whole: "
ACCEPTED = "accepted pickle: "
PICKLE = "refused pickle though CPython accepts it: "
HEADERS = "headers: "
MATRIX = "bare matrix passes check with positional ids"
JOIN = "a join that drops or multiplies rows is an error"
UNEQUAL = "unequal counts of variants per image are an error"
READER = "every reader holds: "
READ = "every row is used or set aside"
CONTRACT = "command line: "

# What stands for a cell that may have one of several codes.
NO_VECTOR = "missing_vector|unusable_vector"


class Corpus:
    """Files and what must come of them."""

    def __init__(self):
        self.rows = []
        self.counts = collections.Counter()
        self.written = set()
        for folder in FOLDER.iterdir():
            if folder.is_dir() and folder.name not in ("makers", "__pycache__"):
                shutil.rmtree(folder)

    def ok(self, file, content, policy, rows=6, args=""):
        """A file in which there is nothing odd."""
        self._add(file, content, args, "ok", rows, rows, "", "", policy)

    def findings(self, file, content, codes, policy, rows=6, used=None, args=""):
        """A file whose rows are used or set aside, with remarks."""
        used = rows if used is None else used
        self._add(file, content, args, "findings", rows, used, codes, "", policy)

    def aside(self, file, content, codes, policy, args=""):
        """The six good rows and a seventh that is set aside."""
        self.findings(file, content, codes, SET_ASIDE + policy, rows=7, used=6, args=args)

    def accepted(self, file, content, policy, args=""):
        """A file that is not refused, where the policy says no more."""
        self._add(file, content, args, "ok|findings", "", "", "", "", policy)

    def error(self, file, content, fragment, policy, args=""):
        """A file that is refused whole; the message or hint holds one of the fragments."""
        self._add(file, content, args, "error", "", "", "", fragment, policy)

    def side(self, file, content):
        """A file that others name in their arguments."""
        path = FOLDER / file
        assert file not in self.written, file
        self.written.add(file)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def again(self, file, args, status, policy, rows="", used="", codes="", error=""):
        """A file that is there, with other arguments."""
        assert file in self.written, file
        self._row(file, args, status, rows, used, codes, error, policy)

    def _add(self, file, content, args, status, rows, used, codes, error, policy):
        self.side(file, content)
        self._row(file, args, status, rows, used, codes, error, policy)

    def _row(self, file, args, status, rows, used, codes, error, policy):
        assert error == error.lower()
        self.rows.append([file, args, status, rows, used, codes, error, policy])
        self.counts[file.split("/")[0], status] += 1

    def write_manifest(self):
        with open(FOLDER / "manifest.csv", "w", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow("file args status rows_in rows_used codes error policy".split())
            table.writerows(self.rows)

    def summary(self):
        lines = [f"{name:20} {status:12} {n:4}" for (name, status), n in sorted(self.counts.items())]
        return "\n".join(lines + [f"{len(self.written)} files, {len(self.rows)} rows"])


def rows_with(vector, ids=SEVENTH):
    """The good rows and one more."""
    return [*zip(IDS, VECTORS), (ids, vector)]


def good_rows():
    return list(zip(IDS, VECTORS))


def gz(content):
    return gzip.compress(content, 9, mtime=0)


def xz(content):
    return lzma.compress(content, preset=6)


def zst(content):
    compressor = zstandard.ZstdCompressor(level=19, write_checksum=True)
    return compressor.compress(content)


COMPRESSIONS = {"gz": gz, "bz2": bz2.compress, "xz": xz, "zst": zst}


def packed(corpus, name, content, policy="data files may be packed", rows=6, args=""):
    """The same file under every compression, whole and cut short."""
    for ending, pack in COMPRESSIONS.items():
        corpus.ok(f"{name}.{ending}", pack(content), policy, rows=rows, args=args)
    cut = gz(content)
    folder, file = name.split("/")
    cut = cut[: len(cut) // 2]
    corpus.error(f"{folder}/cut-{file}.gz", cut, CUT, REFUSED + "truncation", args)


def bomb(n_bytes=20 << 20, start=b""):
    """Much that packs well."""
    return start + bytes(n_bytes - len(start))


def labels(ids=IDS, header=TRIPLES[0], delimiter=","):
    lines = [delimiter.join(row) + "\n" for row in [header, *ids]]
    return "".join(lines)


def long_double(values):
    """80-bit floats; what stands between them in memory is made zero, or no two files were equal."""
    array = np.array(values, np.longdouble)
    array.view("u1").reshape(-1, array.itemsize)[:, 10:] = 0
    return array


def flip(content, position):
    """One bit of one byte is wrong."""
    changed = bytearray(content)
    changed[position] ^= 1
    return bytes(changed)


def put(content, position, part):
    """Other bytes in the same place."""
    assert position >= 0
    return content[:position] + part + content[position + len(part) :]


def u16(value):
    return struct.pack("<H", value)


def u32(value):
    return struct.pack("<I", value)


def u64(value):
    return struct.pack("<Q", value)


# Words of which one stands in an error, whatever the reader calls it.
CUT = "cut|trunc|end|short|bytes|incomplete|length"
TRAILING = "follow|trail|after|extra|bytes|disagree"
DTYPE = "dtype|type|complex|real numbers|object|not read|floats"
EXPANSION = "unpack|expand|expansion|limit|more than|too large"
