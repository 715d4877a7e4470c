"""What is said of the data before any model, and of the maps: digests, classes, distances, neighbors, t-SNE."""

import hashlib
import re
import struct
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from sklearn import metrics
from sklearn.manifold import trustworthiness

import definitions as d


def check_digest(run, data, ledger):
    sha = hashlib.sha256()
    for i in sorted(range(len(run.ids)), key=lambda i: [part.encode() for part in run.ids[i]]):
        for part in run.ids[i]:
            sha.update(struct.pack("<I", len(part.encode())) + part.encode())
        sha.update(struct.pack("<I", run.x.shape[1]) + run.x[i].astype("<f4").tobytes())
    for name, document in (("manifest", run.manifest), ("results", run.results)):
        ledger.same("digests", name, sha.hexdigest(), document["content_digest"])
    content = Path(data).read_bytes()
    ledger.same("digests", "sha256", hashlib.sha256(content).hexdigest(), run.manifest["inputs"][0]["sha256"])
    ledger.same("digests", "bytes", len(content), run.manifest["inputs"][0]["bytes"])


def check_counts(run, ledger):
    """Rows read, used and set aside, and the findings counted."""
    counts, findings = run.manifest["counts"], run.tables["findings"]
    severities = Counter(r["severity"] for r in findings)
    ours = dict(records_read=run.n_read, records_used=len(run.ids), records_set_aside=run.n_read - len(run.ids),
                classes=len({c for c, _, _ in run.ids}), subjects=len(set(run.own_subjects)), samples=len(run.ids),
                dimensions=run.x.shape[1], evaluated_samples=len(run.rows), errors=severities["error"],
                warnings=severities["warning"], notes=severities["note"])
    for name, value in ours.items():
        ledger.same("counts", name, value, counts[name])
    written = {(f["severity"], f["code"]): f["count"] for f in run.results["findings"]}
    ledger.same("counts", "findings", dict(Counter((f["severity"], f["code"]) for f in findings)), written)


def check_classes(run, ledger):
    ids = np.array([c for c, _, _ in run.ids])
    norms = np.sqrt((run.x.astype(float) ** 2).sum(axis=1))
    written = {r["class"]: r for r in run.tables["classes"]}
    in_json = {r["class"]: r for r in run.results["exploration"]["classes"]}
    ledger.same("classes", "order", sorted(set(ids), key=str.encode), list(written))
    for name, row in written.items():
        mine = ids == name
        n_subjects = len(set(run.own_subjects[mine]))
        for table in (row, in_json[name]):
            ledger.same("classes", (name, "subjects"), n_subjects, int(table["n_subjects"]))
            ledger.same("classes", (name, "samples"), int(mine.sum()), int(table["n_samples"]))
            ledger.number("classes", (name, "share"), mine.mean(), table["share"])
            ledger.number("classes", (name, "per subject"), mine.sum() / n_subjects, table["samples_per_subject_mean"])
            ledger.number("classes", (name, "norm"), norms[mine].mean(), table["norm_mean"])
            ledger.number("classes", (name, "norm sd"), norms[mine].std(), table["norm_sd"])


def check_spread(ledger, where, values, written):
    table = "results.json: exploration"
    ledger.same(table, (*where, "count"), len(values), written["count"] if written else 0)
    if len(values) == 0:
        return
    figures = dict(mean=values.mean(), sd=values.std(), min=values.min(), max=values.max(), median=np.median(values),
                   q25=np.quantile(values, 0.25), q75=np.quantile(values, 0.75))
    for name, value in figures.items():
        ledger.number(table, (*where, name), value, written[name])


def check_exploration(run, ledger):
    table = "results.json: exploration"
    e = run.results["exploration"]
    ids = np.array([c for c, _, _ in run.ids])
    names = sorted(set(ids), key=str.encode)
    samples = np.array([(ids == c).sum() for c in names])
    subjects = np.array([len(set(run.own_subjects[ids == c])) for c in names])
    share = samples / samples.sum()
    ledger.same(table, "n_samples", len(ids), e["n_samples"])
    ledger.same(table, "n_subjects", len(set(run.own_subjects)), e["n_subjects"])
    ledger.same(table, "n_dims", run.x.shape[1], e["n_dims"])
    ledger.number(table, "imbalance of samples", samples.max() / samples.min(), e["imbalance_samples"])
    ledger.number(table, "imbalance of subjects", subjects.max() / subjects.min(), e["imbalance_subjects"])
    ledger.number(table, "effective classes", np.exp(-(share * np.log(share)).sum()), e["effective_classes"])
    sizes = Counter(Counter(run.own_subjects).values())
    ledger.same(table, "samples per subject", {k: v for k, v in sorted(sizes.items())},
                {r["n_samples"]: r["n_subjects"] for r in e["samples_per_subject"] if r["n_subjects"]})
    check_spread(ledger, ("norms",), np.sqrt((run.x.astype(float) ** 2).sum(axis=1)), e["norms"])
    upper = np.triu_indices(len(ids), 1)
    same_class = (ids[:, None] == ids[None, :])[upper]
    strangers = run.own_subjects[:, None] != run.own_subjects[None, :]
    same_subject = ~strangers[upper]
    for entry in e["distances"]:
        if not entry["is_complete"]:
            ledger.notes[table].append(f"{entry['distance']}: pairs were sampled, not compared")
            continue
        matrix = run.distances[entry["distance"]]
        pairs = matrix[upper]
        kinds = dict(same_subject=same_subject, within_class=same_class & ~same_subject,
                     between_classes=~same_class & ~same_subject)
        edges = np.array(entry["bin_edges"])
        for name, mask in kinds.items():
            check_spread(ledger, (entry["distance"], name), pairs[mask], (entry[name] or {}).get("spread"))
            if not mask.any():
                continue
            counts = np.histogram(pairs[mask], bins=edges)[0]
            ledger.same(table, (entry["distance"], name, "counts"), counts.tolist(), entry[name]["counts"])
        within, between = pairs[kinds["within_class"]], pairs[kinds["between_classes"]]
        if len(within) and len(between):
            truth = np.r_[np.ones(len(within)), np.zeros(len(between))]
            area = metrics.roc_auc_score(truth, -np.r_[within, between])
            ledger.number(table, (entry["distance"], "separation"), area, entry["separation"], 1e-9)
        for a, (name, of_class) in enumerate(zip(names, entry["classes"])):
            mine = np.ix_(ids == name, ids == name)
            apart = run.own_subjects[ids == name][:, None] != run.own_subjects[ids == name][None, :]
            inside = matrix[mine][apart]
            # Here the program gives euclidean distances by their root mean square, cosine ones by their mean.
            power = 2 if entry["distance"] == "euclidean" else 1
            ledger.number(table, (entry["distance"], name, "within"),
                          (inside**power).mean() ** (1 / power) if len(inside) else None, of_class["within"])
            means = {}
            for b, other in enumerate(names):
                pairs = matrix[(ids == name)[:, None] & (ids == other)[None, :] & strangers]
                if b != a and len(pairs):
                    means[b] = (pairs**power).mean() ** (1 / power)
            nearest = min(means, key=means.get)
            ledger.same(table, (entry["distance"], name, "nearest"), nearest, of_class["nearest"]["class"])
            ledger.number(table, (entry["distance"], name, "nearest"), means[nearest], of_class["nearest"]["apart"])


def check_findings(run, ledger):
    """Near-duplicates: pairs of samples of different subjects nearer than the limit, as named in the messages."""
    limit = run.settings["data"]["duplicate_distance"]
    matrix = run.distances["cosine"]
    ours = {}
    for i, j in zip(*np.where(matrix < limit)):
        if i < j and run.own_subjects[i] != run.own_subjects[j]:
            ours[frozenset((run.ids[i], run.ids[j]))] = matrix[i, j]
    quoted = r'"((?:[^"\\]|\\.)*)"'
    pattern = re.compile(f"sample {quoted} of subject {quoted} in class {quoted}.*cosine distance ([-0-9.e]+)", re.S)
    found, rest = {}, 0
    listed = [r for r in run.tables["findings"] if r["code"] == "near_duplicates"]
    for row in listed:
        match = pattern.search(row["message"])
        if match is None:
            rest += int(row["message"].split()[0].replace(",", ""))
            continue
        other = tuple(re.sub(r"\\(.)", r"\1", match[g]) for g in (3, 2, 1))
        pair = frozenset(((row["class"], row["subject"], row["sample"]), other))
        found[pair] = float(match[4])
    # A long list ends with one finding that counts the rest.
    ledger.same("near-duplicates", "pairs that nothing derives", set(), set(found) - set(ours))
    same = [pair for pair in ours if len({run.x[run.index[i]].tobytes() for i in pair}) == 1]
    ledger.same("near-duplicates", "number without equal vectors", len(ours) - len(same), len(found) + rest)
    groups = Counter((x + np.float32(0)).tobytes() for x in run.x)  # Adding zero makes -0 into 0.
    exact = [r for r in run.tables["findings"] if r["code"] == "duplicate_vectors"]
    ledger.same("near-duplicates", "groups of equal vectors", sum(n > 1 for n in groups.values()), len(exact))
    for pair in set(ours) & set(found):
        ledger.number("near-duplicates", sorted(pair), ours[pair], found[pair], 6e-5)  # Four decimals are shown.
    ledger.same("near-duplicates", "number in results.json", len(ours), run.results["duplicates"]["n_pairs"])
    within = sum(len({c for c, _, _ in pair}) == 1 for pair in ours)
    ledger.same("near-duplicates", "within a class", within, run.results["duplicates"]["n_pairs_within_class"])
    if ours:
        ledger.number("near-duplicates", "nearest", min(ours.values()), run.results["duplicates"]["nearest_cosine"])


def check_neighbors(run, ledger):
    rows = defaultdict(list)
    for row in run.tables.get("neighbors", []):
        rows[row["distance"], row["class"], row["subject"], row["sample"]].append(row)
    for distance in run.metrics:
        matrix = run.distances[distance]
        count = min(15, len(run.ids) - 1)
        order = np.argsort(matrix, axis=1, kind="stable")[:, :count]
        for i, key in enumerate(run.ids):
            mine = rows.pop((distance, *key), [])
            ledger.same("neighbors", (distance, *key, "count"), count, len(mine))
            for rank, row in enumerate(mine):
                j = run.index[row["neighbor_class"], row["neighbor_subject"], row["neighbor_sample"]]
                ledger.same("neighbors", (distance, *key, "rank"), rank + 1, int(row["rank"]))
                ledger.number("neighbors", (distance, *key, rank + 1), matrix[i, order[i, rank]], row["value"])
                # Distances nearer than rounding may stand in another order; equal ones may not.
                gap = abs(matrix[i, order[i, rank]] - matrix[i, j])
                if not 0 < gap < 1e-12:
                    ledger.same("neighbors", (distance, *key, rank + 1), run.ids[order[i, rank]], run.ids[j])
    ledger.same("neighbors", "rows that nothing derives", 0, len(rows))


def check_maps(run, ledger):
    rows = defaultdict(list)
    for row in run.tables.get("map", []):
        rows[row["distance"]].append(row)
    ids = np.array([c for c, _, _ in run.ids])
    names = sorted(set(ids), key=str.encode)
    for entry in run.results["maps"]:
        metric, quality, settings = entry["distance"], entry["quality"], entry["settings"]
        mine = rows.pop(metric)
        ledger.same("map", (metric, "samples"), run.ids, [(r["class"], r["subject"], r["sample"]) for r in mine])
        y = np.array([[float(r["x"]), float(r["y"])] for r in mine])
        matrix = run.distances[metric].copy()
        squared = matrix**2 if metric == "euclidean" else 2 * matrix
        p = d.affinities(squared, settings["perplexity"])
        ledger.number("map", (metric, "kl"), d.divergence(p, y), quality["kl"], 1e-10)
        on_map = np.sqrt(((y[:, None] - y[None]) ** 2).sum(-1))
        np.fill_diagonal(on_map, np.inf)
        k = quality["k_trust"]
        data = run.x.astype(float)
        if metric == "cosine":
            data = data / np.sqrt((data**2).sum(axis=1, keepdims=True))
        trust, continuity = d.trustworthiness(matrix, on_map, k), d.trustworthiness(on_map, matrix, k)
        ledger.number("map", (metric, "trustworthiness"), trust, quality["trustworthiness"])
        ledger.number("map", (metric, "continuity"), continuity, quality["continuity"])
        if all(len(np.unique(row)) == len(row) for row in matrix):  # scikit-learn breaks ties in no stated order.
            table = "definitions = scikit-learn"
            ledger.number(table, "trustworthiness", trustworthiness(data, y, n_neighbors=k), trust, 1e-9)
            ledger.number(table, "continuity", trustworthiness(y, data, n_neighbors=k), continuity, 1e-9)
        k = quality["k_kept"]
        high = np.argsort(matrix, axis=1, kind="stable")[:, :k]
        low = np.argsort(on_map, axis=1, kind="stable")[:, :k]
        shared = np.mean([len(set(a) & set(b)) / k for a, b in zip(high, low)])
        ledger.number("map", (metric, "neighbors kept"), shared, quality["neighbors_kept"])
        in_data = np.array([data[ids == c].mean(axis=0) for c in names])
        in_map = np.array([y[ids == c].mean(axis=0) for c in names])
        rho = spearmanr(pdist(in_data, metric), pdist(in_map)).statistic
        ledger.number("map", (metric, "class centers"), rho, quality["class_center_correlation"])
        for c, name in zip(entry["classes"], names):
            own = ids == name
            ledger.same("map", (metric, name), name, c["class"])
            ledger.number("map", (metric, name, "map"), (ids[low[own]] == name).mean(), c["share_on_map"])
            ledger.number("map", (metric, name, "data"), (ids[high[own]] == name).mean(), c["share_in_data"])
            ledger.number("map", (metric, name, "chance"), (own.sum() - 1) / (len(ids) - 1), c["share_by_chance"])
            others = {o: (ids[low[own]] == o).mean() for o in names if o != name}
            most = max(others.values())
            ledger.number("map", (metric, name, "mixed"), most, c["most_mixed_share"])
    ledger.same("map", "maps that nothing derives", [], list(rows))
