"""An output folder, the data it was made from, and the ledger of what was compared."""

import csv
import hashlib
import json
import pickle
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

import definitions as d

EXACT = 1e-11  # Sums of some thousand terms of order 1 in 64 bits; another order of summation moves them by 1e-13.
SIGMAS = 5.0  # Monte Carlo bounds: a correct program leaves one of them once in 1.7 million comparisons.


class Ledger:
    """What was compared: per table the count, the greatest difference and the first disagreements."""

    def __init__(self):
        self.rows, self.worst = Counter(), defaultdict(float)
        self.failures, self.notes = defaultdict(list), defaultdict(list)

    def number(self, table, where, ours, theirs, tolerance=EXACT):
        self.rows[table] += 1
        ours, theirs = (float("nan") if v in (None, "") else float(v) for v in (ours, theirs))
        if np.isnan(ours) and np.isnan(theirs):
            return
        difference = abs(ours - theirs)
        self.worst[table] = max(self.worst[table], difference)
        if not difference <= tolerance * max(1.0, abs(ours)):
            self.failures[table].append(f"{where}: derived {ours!r}, written {theirs!r}")

    def within(self, table, where, low, high, theirs):
        self.rows[table] += 1
        theirs = float(theirs)
        slack = 1e-9 * max(1.0, abs(theirs))
        if not low - slack <= theirs <= high + slack:
            self.failures[table].append(f"{where}: derived {low!r} to {high!r}, written {theirs!r}")

    def same(self, table, where, ours, theirs):
        self.rows[table] += 1
        if ours != theirs:
            self.failures[table].append(f"{where}: derived {ours!r}, written {theirs!r}")

    def show(self):
        for table in list(dict.fromkeys([*self.rows, *self.failures])):
            bad = self.failures[table]
            verdict = f"FAIL ({len(bad)})" if bad else "ok"
            print(f"{table:34} {self.rows[table]:>7} compared, greatest difference {self.worst[table]:.1e}  {verdict}")
            for line in self.notes[table]:
                print(f"    note: {line}")
            for line in bad[:6]:
                print(f"    {line}")
        return any(self.failures.values())


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Run:
    """The data, the output folder and what is derived once for all tables."""

    def __init__(self, data, out):
        self.out = Path(out)
        with open(data, "rb") as file:
            cohort = pickle.load(file)
        records = [
            (str(c), str(s), str(i), as_vector(v))
            for c, subjects in cohort.items() for s, images in subjects.items() for i, v in images.items()
        ]
        length = Counter(len(v) for *_, v in records).most_common(1)[0][0]
        used = [r for r in records if len(r[3]) == length and np.isfinite(r[3]).all() and r[3].any()]
        self.n_read = len(records)
        self.ids = [r[:3] for r in used]
        self.x = np.array([r[3] for r in used])
        self.tables = {p.stem: rows_of(p) for p in (self.out / "tables").glob("*.csv")}
        self.results = json.loads((self.out / "results.json").read_text())
        self.manifest = json.loads((self.out / "manifest.json").read_text())
        self.settings = self.manifest["settings"]
        self.evaluation = self.settings["evaluation"]
        self.index = {key: i for i, key in enumerate(self.ids)}
        self.distances = {m: d.distance_matrix(self.x, m) for m in ("cosine", "euclidean")}
        self.metrics = self.evaluation["distances"]
        self.subjects = np.array([hash_of(s) for _, s, _ in self.ids])
        self.own_subjects = self.subjects
        if self.settings["data"]["merge_duplicates"]:
            self.merge_subjects(self.settings["data"]["duplicate_distance"])
        self.read_folds()

    def merge_subjects(self, limit):
        """Subjects with a near-duplicate between them are one, and so are those that a chain of them joins."""
        self.own_subjects = self.subjects.copy()
        for i, j in zip(*np.where(self.distances["cosine"] < limit)):
            if self.subjects[i] != self.subjects[j]:
                self.subjects[self.subjects == self.subjects[j]] = self.subjects[i]

    def read_folds(self):
        self.folds = defaultdict(dict)
        for row in self.tables["folds"]:
            key = (row["protocol"], int(row.get("repeat") or 0))
            self.folds[key][self.index[(row["class"], row["subject"], row["sample"])]] = int(row["fold"])
        self.rows = sorted(next(iter(self.folds.values())))
        self.classes = sorted({self.ids[i][0] for i in self.rows}, key=lambda c: c.encode())
        self.labels = np.array([self.classes.index(self.ids[i][0]) for i in self.rows])
        self.repeats = sorted({r for _, r in self.folds})
        self.unseen = sorted({int(r["repeat"]) for r in self.tables["k_sweep"]} - set(self.repeats))
        self.protocols = list(dict.fromkeys(p for p, _ in self.folds))

    def fold_vector(self, protocol, repeat):
        folds = self.folds[(protocol, repeat)]
        return np.array([folds[i] for i in self.rows])


def as_vector(value):
    return np.asarray([] if value is None else value, dtype=np.float32).ravel()


def hash_of(key):
    return int.from_bytes(hashlib.blake2b(repr(key).encode(), digest_size=7).digest(), "big")
