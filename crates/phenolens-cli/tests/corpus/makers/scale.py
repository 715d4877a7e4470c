"""Small files of many rows, which are cheap to write and dear to compare.

They stand last in the manifest: the peak memory of a process is known only as the largest so far.
"""

import struct

import numpy as np

from .common import *
from .npy import npy
from .pickles_by_hand import mapping, real, text

N = 5000


def make(corpus):
    policy = READER + "no more than 1 s and 256 MiB for any file under 1 MiB"
    few = np.random.default_rng(1).integers(0, 256, (2000, 4)).astype("u1")
    corpus.findings("npy/2000-rows.npy", npy(few), "integer_storage", policy, rows=2000)
    ones = np.ones((N, 2), "u1")
    corpus.findings("npy/5000-equal-rows.npy", npy(ones), "integer_storage all_vectors_equal", policy, rows=N)
    vector = b"](" + real(1.5) + real(0.25) + b"e\x940"
    key = lambda number: b"J" + struct.pack("<i", number)
    for name, subjects in {
        "one-subject": [(text("s"), mapping((key(n), b"h\0") for n in range(N)))],
        "as-many-subjects": [(key(n), mapping([(key(n), b"h\0")])) for n in range(N)],
    }.items():
        content = b"\x80\x04" + vector + mapping([(text("c"), mapping(subjects))]) + b"."
        corpus.findings(f"pickle/5000-equal-of-{name}.p", content, "all_vectors_equal one_class", policy, rows=N)
