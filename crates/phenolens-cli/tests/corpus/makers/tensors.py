"""Safetensors, with labels beside them."""

import json
import struct

import numpy as np
from safetensors.numpy import save

from .common import *
from .common import u64

MATRIX_F4 = np.array(VECTORS, "f4")
DATA = MATRIX_F4.tobytes()


def make(corpus):
    args = "--labels " + corpus.side("safetensors/labels.csv", labels())
    seven = "--labels " + corpus.side("safetensors/seven.csv", labels([*IDS, SEVENTH]))
    usual(corpus, args)
    odd(corpus, args, seven)
    offsets(corpus, args)
    headers(corpus, args)
    which_tensor(corpus, args)
    packed(corpus, "safetensors/packed.safetensors", save({"x": MATRIX_F4}), args=args)
    zeros = save({"x": np.zeros((6, 1 << 20), "f4")})
    corpus.error("safetensors/bomb.safetensors.gz", gz(zeros), EXPANSION,
                 REFUSED + "expansion over 100-fold above 16 MiB", args=args)


def by_hand(header, data=DATA, length=None):
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return u64(len(raw) if length is None else length) + raw + data


def tensor(dtype="F32", shape=(6, 4), start=0, end=96):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}


def usual(corpus, args):
    policy = CONTRACT + "one 2-d float tensor, labels by side file"
    corpus.ok("safetensors/f32.safetensors", save({"x": MATRIX_F4}), policy, args=args)
    corpus.ok("safetensors/f16.safetensors", save({"x": MATRIX_F4.astype("f2")}), policy, args=args)
    corpus.ok("safetensors/f64.safetensors", save({"x": MATRIX_F4.astype("f8")}), policy, args=args)
    brain = (MATRIX_F4.view("<u4") >> 16).astype("<u2").tobytes()
    content = by_hand({"x": tensor("BF16", end=48)}, brain)
    corpus.ok("safetensors/bf16.safetensors", content, policy, args=args)
    corpus.ok("safetensors/metadata.safetensors", save({"x": MATRIX_F4}, {"format": "np"}), policy, args=args)
    corpus.ok("safetensors/by-hand.safetensors", by_hand({"x": tensor()}), policy, args=args)
    padded = json.dumps({"x": tensor()}).encode() + b" " * 37
    corpus.ok("safetensors/padded.safetensors", by_hand(padded), policy, args=args)
    beside = {"x": MATRIX_F4, "bias": np.arange(4, dtype="f4")}
    corpus.ok("safetensors/beside-1-d.safetensors", save(beside), policy, args=args)
    two = {"x": MATRIX_F4, "y": MATRIX_F4[:, :3].copy()}
    corpus.ok("safetensors/two.safetensors", save(two), CONTRACT + "data.vector = tensor",
              args=args + " --set data.vector=x")
    side = corpus.side("safetensors/labels.tsv", labels(header=TRIPLES[1], delimiter="\t"))
    corpus.again("safetensors/f32.safetensors", f"--labels {side} --format safetensors", "ok",
                 CONTRACT + "--labels", rows=6, used=6)


def odd(corpus, args, seven):
    for name, value, codes, policy in [
        ("nan", [0.5, np.nan, 0.5, 0.5], "not_finite", "NaN"),
        ("infinity", [0.5, np.inf, 0.5, 0.5], "not_finite", "infinity"),
        ("zeros", [0.0] * 4, "zero_vector", "zero vector"),
    ]:
        content = save({"x": np.array([*VECTORS, value], "f4")})
        corpus.aside(f"safetensors/aside-{name}.safetensors", content, codes, policy, args=seven)
    content = save({"x": np.array([*VECTORS, [1e300] * 4])})
    corpus.aside("safetensors/aside-too-large.safetensors", content, "not_finite", "too large for 32 bits",
                 args=seven)
    corpus.again("safetensors/f32.safetensors", seven, "error", JOIN, error="row|vectors|labels")
    corpus.error("safetensors/seven.safetensors", save({"x": np.array([*VECTORS, GOOD], "f4")}),
                 "row|vectors|labels", JOIN, args=args)
    corpus.findings("safetensors/scale-1e-30.safetensors", save({"x": MATRIX_F4 * np.float32(1e-30)}),
                    "extreme_magnitude", HEADERS + "extreme scales work", args=args)


def offsets(corpus, args):
    policy = REFUSED + "malformed encoding"
    words = "offset|shape|byte|size|overlap|length|header|tensor"
    huge = 1 << 62
    for name, header, data in [
        ("overlapping", {"x": tensor(), "y": tensor(start=48, end=144)}, DATA + DATA[:48]),
        ("same-place", {"x": tensor(), "y": tensor()}, DATA),
        ("gap", {"x": tensor(), "y": tensor("F32", [4], 112, 128)}, DATA + bytes(32)),
        ("gap-before", {"x": tensor(start=16, end=112)}, bytes(16) + DATA),
        ("beyond", {"x": tensor(shape=(7, 4), end=112)}, DATA),
        ("reversed", {"x": tensor(start=96, end=0)}, DATA),
        ("too-short", {"x": tensor(end=92)}, DATA[:92]),
        ("too-long", {"x": tensor(end=100)}, DATA + bytes(4)),
        ("huge", {"x": tensor(start=huge, end=huge + 96)}, DATA),
        ("shape-2-62", {"x": tensor(shape=(huge, 4))}, DATA),
        ("shape-overflows", {"x": tensor(shape=(huge, huge))}, DATA),
        ("shape-2-64-and-24", {"x": tensor(shape=(1 << 32, 1 << 32))}, DATA),
        ("shape-negative", {"x": tensor(shape=(-6, -4))}, DATA),
        ("shape-float", {"x": tensor(shape=(6.0, 4))}, DATA),
        ("shape-text", {"x": {**tensor(), "shape": "6,4"}}, DATA),
        ("offsets-text", {"x": {**tensor(), "data_offsets": ["0", "96"]}}, DATA),
        ("one-offset", {"x": {**tensor(), "data_offsets": [96]}}, DATA),
        ("three-offsets", {"x": {**tensor(), "data_offsets": [0, 48, 96]}}, DATA),
        ("bytes-after", {"x": tensor()}, DATA + b"more"),
        ("cut", {"x": tensor()}, DATA[:-1]),
        ("no-data", {"x": tensor()}, b""),
    ]:
        corpus.error(f"safetensors/{name}.safetensors", by_hand(header, data), words, policy, args=args)


def headers(corpus, args):
    policy = REFUSED + "malformed encoding"
    words = "header|length|byte|json|format|dtype|type|key|field|nest|deep|end|utf-8|tensor"
    good = {"x": tensor()}
    text = json.dumps(good)
    for name, length in {"0": 0, "1": 1, "longer": len(text) + 1, "shorter": len(text) - 1, "file": 8 + len(text) + 96,
                         "2-30": 1 << 30, "2-63": 1 << 63, "2-64": (1 << 64) - 1}.items():
        corpus.error(f"safetensors/header-length-{name}.safetensors", by_hand(good, length=length), words, policy,
                     args=f"--format safetensors {args}")
    without = lambda key: {"x": {k: v for k, v in tensor().items() if k != key}}
    for name, header in {
        "unknown-dtype": {"x": tensor("F31")},
        "no-dtype": without("dtype"),
        "no-shape": without("shape"),
        "no-offsets": without("data_offsets"),
        "array": [tensor()],
        "number": {"x": 5},
        "metadata-number": {"__metadata__": {"a": 5}, "x": tensor()},
        "cut": text[:-2].encode(),
        "not-json": b"{" + b"hello" * 10 + b"}",
        "not-utf8": text.encode().replace(b"x", b"\xff", 1),
        "nul": text.encode() + b"\0" * 8,
        "nested": b'{"x":' * 20_000,
        "nested-brackets": b'{"x":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        "trailing-comma": text.encode()[:-1] + b",}",
    }.items():
        corpus.error(f"safetensors/header-{name}.safetensors", by_hand(header), words, policy,
                     args=f"--format safetensors {args}")
    twice = (text[:-1] + ", " + text[1:]).encode()
    corpus.error("safetensors/tensor-twice.safetensors", by_hand(twice), "twice|duplicate|repeat",
                 REFUSED + "duplicate keys", args=args)
    twice = text.replace('"dtype"', '"dtype": "F64", "dtype"').encode()
    corpus.error("safetensors/field-twice.safetensors", by_hand(twice), "twice|duplicate|repeat",
                 REFUSED + "duplicate keys", args=args)
    whole = save({"x": MATRIX_F4})
    for n_bytes in [4, 8, 20, 80]:
        corpus.error(f"safetensors/cut-at-{n_bytes}.safetensors", whole[:n_bytes], words + "|" + CUT,
                     REFUSED + "truncation", args=f"--format safetensors {args}")
    corpus.error("safetensors/empty.safetensors", b"", "empty|0 bytes", REFUSED + "nothing usable", args=args)


def which_tensor(corpus, args):
    corpus.again("safetensors/two.safetensors", args, "error", CONTRACT + "one 2-d float tensor",
                 error="data.vector|tensor|two|2 ")
    corpus.again("safetensors/f32.safetensors", args + " --set data.vector=nothing", "error",
                 CONTRACT + "data.vector = tensor", error="nothing")
    words = DTYPE + "|tensor|2-d|shape|dimension"
    for name, values in {
        "booleans": {"x": MATRIX_F4 > 0},
        "3-d": {"x": MATRIX_F4.reshape(3, 2, 4)},
        "1-d": {"x": MATRIX_F4[0]},
        "0-d": {"x": np.array(0.5, "f4")},
    }.items():
        corpus.error(f"safetensors/{name}.safetensors", save(values), words, CONTRACT + "one 2-d float tensor",
                     args=args)
    corpus.error("safetensors/no-tensor.safetensors", by_hand({}, b""), words, REFUSED + "nothing usable", args=args)
    empty = by_hand({"x": tensor(shape=(0, 4), end=0)}, b"")
    corpus.error("safetensors/no-rows.safetensors", empty, words + "|row|no data|usable|empty|vectors",
                 REFUSED + "nothing usable", args=args)
    twice = corpus.side("safetensors/labels-none.csv", labels([]))
    corpus.again("safetensors/f32.safetensors", f"--labels {twice}", "error", JOIN, error="row|vectors|labels|no data")
