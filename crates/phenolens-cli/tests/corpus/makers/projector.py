"""Embedding Projector: a table of numbers without header, and a table of metadata."""

from .common import *


def make(corpus):
    meta = corpus.side("projector/metadata.tsv", labels(delimiter="\t"))
    seven = corpus.side("projector/seven.tsv", labels([*IDS, SEVENTH], delimiter="\t"))
    usual(corpus, meta)
    rows(corpus, meta, seven)
    metadata(corpus)


def tensors(vectors=None, end="\n"):
    return "".join("\t".join(map(str, vector)) + end for vector in (VECTORS if vectors is None else vectors))


def args_for(side):
    return f"--format projector --labels {side}"


def usual(corpus, meta):
    policy = CONTRACT + "projector (metadata.tsv by --labels)"
    args = args_for(meta)
    corpus.ok("projector/tensors.tsv", tensors(), policy, args=args)
    corpus.ok("projector/crlf.tsv", tensors(end="\r\n"), policy, args=args)
    packed(corpus, "projector/packed.tsv", tensors().encode(), args=args)
    scientific = [[f"{value:e}" for value in vector] for vector in VECTORS]
    corpus.ok("projector/scientific.tsv", tensors(scientific), policy, args=args)
    for triple in TRIPLES[1:]:
        side = corpus.side(f"projector/{triple[0]}.tsv", labels(header=triple, delimiter="\t"))
        corpus.again("projector/tensors.tsv", args_for(side), "ok", HEADERS + "the triples", rows=6, used=6)
    side = corpus.side("projector/metadata.csv", labels())
    corpus.again("projector/tensors.tsv", args_for(side), "ok", CONTRACT + "--labels CSV/TSV", rows=6, used=6)
    side = corpus.side("projector/own.tsv", labels(header=("dx", "patient", "photo"), delimiter="\t"))
    own = args_for(side) + " --set data.class=dx --set data.subject=patient --set data.sample=photo"
    corpus.again("projector/tensors.tsv", own, "ok", CONTRACT + "--set data.class=NAME", rows=6, used=6)
    pairs = labels([(i[0], i[2]) for i in IDS], ("class", "sample"), "\t")
    side = corpus.side("projector/no-subject.tsv", pairs)
    corpus.again("projector/tensors.tsv", args_for(side) + " --set data.subject=none", "ok",
                 HEADERS + "data without subjects", rows=6, used=6)


def rows(corpus, meta, seven):
    for name, vector, codes, policy in [
        ("1e39", ["1e39", 0.5, 0.5, 0.5], "not_finite", "too large for 32 bits"),
        ("nan", ["nan", 0.5, 0.5, 0.5], "not_finite", "NaN"),
        ("zeros", [0.0, "-0", 0, 0.0], "zero_vector", "zero vector"),
    ]:
        corpus.aside(f"projector/aside-{name}.tsv", tensors([*VECTORS, vector]), codes, policy, args=args_for(seven))
    words = "line 3|row 3|row 2"
    for name, vector, policy in [
        ("short-row", GOOD[:3], "ragged or short row"),
        ("long-row", [*GOOD, 0.5], "ragged or short row"),
        ("text", ["abc", *GOOD[1:]], "text or hexadecimal number"),
        ("hexadecimal", ["0x10", *GOOD[1:]], "text or hexadecimal number"),
        ("decimal-comma", ["1,5", *GOOD[1:]], "decimal comma"),
        ("underscore", ["1_000", *GOOD[1:]], "text or hexadecimal number"),
        ("nul", ["1\0", *GOOD[1:]], "NUL"),
    ]:
        content = tensors([*VECTORS[:2], vector, *VECTORS[2:]])
        corpus.error(f"projector/{name}.tsv", content, words + "|nul", REFUSED + policy, args=args_for(seven))
    commas = tensors().replace("\t", ",")
    corpus.error("projector/commas.tsv", commas, "line 1|row 1|row 0|comma|tab|number", REFUSED + "text number",
                 args=args_for(meta))
    corpus.error("projector/empty.tsv", "", "empty|0 bytes", REFUSED + "nothing usable", args=args_for(meta))
    latin = tensors().encode() + b"\xe4\t1\t2\t3\n"
    corpus.error("projector/latin-1.tsv", latin, "utf-8|latin", REFUSED + "not UTF-8", args=args_for(seven))
    wide = tensors().encode("utf-16")
    corpus.error("projector/utf-16.tsv", wide, "utf-16", REFUSED + "not UTF-8", args=args_for(meta))
    corpus.again("projector/tensors.tsv", args_for(seven), "error", JOIN, error="row|vectors|labels|metadata")


def metadata(corpus):
    def error(name, content, fragment, policy):
        side = corpus.side(f"projector/metadata-{name}.tsv", content)
        corpus.again("projector/tensors.tsv", args_for(side), "error", policy, error=fragment)

    error("short", labels(IDS[:5], delimiter="\t"), "row|vectors|labels|metadata", JOIN)
    without = labels(delimiter="\t").split("\n", 1)[1]
    error("no-header", without, "header|column|class", REFUSED + "CSV: no header")
    error("no-subject", labels([(i[0], i[2]) for i in IDS], ("class", "sample"), "\t"), "subject",
          HEADERS + "data without subjects")
    error("one-column", "".join(f"{ids[0]}\n" for ids in IDS), "header|column|class|row|metadata",
          REFUSED + "CSV: no header")
    error("ragged", labels([*IDS[:5], IDS[5][:2]], delimiter="\t"), "line 7|row 6|field|column",
          REFUSED + "CSV: ragged or short row")
    error("empty", "", "empty|header|0 bytes", REFUSED + "CSV: no header")
    corpus.again("projector/tensors.tsv", args_for("projector/not-there.tsv"), "error",
                 "errors: each names file and cause", error="not-there.tsv")
