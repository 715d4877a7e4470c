"""The files of GestaltMatcher-Arc: encodings by image, model and variant, and a table of images."""

import json
import pickle

from .common import *

FOLDER_NAME = "gestalt-matcher"
HEADER = "img_name;model;flip;gray;class_conf;representations"
IMAGES = ["101", "102", "103", "104", "105", "106"]
VARIANTS = [(flip, gray) for flip in (0, 1) for gray in (0, 1)]


def make(corpus):
    images = corpus.side(f"{FOLDER_NAME}/gmdb_all_images_v1.csv", image_table())
    one_variant(corpus, images)
    many_variants(corpus, images)
    values(corpus, images)
    rows(corpus, images)
    joins(corpus, images)
    pickled(corpus, images)


def name(file):
    return f"{FOLDER_NAME}/{file}"


def image_table(ids=None, images=IMAGES, header="image_id,subject,label"):
    ids = IDS if ids is None else ids
    return "".join([header + "\n", *(f"{image},{i[1]},{i[0]}\n" for image, i in zip(images, ids))])


def encodings(vectors=None, images=IMAGES, model="m0", flip=0, gray=0, header=HEADER):
    vectors = VECTORS if vectors is None else vectors
    lines = [
        f"{image};{model};{flip};{gray};[0.25, 0.75];{vector if isinstance(vector, str) else json.dumps(vector)}\n"
        for image, vector in zip(images, vectors)
    ]
    return (header + "\n" if header else "") + "".join(lines)


def variants(models=("m0",), skip=(), repeat=()):
    """Every image under every model and variant, but those skipped."""
    content = HEADER + "\n"
    for n, (image, vector) in enumerate(zip(IMAGES, VECTORS)):
        for model in models:
            for flip, gray in VARIANTS:
                key = (image, model, flip, gray)
                near = [value + 0.001 * (flip + 2 * gray) for value in vector]
                times = 0 if key in skip else 2 if key in repeat else 1
                content += encodings([near], [image], model, flip, gray, header="") * times
    return content


def one_variant(corpus, images):
    policy = CONTRACT + "GestaltMatcher-Arc encodings joined to images"
    args = f"--labels {images}"
    corpus.ok(name("one.csv"), encodings(), policy, args=args)
    corpus.ok(name("crlf.csv"), encodings().replace("\n", "\r\n"), policy, args=args)
    corpus.again(name("one.csv"), f"--format gestalt-matcher {args}", "ok", CONTRACT + "--format", rows=6, used=6)
    packed(corpus, name("packed.csv"), encodings().encode(), args=args)
    side = corpus.side(name("gmdb_train_images_v1.csv"), image_table().replace("label\n", "label,split\n")
                       .replace("axia\n", "axia,train\n").replace("chy\n", "chy,test\n"))
    corpus.again(name("one.csv"), f"--labels {side}", "ok", CONTRACT + "image_id,subject,label[,split]", rows=6,
                 used=6)
    turned = list(reversed(list(zip(IMAGES, IDS))))
    side = corpus.side(name("gmdb_turned_images_v1.csv"), image_table([i for _, i in turned], [m for m, _ in turned]))
    corpus.again(name("one.csv"), f"--labels {side}", "ok", JOIN + " (by id, not by order)", rows=6, used=6)
    corpus.again(name("one.csv"), "", "error", CONTRACT + "--labels for gestalt-matcher", error="labels|images")


def many_variants(corpus, images):
    args = f"--labels {images}"
    policy = CONTRACT + "one row per image x model x test-time variant"
    corpus.accepted(name("four-variants.csv"), variants(), policy, args=args)
    corpus.accepted(name("three-models.csv"), variants(("m0", "m1", "m2")), policy, args=args)
    one_less = variants(skip=[("104", "m0", 1, 0)])
    corpus.error(name("variant-missing.csv"), one_less, "104", UNEQUAL, args=args)
    one_less = variants(("m0", "m1"), skip=[("102", "m1", *v) for v in VARIANTS])
    corpus.error(name("model-missing.csv"), one_less, "102", UNEQUAL, args=args)
    twice = variants(repeat=[("103", "m0", 0, 1)])
    corpus.error(name("variant-twice.csv"), twice, "103", UNEQUAL, args=args)
    other_twice = variants(skip=[("105", "m0", 0, 0)], repeat=[("105", "m0", 1, 1)])
    corpus.error(name("variant-for-another.csv"), other_twice, "105", UNEQUAL, args=args)


def values(corpus, images):
    seven = corpus.side(name("gmdb_seven_images_v1.csv"), image_table([*IDS, SEVENTH], [*IMAGES, "107"]))
    for label, vector, codes, policy in [
        ("1e39", "[0.5, 1e39, 0.5, 0.5]", "not_finite", "too large for 32 bits"),
        ("zeros", [0.0] * 4, "zero_vector", "zero vector"),
        ("shorter", GOOD[:3], "wrong_length", "other length than the majority"),
        ("hole", "[0.5, null, 0.5, 0.5]", "unusable_vector", "a list with a hole"),
        ("empty-list", "[]", "empty_vector|unusable_vector", "an empty array"),
        ("empty-cell", "", NO_VECTOR + "|empty_vector", "an empty CSV cell"),
    ]:
        content = encodings([*VECTORS, vector], [*IMAGES, "107"])
        corpus.aside(name(f"aside-{label}.csv"), content, codes, policy, args=f"--labels {seven}")
    words = "line 8|row 7|row 6|107"
    for label, vector in {
        "broken": "[0.5, 0.5, 0.5",
        "comma": "[0.5, 0.5, 0.5, 0.5,]",
        "no-brackets": "0.5, 0.5, 0.5, 0.5",
        "spaces": "[0.5 0.5 0.5 0.5]",
        "call": "__import__('os').system('true')",
        "nested": "[" * 60_000,
        "hexadecimal": "[0x10, 0.5, 0.5, 0.5]",
    }.items():
        content = encodings([*VECTORS, vector], [*IMAGES, "107"])
        corpus.error(name(f"list-{label}.csv"), content, words, REFUSED + "malformed encoding",
                     args=f"--labels {seven}")


def rows(corpus, images):
    args = f"--labels {images} --format gestalt-matcher"
    policy = REFUSED + "CSV: "
    for label, header in {
        "no-header": "",
        "header-twice": HEADER.replace("model", "flip"),
        "header-without-image": HEADER.replace("img_name", "name"),
        "header-without-vectors": HEADER.replace("representations", "repr"),
    }.items():
        words = "header|column|img_name|representations|twice|duplicate|flip"
        corpus.error(name(f"{label}.csv"), encodings(header=header), words, policy + "no header", args=args)
    short = encodings().replace("103;m0;", "103;")
    corpus.error(name("short-row.csv"), short, "line 4|row 3|row 2", policy + "short row", args=args)
    commas = encodings().replace(";", ",")
    corpus.error(name("commas.csv"), commas, "header|column|semicolon|;|field|line", policy + "no header", args=args)
    corpus.error(name("header-only.csv"), HEADER + "\n", "no |usable|empty|106", REFUSED + "nothing usable", args=args)
    corpus.error(name("nul.csv"), encodings().replace("m0", "m\0"), "nul|zero byte|\\u{0}", policy + "NUL", args=args)


def joins(corpus, images):
    args = f"--labels {images}"
    corpus.error(name("image-unknown.csv"), encodings([*VECTORS, GOOD], [*IMAGES, "107"]), "107", JOIN, args=args)
    corpus.error(name("image-without-encoding.csv"), encodings(VECTORS[:5], IMAGES[:5]), "106", JOIN, args=args)
    corpus.error(name("row-twice.csv"), encodings([*VECTORS, VECTORS[2]], [*IMAGES, "103"]), "103", UNEQUAL,
                 args=args)
    good = name("one.csv")

    def error(label, content, fragment, policy=JOIN):
        side = corpus.side(name(f"gmdb_{label}_images_v1.csv"), content)
        corpus.again(good, f"--labels {side}", "error", policy, error=fragment)

    error("twice", image_table([*IDS, IDS[3]], [*IMAGES, "104"]), "104")
    error("other-twice", image_table([*IDS, ("ataxia", "s9", "")], [*IMAGES, "104"]), "104")
    error("missing", image_table(IDS[1:], IMAGES[1:]), "101")
    error("more", image_table([*IDS, SEVENTH], [*IMAGES, "107"]), "107")
    error("none", image_table([], []), "101|no |empty")
    error("no-label", image_table(header="image_id,subject,dx"), "label|column", REFUSED + "CSV: no header")
    error("no-header", image_table().split("\n", 1)[1], "image_id|header|column|label", REFUSED + "CSV: no header")
    error("ragged", image_table() + "107,s5\n", "line 8|row 7|row 6|field", REFUSED + "CSV: short row")
    error("padded", image_table(images=["00" + image for image in IMAGES]), "101|00101",
          HEADERS + "ids stay as they are")


def pickled(corpus, images):
    args = f"--labels {images} --format gestalt-matcher"
    policy = CONTRACT + ".p form {image: [variant vectors]}"
    one = {image: [vector] for image, vector in zip(IMAGES, VECTORS)}
    corpus.ok(name("one.p"), pickle.dumps(one, 4), policy, args=args)
    four = {image: [[x + 0.001 * k for x in v] for k in range(4)] for image, v in zip(IMAGES, VECTORS)}
    corpus.accepted(name("four.p"), pickle.dumps(four, 4), policy, args=args)
    uneven = {**four, "104": four["104"][:3]}
    corpus.error(name("uneven.p"), pickle.dumps(uneven, 4), "104", UNEQUAL, args=args)
    more = {**one, "107": [GOOD]}
    corpus.error(name("image-unknown.p"), pickle.dumps(more, 4), "107", JOIN, args=args)
    less = {image: one[image] for image in IMAGES[1:]}
    corpus.error(name("image-without-encoding.p"), pickle.dumps(less, 4), "101", JOIN, args=args)
    calling = b"cos\nsystem\n(S'true'\ntR."
    corpus.error(name("calls.p"), calling, "os.system", READER + "no execution", args=args)
