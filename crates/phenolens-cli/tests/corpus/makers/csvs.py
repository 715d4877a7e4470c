"""Tables as text, with one column per value."""

import codecs

from .common import *

DIMENSIONS = ["d0", "d1", "d2", "d3"]


def make(corpus):
    usual(corpus)
    columns(corpus)
    ids(corpus)
    set_aside(corpus)
    kept(corpus)
    numbers_that_are_none(corpus)
    rows_that_do_not_fit(corpus)
    headers(corpus)
    characters(corpus)
    nothing(corpus)
    packed(corpus, "csv/packed.csv", csv_of().encode())
    packed(corpus, "tsv/packed.tsv", csv_of(delimiter="\t").encode())
    policy = REFUSED + "expansion over 100-fold above 16 MiB"
    row = b"ataxia,s1,i1,0.5,0.25,0.75,1.5\n"
    many = csv_of().encode() + row * ((20 << 20) // len(row))
    corpus.error("csv/bomb.csv.gz", gz(many), EXPANSION, policy)
    corpus.error("csv/bomb.csv.xz", xz(many), EXPANSION, policy)
    one_line = csv_of().encode() + bomb(20 << 20).replace(b"\0", b"x")
    corpus.error("csv/one-line-bomb.csv.zst", zst(one_line), EXPANSION + "|64|field", policy)


def csv_of(rows=None, header=None, delimiter=",", end="\n"):
    rows = good_rows() if rows is None else rows
    header = [*TRIPLES[0], *DIMENSIONS] if header is None else header
    lines = [delimiter.join(map(str, cells)) for cells in [header, *([*i, *v] for i, v in rows)]]
    return "".join(line + end for line in lines)


def with_cell(cell, column=2):
    """A seventh row of which one value is `cell`."""
    vector = list(map(str, GOOD))
    vector[column] = cell
    return csv_of(rows_with(vector))


def usual(corpus):
    policy = CONTRACT + "the format is recognized by content"
    corpus.ok("csv/plain.csv", csv_of(), policy)
    corpus.ok("tsv/plain.tsv", csv_of(delimiter="\t"), policy)
    corpus.ok("csv/crlf.csv", csv_of(end="\r\n"), policy)
    corpus.ok("tsv/crlf.tsv", csv_of(delimiter="\t", end="\r\n"), policy)
    corpus.ok("csv/byte-order-mark.csv", codecs.BOM_UTF8 + csv_of().encode(), policy)
    corpus.ok("tsv/byte-order-mark.tsv", codecs.BOM_UTF8 + csv_of(delimiter="\t").encode(), policy)
    quoted = [[f'"{cell}"' for cell in cells] for cells in
              [[*TRIPLES[0], *DIMENSIONS], *([*i, *v] for i, v in good_rows())]]
    corpus.ok("csv/quoted.csv", "".join(",".join(cells) + "\n" for cells in quoted), policy)
    marked = codecs.BOM_UTF8 + "".join(",".join(cells) + "\r\n" for cells in quoted).encode()
    corpus.ok("csv/byte-order-mark-and-quotes.csv", marked, policy)
    corpus.ok("csv/named-txt.txt", csv_of(), policy)
    corpus.ok("csv/named-p.p", csv_of(), policy)
    corpus.again("csv/plain.csv", "--format csv", "ok", CONTRACT + "--format", rows=6, used=6)
    corpus.again("tsv/plain.tsv", "--format tsv", "ok", CONTRACT + "--format", rows=6, used=6)
    for other in ["npy", "pickle", "arrow", "safetensors", "npz"]:
        corpus.again("csv/plain.csv", f"--format {other}", "error", CONTRACT + "--format",
                     error="format|byte|header|magic|not a|is no|zip|numpy|length")


def columns(corpus):
    for triple in TRIPLES[1:]:
        content = csv_of(header=[*triple, *DIMENSIONS])
        corpus.ok(f"csv/{triple[0]}.csv", content, HEADERS + "the triples are recognized")
    lines = [line.split(",") for line in csv_of().splitlines()]
    last = "".join(",".join(cells[3:] + cells[2::-1]) + "\n" for cells in lines)
    corpus.ok("csv/ids-last.csv", last, HEADERS + "the triples are recognized")
    own = "--set data.class=dx --set data.subject=patient --set data.sample=photo"
    content = csv_of(header=["dx", "patient", "photo", *DIMENSIONS])
    corpus.ok("csv/own-names.csv", content, CONTRACT + "--set data.class=NAME", args=own)
    corpus.again("csv/own-names.csv", "", "error", HEADERS + "the triples", error="class|column|header")
    without = [((i[0], i[2]), v) for i, v in good_rows()]
    content = csv_of(without, header=["class", "sample", *DIMENSIONS])
    corpus.ok("csv/no-subject.csv", content, HEADERS + "data without subjects", args="--set data.subject=none")
    corpus.again("csv/no-subject.csv", "", "error", HEADERS + "data without subjects", error="subject")
    corpus.again("csv/plain.csv", "--set data.class=nothing", "error", CONTRACT + "data.class", error="nothing")


def ids(corpus):
    policy = HEADERS + "ids stay as they are"
    odd = ["007", "NA", "1e5", "nan", "True", "null", "0x1", "None", "-", "日本", "😀", "1.0"]
    renamed = dict(zip(sorted(set(sum(IDS, ()))), odd))
    rows = [([renamed[text] for text in i], v) for i, v in good_rows()]
    corpus.ok("csv/ids-like-numbers.csv", csv_of(rows), policy)
    numbers = dict(zip(sorted(set(sum(IDS, ()))), range(1, 13)))
    rows = [([numbers[text] for text in i], v) for i, v in good_rows()]
    corpus.ok("csv/integer-ids.csv", csv_of(rows), policy)
    padded = [([i[0], i[1], i[2].replace("i", "00")], v) for i, v in good_rows()]
    padded[5] = (["brachy", "s4", "1"], padded[5][1])
    corpus.ok("csv/leading-zeros.csv", csv_of(padded), policy)
    quoted = [(["ataxia", '"s, ""the"" 1"', '"line\nbreak"'], VECTORS[0])] + good_rows()[1:]
    corpus.ok("csv/quoted-ids.csv", csv_of(quoted), policy)
    similar = KEPT + "ids that differ only by case, surrounding space or Unicode form"
    for name, last in [
        ("case", ("brachy", "S3", "i6")),
        ("no-break-space", ("brachy", "s3\u00a0", "i6")),
        ("space", ("brachy", "s4", " i5")),
    ]:
        content = csv_of([*good_rows()[:5], (last, VECTORS[5])])
        corpus.findings(f"csv/ids-by-{name}.csv", content, "similar_ids", similar)
    forms = [*good_rows()[:4], (("brachy", "é", "i5"), VECTORS[4]), (("brachy", "e\u0301", "i6"), VECTORS[5])]
    corpus.findings("csv/ids-by-unicode-form.csv", csv_of(forms), "similar_ids", similar)
    long = [(("x" * 4096 if i[0] == "ataxia" else i[0], *i[1:]), v) for i, v in good_rows()]
    corpus.ok("csv/id-of-4096-bytes.csv", csv_of(long), REFUSED + "an id over 4,096 bytes")
    long = rows_with(GOOD, ("brachy", "s5", "x" * 4097))
    corpus.error("csv/id-of-4097-bytes.csv", csv_of(long), "4096|4097|long", REFUSED + "an id over 4,096 bytes")


def set_aside(corpus):
    for name, cell, codes, policy in [
        ("1e400", "1e400", "not_finite", "too large for 32 bits"),
        ("1e39", "-1e39", "not_finite", "too large for 32 bits"),
        ("3.5e38", "3.5e38", "not_finite", "too large for 32 bits"),
        ("400-digits", "9" * 400, "not_finite", "too large for 32 bits"),
        ("huge-exponent", "1e99999999999999999999", "not_finite", "too large for 32 bits"),
        ("nan", "nan", "not_finite", "NaN"),
        ("infinity", "inf", "not_finite", "infinity"),
        ("minus-infinity", "-inf", "not_finite", "infinity"),
    ]:
        corpus.aside(f"csv/aside-{name}.csv", with_cell(cell), codes, policy)
    empty = NO_VECTOR + "|empty_vector|not_finite|empty_cell|missing_value|wrong_length"
    corpus.aside("csv/aside-empty-cell.csv", with_cell(""), empty, "an empty CSV cell")
    corpus.aside("csv/aside-last-cell-empty.csv", with_cell("", 3), empty, "an empty CSV cell")
    corpus.aside("csv/aside-quoted-empty-cell.csv", with_cell('""'), empty, "an empty CSV cell")
    corpus.aside("csv/aside-all-cells-empty.csv", csv_of(rows_with([""] * 4)), empty, "an empty CSV cell")
    corpus.aside("csv/aside-zeros.csv", csv_of(rows_with(["0.0", "-0", "0e5", "-0.0"])), "zero_vector",
                 "zero vector")
    corpus.aside("csv/aside-zeros-in-32-bits.csv", csv_of(rows_with(["1e-60"] * 4)), "zero_vector",
                 "zero vector")
    rows = csv_of([*good_rows(), *((("b", f"t{n}", f"x{n}"), ["", 1, 1, 1]) for n in range(100))])
    corpus.findings("csv/aside-100.csv", rows, empty, READ, rows=106, used=6)


def kept(corpus):
    policy = KEPT + "a CSV without a newline at its end"
    corpus.findings("csv/no-newline.csv", csv_of()[:-1], "", policy)
    corpus.findings("csv/no-newline-crlf.csv", csv_of(end="\r\n")[:-2], "", policy)
    corpus.findings("csv/cut-in-number.csv", csv_of()[:-3], "", policy)
    policy = "in text formats numbers are simply parsed as decimal"
    decimal = [(i, [f"{value + 0.1:.17g}" for value in v]) for i, v in good_rows()]
    corpus.ok("csv/17-digits.csv", csv_of(decimal), policy)
    scientific = [(i, [f"{value:e}".replace("e", "E") for value in v]) for i, v in good_rows()]
    corpus.ok("csv/scientific.csv", csv_of(scientific), policy)
    digits = [(i, [f"{value:.3000f}" for value in v]) for i, v in good_rows()]
    corpus.ok("csv/3000-digits.csv", csv_of(digits), policy)
    # Without its third value the last row points nearly where one of another subject does.
    corpus.findings("csv/tiny-beside-large.csv", with_cell("1e-400"), "near_duplicates", policy, rows=7)
    scales = HEADERS + "extreme scales (1e30, 1e-30, an offset of 1e6) work"
    for exponent in [30, -30]:
        rows = [(i, [f"{value}e{exponent}" for value in v]) for i, v in good_rows()]
        corpus.findings(f"csv/scale-1e{exponent}.csv", csv_of(rows), "extreme_magnitude", scales)
    rows = [(i, [value + 1e6 for value in v]) for i, v in good_rows()]
    corpus.findings("csv/offset-1e6.csv", csv_of(rows), "mean_far_from_zero", scales)
    rows = [(i, [*v[:3], 0.5]) for i, v in good_rows()]
    corpus.findings("csv/constant-dimension.csv", csv_of(rows), "constant_dimensions", KEPT + "constant dimensions")
    rows = csv_of([(i, v[:1]) for i, v in good_rows()], header=[*TRIPLES[0], "d0"])
    corpus.findings("csv/one-dimension.csv", rows, "one_dimension", KEPT + "one dimension")
    twice = csv_of(rows_with(GOOD, ("ataxia", "s9", "i1")))
    corpus.findings("csv/image-twice.csv", twice, "repeated_sample_id", KEPT + "the same image id twice", rows=7)
    both = csv_of(rows_with(GOOD, ("brachy", "s1", "i7")))
    corpus.findings("csv/subject-in-two.csv", both, "subject_in_two_classes", KEPT + "a subject in two syndromes",
                    rows=7)
    equal = csv_of(rows_with(VECTORS[0]))
    corpus.findings("csv/duplicate.csv", equal, "duplicate_vectors", KEPT + "exact and near duplicates", rows=7)
    few = KEPT + "fewer than two classes, or a class with one image or one subject"
    corpus.findings("csv/one-row.csv", csv_of(good_rows()[:1]), "one_class class_with_one_sample", few, rows=1)


def numbers_that_are_none(corpus):
    policy = REFUSED + "text or hexadecimal number"
    for name, cell in {
        "text": "abc",
        "hexadecimal": "0x10",
        "hexadecimal-float": "0x1p3",
        "underscore": "1_000",
        "two-points": "1.2.3",
        "two-signs": "--1",
        "no-exponent": "1e",
        "only-exponent": "e5",
        "only-sign": "-",
        "only-point": ".",
        "percent": "12%",
        "fraction": "1/2",
        "boolean": "True",
        "date": "2020-01-01",
        "list": "[0.5]",
        "minus-sign": "\u22121.5",
        "arabic-digits": "\u0661\u0662",
        "full-width-digits": "\uff11",
        "no-break-space-inside": "1\u00a0000",
        "space-inside": "1 000",
        "na": "NA",
        "null": "null",
        "float-suffix": "1.5f",
        "formula": "=1+1",
        "complex": "1+2j",
        "escapes": "\x1b[31m\u202e1.5\u2066",
        "60000-letters": "x" * 60_000,
    }.items():
        corpus.error(f"csv/number-{name}.csv", with_cell(cell), "line 8|row 7|row 6", policy)
    comma = [(i, [f'"{value}"'.replace(".", ",") for value in v]) for i, v in good_rows()]
    policy = REFUSED + "decimal comma"
    corpus.error("csv/decimal-comma-quoted.csv", csv_of(comma), "comma|line 2|row 1", policy)
    comma = csv_of(delimiter=";").replace(".", ",")
    corpus.error("csv/decimal-comma-semicolons.csv", comma, "comma|semicolon|field|column|header", policy)
    comma = csv_of(delimiter="\t").replace(".", ",")
    corpus.error("tsv/decimal-comma.tsv", comma, "comma|line 2|row 1", policy)


def rows_that_do_not_fit(corpus):
    words = "line 4|row 3|row 2"
    lines = csv_of().splitlines(keepends=True)

    def error(name, line, policy, fragment=words, at=3):
        content = "".join([*lines[:at], line, *lines[at:]])
        corpus.error(f"csv/{name}.csv", content, fragment, REFUSED + policy)

    error("short-row", "ataxia,s1,i9,0.5,0.25,0.5\n", "ragged or short row")
    error("long-row", "ataxia,s1,i9,0.5,0.25,0.5,0.75,0.5\n", "ragged or short row")
    error("comma-at-end", "ataxia,s1,i9,0.5,0.25,0.5,0.75,\n", "ragged or short row")
    error("id-with-comma", "ataxia,mild,s1,i9,0.5,0.25,0.5,0.75\n", "ragged or short row")
    error("comment-inside", "# a remark\n", "ragged or short row")
    error("header-again", lines[0], "text number")
    error("open-quote", 'ataxia,"s1,i9,0.5,0.25,0.5,0.75\n', "open quote", "quot|line 4|row 3")
    error("open-quote-at-end", 'ataxia,s1,"i9', "open quote", "quot|line 8|row 7", at=7)
    error("nul", "ataxia,s\0,i9,0.5,0.25,0.5,0.75\n", "NUL", "nul|zero byte|0x00|\\u{0}")
    error("nul-in-number", "ataxia,s1,i9,0.5,0.\x0025,0.5,0.75\n", "NUL", "nul|zero byte|0x00|\\u{0}")
    long = "x" * (65 * 1024)
    error("field-of-65-kib", f"ataxia,{long},i9,0.5,0.25,0.5,0.75\n", "a field over 64 KiB",
          "64 kib|65,536|65536|long|4096|4,096")
    digits = "0." + "1" * (65 * 1024)
    error("number-of-65-kib", f"ataxia,s1,i9,0.5,0.25,0.5,{digits}\n", "a field over 64 KiB",
          "64 kib|65,536|65536|long")
    tabs = csv_of(delimiter="\t").splitlines(keepends=True)
    tabs[3] = tabs[3].replace("\t", "    ", 1)
    corpus.error("tsv/spaces-for-tab.tsv", "".join(tabs), words, REFUSED + "ragged or short row")
    mixed = csv_of(delimiter="\t").splitlines(keepends=True)[:3] + lines[3:]
    corpus.error("tsv/commas-below.tsv", "".join(mixed), words, REFUSED + "ragged or short row")
    only_header = lines[0].replace(",", ";")
    corpus.error("csv/header-with-semicolons.csv", "".join([only_header, *lines[1:]]),
                 "line 2|row 1|header|column|semicolon|field", REFUSED + "ragged or short row")


def headers(corpus):
    lines = csv_of().splitlines(keepends=True)
    policy = REFUSED + "no header"
    corpus.error("csv/no-header.csv", "".join(lines[1:]), "header|column|class", policy)
    corpus.error("tsv/no-header.tsv", csv_of(delimiter="\t").split("\n", 1)[1], "header|column|class", policy)
    corpus.error("csv/comment-first.csv", "# made by hand\n" + "".join(lines), "header|column|class|line", policy)
    policy = REFUSED + "duplicate column"
    twice = "twice|duplicate|repeat|two columns"
    for name, header in {
        "class": ["class", "class", "sample", *DIMENSIONS],
        "dimension": [*TRIPLES[0], "d0", "d1", "d1", "d3"],
    }.items():
        corpus.error(f"csv/column-{name}-twice.csv", csv_of(header=header), twice, policy)
    nasty = [*TRIPLES[0], "\x1b[2J\u202ed", "\x1b[2J\u202ed", "d2", "d3"]
    corpus.error("csv/column-with-escapes-twice.csv", csv_of(header=nasty), twice, policy)
    for missing in range(3):
        header = [name for n, name in enumerate(TRIPLES[0]) if n != missing]
        rows = [([text for n, text in enumerate(i) if n != missing], v) for i, v in good_rows()]
        corpus.error(f"csv/without-{TRIPLES[0][missing]}.csv", csv_of(rows, header=[*header, *DIMENSIONS]),
                     TRIPLES[0][missing], HEADERS + "the triples")
    only_ids = csv_of([(i, []) for i, _ in good_rows()], header=TRIPLES[0])
    corpus.error("csv/only-ids.csv", only_ids, "vector|value|column|number", REFUSED + "nothing usable")


def characters(corpus):
    policy = REFUSED + "not UTF-8 (say which encoding it looks like)"
    accented = csv_of([((i[0].replace("a", "ä"), *i[1:]), v) for i, v in good_rows()])
    for name, encoding, looks_like in [
        ("latin-1", "latin-1", "latin|1252|8859"),
        ("windows-1252", "cp1252", "latin|1252|8859"),
        ("utf-16", "utf-16-le", "utf-16"),
        ("utf-16-big-endian", "utf-16-be", "utf-16"),
    ]:
        content = accented.encode(encoding)
        if name == "windows-1252":
            content = content.replace("ä".encode(encoding), b"\x93")
        mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
        corpus.error(f"csv/{name}.csv", mark + content, looks_like, policy)
    corpus.error("csv/utf-16-unmarked.csv", csv_of().encode("utf-16-le"), "utf-16|nul|zero byte", policy)
    overlong = csv_of().encode().replace(b"s4", b"s\xc0\xaf")
    corpus.error("csv/overlong.csv", overlong, "utf-8", policy)
    surrogate = csv_of().encode().replace(b"s4", b"s\xed\xa0\x80")
    corpus.error("csv/surrogate.csv", surrogate, "utf-8", policy)
    number = csv_of().encode().replace(b"-1.75", b"-1.7\xff", 1)
    corpus.error("csv/not-utf8-in-number.csv", number, "utf-8|latin", policy)
    header = csv_of().encode().replace(b"d3", b"d\xff", 1)
    corpus.error("csv/not-utf8-in-header.csv", header, "utf-8|latin", policy)
    late = csv_of([*good_rows(), *((("b", f"t{n}", f"x{n}"), v) for n in range(40) for _, v in good_rows())])
    corpus.error("csv/cut-in-character.csv", late.encode() + "b,s,é".encode()[:-1], "utf-8|line|row|field", policy)


def nothing(corpus):
    policy = REFUSED + "nothing usable"
    words = "no data|no sample|no row|usable|empty|nothing|header"
    header = csv_of([])
    corpus.error("csv/header-only.csv", header, words, policy)
    corpus.error("csv/header-only-no-newline.csv", header[:-1], words, policy)
    corpus.error("csv/empty.csv", "", "empty|0 bytes", policy)
    corpus.error("csv/newlines.csv", "\n" * 50, words + "|format", policy)
    corpus.error("csv/only-mark.csv", codecs.BOM_UTF8, words + "|format", policy)
    empty = [(i, [""] * 4) for i, _ in good_rows()]
    corpus.error("csv/all-cells-empty.csv", csv_of(empty), words, policy)
    zeros = [(i, ["0"] * 4) for i, _ in good_rows()]
    corpus.error("csv/all-zero.csv", csv_of(zeros), words, policy)
