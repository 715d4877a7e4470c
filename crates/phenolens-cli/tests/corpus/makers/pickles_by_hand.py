"""Pickles instruction by instruction, so that they can say what no program writes."""

import struct

from .common import *
from .common import u32, u64


def make(corpus):
    calls(corpus)
    calls_of_known_names(corpus)
    outside(corpus)
    stack(corpus)
    frames(corpus)
    memo(corpus)
    literals(corpus)
    lengths(corpus)
    arrays(corpus)
    accepted(corpus)
    keys_twice(corpus)
    sharing(corpus)
    nesting(corpus)


def text(value):
    raw = value.encode()
    return b"\x8c" + bytes([len(raw)]) + raw if len(raw) < 256 else b"X" + u32(len(raw)) + raw


def blob(value):
    return b"C" + bytes([len(value)]) + value


def integer(value):
    return b"J" + struct.pack("<i", value)


def name(module, member):
    return f"c{module}\n{member}\n".encode()


def call(function, *arguments):
    return function + b"(" + b"".join(arguments) + b"tR"


def real(value):
    return b"G" + struct.pack(">d", value)


def vector(values):
    return b"](" + b"".join(map(real, values)) + b"e"


def mapping(items):
    return b"}(" + b"".join(key + value for key, value in items) + b"u"


def cohort(seventh=None, first=b"", before_stop=b""):
    """The good rows, and a seventh with the given instructions for its value.

    Nothing is kept in the memo before the seventh value, which comes last.
    """
    classes = {}
    rows = [(ids, vector(values)) for ids, values in good_rows()]
    if seventh is not None:
        rows.append((SEVENTH, seventh))
    for (class_, subject, sample), value in rows:
        classes.setdefault(class_, {}).setdefault(subject, []).append((text(sample), value))
    nested = mapping(
        (text(class_), mapping((text(subject), mapping(samples)) for subject, samples in subjects.items()))
        for class_, subjects in classes.items()
    )
    return b"\x80\x04" + first + nested + before_stop + b"."


def dtype(code="f4", order="<"):
    made = name("numpy", "dtype") + text(code) + b"\x89\x88\x87R"
    return made + dtype_state(order)


def dtype_state(order):
    return b"(" + integer(3) + text(order) + b"NNN" + integer(-1) + integer(-1) + integer(0) + b"tb"


HOLLOW = (
    name("numpy.core.multiarray", "_reconstruct") + name("numpy", "ndarray")
    + integer(0) + b"\x85" + blob(b"b") + b"\x87R"
)
DATA = blob(struct.pack("<4f", *GOOD))
SHAPE = integer(4) + b"\x85"


def array(shape=SHAPE, type=None, data=DATA, version=integer(1), fortran=b"\x89"):
    state = b"(" + version + shape + (dtype() if type is None else type) + fortran + data + b"t"
    return HOLLOW + state + b"b"


def refused(corpus, file, value, fragment, policy):
    corpus.error(f"pickle/{file}.p", cohort(value), fragment, policy)


def calls(corpus):
    policy = READER + "no execution"
    asks = "asks for|not data"
    for module, member in [
        ("os", "system"),
        ("posix", "system"),
        ("builtins", "eval"),
        ("builtins", "getattr"),
        ("subprocess", "Popen"),
        ("numpy", "load"),
        ("numpy.testing._private.utils", "runstring"),
        ("torch._utils", "_rebuild_tensor_v2"),
        ("collections", "OrderedDict.fromkeys"),
        ("_codecs", "lookup"),
    ]:
        value = call(name(module, member), text("true"))
        refused(corpus, f"calls-{module}-{member}", value, f"{module}.{member}".lower(), policy)
    stacked = text("os") + text("system") + b"\x93" + text("true") + b"\x85R"
    refused(corpus, "calls-by-stack", stacked, "os.system", policy)
    refused(corpus, "calls-by-inst", b"(" + text("true") + b"ios\nsystem\n", asks, policy)
    refused(corpus, "calls-by-obj", b"(" + name("os", "system") + text("true") + b"o", asks, policy)
    newobj = name("os", "system") + text("true") + b"\x85\x81"
    refused(corpus, "calls-by-newobj", newobj, asks, policy)
    refused(corpus, "calls-by-newobj-ex", name("os", "system") + b")}\x92", asks, policy)
    # As most such files have it: the call stands where the whole mapping should.
    whole = b"cos\nsystem\n(S'true'\ntR."
    corpus.error("pickle/calls-at-top.p", whole, "os.system", policy)
    dropped = cohort(first=call(name("os", "system"), text("true")) + b"0")
    corpus.error("pickle/calls-and-drops.p", dropped, "os.system", policy)
    nasty = text("\x1b[31m\u202eos") + text("sys\ntem") + b"\x93)R"
    refused(corpus, "calls-with-escapes", nasty, asks, "errors: quoted input escaped")
    frame = call(name("pandas.core.frame", "DataFrame"))
    words = "pickle.dump|export|to_csv|to_parquet"
    refused(corpus, "pandas", frame, words, REFUSED + "pandas pickles (say how to export)")


def calls_of_known_names(corpus):
    ndarray = name("numpy", "ndarray")
    words = "called|asks for|not data"
    for file, value, policy in [
        ("calls-ndarray", call(ndarray, integer(4) + b"\x85"), "numpy.ndarray(...) called"),
        ("calls-bytearray", call(name("builtins", "bytearray"), integer(1 << 30)), "bytearray(n)"),
        ("encode-rot13", call(name("_codecs", "encode"), text("a"), text("rot13")), "_codecs.encode"),
        ("encode-utf8", call(name("_codecs", "encode"), text("a"), text("utf-8")), "_codecs.encode"),
        ("encode-zlib", call(name("_codecs", "encode"), text("a"), text("zlib")), "_codecs.encode"),
    ]:
        refused(corpus, file, value, words, PICKLE + policy)
    factory = call(name("collections", "defaultdict"), name("os", "system"))
    refused(corpus, "defaultdict-of-os-system", factory, words, READER + "no execution")


def outside(corpus):
    policy = READER + "no execution"
    words = "outside|registry|buffer|set|refers|not data|makes"
    for file, value in {
        "persistent-id": b"Psecret\n",
        "binary-persistent-id": b"NQ",
        "extension": b"\x82\x01",
        "next-buffer": b"\x97",
        "readonly-buffer": b"N\x98",
        "set": b"\x8f",
        "frozenset": b"(\x91",
    }.items():
        refused(corpus, file, value, words, policy)


def stack(corpus):
    one = PICKLE + "anything but exactly one value at STOP"
    words = "stop|values|marks"
    for file, content in {
        "stop-with-two": b"\x80\x04}" + cohort()[2:],
        "stop-with-mark": b"\x80\x04(" + cohort()[2:],
        "stop-with-none": b"\x80\x04.",
    }.items():
        corpus.error(f"pickle/{file}.p", content, words, one)
    content = cohort(before_stop=b"(0")
    corpus.error("pickle/pop-of-mark.p", content, "pop", PICKLE + "a POP of a mark")
    policy = REFUSED + "malformed encoding"
    for file, value in {
        "append-to-mapping": b"}K\x01a",
        "odd-setitems": b"}(K\x01u",
        "build-of-list": b"]Nb",
        "no-instruction": b"\xff",
        "no-mark": b"1",
    }.items():
        refused(corpus, file, value, "byte", policy)
    corpus.error("pickle/protocol-6.p", b"\x80\x06" + cohort()[2:], "protocol|format", policy)


def frames(corpus):
    frame = lambda length: b"\x95" + u64(length)
    body = cohort()[2:]
    corpus.ok("pickle/frame.p", b"\x80\x04" + frame(len(body)) + body, ACCEPTED + "the usual")
    policy = PICKLE + "bad, overlapping or nested frames"
    for file, content in {
        "frame-too-long": frame(len(body) + 1) + body,
        "frame-too-short": frame(100) + body,
        "frame-huge": frame(1 << 62) + body,
        "frame-of-2-64": frame((1 << 64) - 1) + body,
        "frame-in-frame": frame(len(body) + 9) + frame(len(body)) + body,
        "frames-overlap": frame(10 + len(body) // 2) + b"N0" + frame(len(body)) + body,
    }.items():
        corpus.error(f"pickle/{file}.p", b"\x80\x04" + content, "frame|byte", policy)


def memo(corpus):
    policy = PICKLE + "sparse memo indexes"
    for file, value in {
        "memo-skips": b"]q\x02",
        "memo-huge": b"]r\xff\xff\xff\xff",
        "memo-huge-text": b"]p99999999999\n",
    }.items():
        refused(corpus, file, value, "memo", policy)
    policy = REFUSED + "malformed encoding"
    for file, value in {
        "memo-negative": b"]p-1\n",
        "memo-unset": b"h\x05",
        "memo-unset-large": b"j\xff\xff\xff\x7f",
        "memo-no-number": b"gx\n",
    }.items():
        refused(corpus, file, value, "memo|byte", policy)


def literals(corpus):
    policy = PICKLE + "integers over 64 bits as values"
    list_of = lambda value: b"](" + value + b"e"
    for file, value in {
        "long-of-9-bytes": b"\x8a\x09" + bytes(8) + b"\x01",
        "long-of-70-bits": b"L1180591620717411303424L\n",
        "long-of-4000-bytes": b"\x8b" + u32(4000) + b"\x01" * 4000,
    }.items():
        refused(corpus, file, list_of(value), "64 bits|byte", policy)
    policy = PICKLE + "surrogates in text"
    for file, value in {"surrogate-escape": b"V\\ud800\n", "surrogate-bytes": b"\x8c\x03\xed\xa0\x80"}.items():
        refused(corpus, file, value, "utf-8|character|surrogate|text", policy)
    policy = REFUSED + "malformed encoding"
    for file, value in {
        "text-not-utf8": b"\x8c\x02\xff\xfe",
        "float-with-comma": list_of(b"F1,5\n"),
        "float-no-number": list_of(b"Fabc\n"),
        "int-no-number": list_of(b"I1x\n"),
        "string-without-quotes": b"Sno quotes\n",
    }.items():
        refused(corpus, file, value, "byte|utf-8|number", policy)


def lengths(corpus):
    policy = REFUSED + "truncation"
    for file, value in {
        "text-of-2-62": b"\x8d" + u64(1 << 62),
        "bytes-of-2-62": b"\x8e" + u64(1 << 62),
        "bytearray-of-2-64": b"\x96" + u64((1 << 64) - 1),
        "string-of-2-31": b"T\xff\xff\xff\x7f",
        "string-of-minus-1": b"T\xff\xff\xff\xff",
        "long-of-2-31": b"\x8b\xff\xff\xff\x7f",
    }.items():
        refused(corpus, file, value, CUT, policy)


def arrays(corpus):
    policy = PICKLE + "arrays never built or built twice"
    words = "array|byte"
    refused(corpus, "array-never-built", HOLLOW, words, policy)
    twice = array() + array()[len(HOLLOW) :]
    refused(corpus, "array-built-twice", twice, words, policy)
    dropped = cohort(first=HOLLOW + b"0")
    corpus.error("pickle/array-never-built-and-dropped.p", dropped, words, policy)
    policy = PICKLE + "a dtype changed after its use"
    shared = dtype() + b"\x940"
    used = shared + array(type=b"h\0") + b"\x940h\0" + dtype_state(">") + b"0h\1"
    refused(corpus, "dtype-changed-after-use", used, words + "|dtype", policy)
    policy = REFUSED + "malformed encoding"
    huge = b"\x8a\x08" + u64(1 << 62)
    for file, value in {
        "array-too-few-bytes": array(data=blob(bytes(12))),
        "array-too-many-bytes": array(data=blob(bytes(20))),
        "array-of-2-62": array(shape=huge + b"\x85"),
        "array-of-2-124": array(shape=huge + huge + b"\x86"),
        "array-of-minus-1": array(shape=integer(-1) + b"\x85"),
        "array-without-dtype": array(type=b"N"),
        "array-of-text-as-bytes": array(data=text("0.5")),
        "array-of-f3": array(type=dtype("f3")),
        "array-of-f0": array(type=dtype("f0")),
    }.items():
        refused(corpus, file, value, words + "|dtype|type", policy)


def accepted(corpus):
    def good(file, value, policy):
        corpus.ok(f"pickle/{file}.p", cohort(value), ACCEPTED + policy, rows=7)

    good("array-by-hand", array(), "numpy 1 arrays")
    good("array-state-without-version", array(version=b""), "array states without version")
    good("byte-order-equal-sign", array(type=dtype(order="=")), "byte order `=`")
    for module in ["numpy.core.numeric", "numpy._core.numeric"]:
        made = call(name(module, "_frombuffer"), DATA, dtype(), SHAPE, text("C"))
        good(f"frombuffer-{module}", made, "numpy.core.numeric._frombuffer")
    latin = call(name("_codecs", "encode"), text(struct.pack("<4f", *GOOD).decode("latin1")), text("latin1"))
    good("encode-latin1", array(data=latin), "protocol 0-5")
    python_2 = (
        b"(dp1\nS'ataxia'\np2\n(dp3\nI7\n(dp4\nS'caf\\xc3\\xa9'\np5\n(lp6\nF1.5\naF0.25\naF-0.5\nasS'i2'\n"
        b"(lp7\nF-0.5\naF1.5\naF0.5\nassI8\n(dp8\nS'i3'\n(lp9\nF-1.5\naF-0.25\naF0.25\nasssS'brachy'\n(dp10\n"
        b"L9L\n(dp11\nS'i4'\n(lp12\nF-0.25\naF0.25\naF1.5\nassL10L\n(dp13\nS\"i5\"\n(lp14\nF0.25\naF-1.5\n"
        b"aF-0.25\nasss."
    )
    corpus.ok("pickle/python-2.p", python_2, ACCEPTED + "Python 2 strings", rows=5)


def keys_twice(corpus):
    policy = REFUSED + "duplicate keys"
    words = "twice|duplicate"
    sample = mapping([(text("i1"), vector(GOOD)), (text("i1"), vector(GOOD))])
    content = b"\x80\x04" + mapping([(text("a"), mapping([(text("s"), sample)]))]) + b"."
    corpus.error("pickle/sample-key-twice.p", content, words, policy)
    twice = cohort()[:-2] + text("ataxia") + mapping([]) + b"u."
    corpus.error("pickle/class-key-twice.p", twice, words, policy)
    nasty = [(text("\x1b[2J\u202e" + "x" * 900), vector(GOOD))] * 2
    content = b"\x80\x04" + mapping([(text("a"), mapping([(text("s"), mapping(nasty))]))]) + b"."
    corpus.error("pickle/long-key-twice.p", content, words, "errors: quoted input escaped and cut")


def sharing(corpus):
    """Few bytes that stand for much."""
    laughs = b"]\x94"
    for level in range(25):
        laughs += b"0](" + bytes([ord("h"), level]) * 10 + b"e\x94"
    policy = "a well-formed value that is no usable vector: a matrix"
    corpus.aside("pickle/lists-of-lists-of-10-25.p", cohort(laughs), "unusable_vector", policy)
    numbered = lambda n, value: mapping((b"M" + u16(key), value) for key in range(n))
    expansion = REFUSED + "expansion over 100-fold above 16 MiB"
    samples = numbered(30_000, b"N")
    shared = b"\x80\x04" + samples + b"\x940" + mapping([(text("c"), numbered(30_000, b"h\0"))]) + b"."
    corpus.error("pickle/shared-subjects.p", shared, EXPANSION, expansion)
    long = b"](" + b"K\x01" * 100_000 + b"e\x940"
    samples = numbered(30_000, b"h\0")
    content = mapping([(text("c"), mapping([(text("s"), samples)]))])
    corpus.error("pickle/shared-vector.p", b"\x80\x04" + long + content + b".", EXPANSION, expansion)
    samples = numbered(60_000, b"N")
    content = mapping([(text("x" * 4096), mapping([(text("s"), samples)]))])
    corpus.error("pickle/long-id-for-many.p", b"\x80\x04" + content + b".", EXPANSION, expansion)
    pairs = b"](" + b"NN\x86" * 10_000 + b"e\x85\x940" + name("collections", "OrderedDict") + b"\x940"
    content = pairs + b"h\x01h\0R0" * 10_000 + cohort()[2:]
    policy = PICKLE + "what is popped counts against the limits"
    corpus.error("pickle/pairs-read-often.p", b"\x80\x04" + content, EXPANSION, policy)


def nesting(corpus):
    policy = REFUSED + "nesting over 32"
    words = "nest|deep"
    n = 100_000
    corpus.error("pickle/100000-lists.p", b"\x80\x04" + b"]" * n + b"a" * (n - 1) + b".", words, policy)
    refused(corpus, "100000-tuples", b")" + b"\x85" * n, words, policy)
    mappings = b"\x80\x04" + b"}K\0" * n + b"N" + b"s" * n + b"."
    corpus.error("pickle/100000-mappings.p", mappings, words, policy)
