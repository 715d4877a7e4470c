"""What is reported at the chosen k: per class, confusion, predictions, ROC, chance, intervals, comparison."""

from collections import Counter, defaultdict

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student
from sklearn import metrics

import definitions as d
from run_folder import SIGMAS

SHUFFLES_OF_THE_PROGRAM = 20


def check_chosen(run, kept, chosen, ledger):
    """per_class, confusion, predictions and roc, at the chosen k."""
    z = norm.ppf((1 + run.evaluation["confidence"]) / 2)
    groups = run.subjects[run.rows]
    per_class = {(r["protocol"], r["distance"], r["weights"], r["class"]): r for r in run.tables["per_class"]}
    cells = {(r["protocol"], r["distance"], r["weights"], r["true_class"], r["predicted_class"]): r
             for r in run.tables["confusion"]}
    predictions, curves = defaultdict(list), defaultdict(list)
    for row in run.tables["predictions"]:
        predictions[row["protocol"], row["distance"], row["weights"]].append(row)
    for row in run.tables["roc"]:
        curves[row["protocol"], row["distance"], row["weights"], row["curve"], row["class"]].append(row)
    areas = {}
    for protocol in run.results["evaluation"]["protocols"]:
        for r in protocol["runs"]:
            for c in r["roc"]:
                areas[protocol["protocol"], r["distance"], r["weights"], c["curve"], c["class"] or ""] = c
    for combination, k in chosen.items():
        repeats = [kept[combination + (r,)] for r in run.repeats]
        p, f = repeats[0]["by_k"][k], repeats[0]["folds"]
        counts = np.mean([confusion_of(run, x["by_k"][k]) for x in repeats], axis=0)
        _, (precision, recall, f1) = d.confusion_measures(counts)
        for c, name in enumerate(run.classes):
            row = per_class.pop(combination + (name,))
            mine = run.labels == c
            sizes = list(Counter(groups[mine]).values())
            where = (*combination, name)
            ledger.same("per_class", (*where, "k"), k, int(row["k"]))
            ledger.same("per_class", (*where, "n_subjects"), len(sizes), int(row["n_subjects"]))
            ledger.same("per_class", (*where, "support"), int(mine.sum()), int(row["support"]))
            low, high = d.wilson(recall[c], d.effective_number(sizes), z)
            auc = np.mean([d.area_and_precision(mine, x["by_k"][k]["scores"][:, c])[0] for x in repeats])
            for column, value in zip(("precision", "recall", "recall_low", "recall_high", "f1", "auc"),
                                     (precision[c], recall[c], low, high, f1[c], auc)):
                ledger.number("per_class", (*where, column), value, row[column], 1e-9)
            for c2, other in enumerate(run.classes):
                row = cells.pop(combination + (name, other), {"count": 0, "k": k})
                ledger.number("confusion", (*where, other), counts[c, c2], row["count"])
                ledger.same("confusion", (*where, "k"), k, int(row["k"]))
        check_predictions(run, predictions[combination], k, p, f, ledger, combination)
        check_curves(run, repeats, k, curves, areas, ledger, combination)
    ledger.same("per_class", "rows that nothing derives", [], list(per_class))
    ledger.same("confusion", "rows that nothing derives", [], list(cells))
    ledger.same("roc", "curves that nothing derives", [], list(curves))


def confusion_of(run, p):
    return metrics.confusion_matrix(run.labels, p["predicted"], labels=range(len(run.classes)))


def check_predictions(run, rows, k, p, folds, ledger, combination):
    ledger.same("predictions", (*combination, "samples"), [run.ids[i] for i in run.rows],
                [(r["class"], r["subject"], r["sample"]) for r in rows])
    for i, row in enumerate(rows):
        where = (*combination, run.ids[run.rows[i]])
        ledger.same("predictions", (*where, "k"), k, int(row["k"]))
        ledger.same("predictions", (*where, "fold"), int(folds[i]), int(row["fold"]))
        for c, name in enumerate(run.classes):
            ledger.number("predictions", (*where, name), p["scores"][i, c], row[f"score_{name}"])
        if not p["near"][i]:
            ledger.same("predictions", (*where, "predicted"), run.classes[p["predicted"][i]], row["predicted"])
            ledger.number("predictions", (*where, "rank"), (p["low"][i] + p["high"][i]) / 2, row["rank_of_true"])


def check_curves(run, repeats, k, curves, areas, ledger, combination):
    sets = defaultdict(list)
    exact = defaultdict(list)
    one_hot = np.eye(len(run.classes))[run.labels]
    for x in repeats:
        scores, f = x["by_k"][k]["scores"], x["folds"]
        for g in sorted(set(f)):
            keep = f == g
            of_fold = [d.curve_at(one_hot[keep, c], scores[keep, c]) for c in range(len(run.classes))]
            in_fold = [d.area_and_precision(one_hot[keep, c], scores[keep, c])[0] for c in range(len(run.classes))]
            for name, curve, area in zip(run.classes, of_fold, in_fold):
                if curve is not None:
                    sets["class", name].append(curve)
                    exact["class", name].append(area)
            defined = [c for c in of_fold if c is not None]
            if defined:
                sets["macro", ""].append(np.mean(defined, axis=0))
                exact["macro", ""].append(np.nanmean(in_fold))
            sets["micro", ""].append(d.curve_at(one_hot[keep].ravel(), scores[keep].ravel()))
            exact["micro", ""].append(d.area_and_precision(one_hot[keep].ravel(), scores[keep].ravel())[0])
    for name, members in sets.items():
        rows = curves.pop(combination + name, [])
        ledger.same("roc", (*combination, *name, "rows"), 1001, len(rows))
        mean, sd = np.mean(members, axis=0), np.std(members, axis=0)
        for j, row in enumerate(rows):
            ledger.same("roc", (*combination, *name, "k"), k, int(row["k"]))
            ledger.same("roc", (*combination, *name, "fpr"), j / 1000, float(row["fpr"]))
            ledger.number("roc", (*combination, *name, j, "mean"), mean[j], row["tpr_mean"], 1e-9)
            ledger.number("roc", (*combination, *name, j, "sd"), sd[j], row["tpr_sd"], 1e-9)
        area = areas.get(combination + name)
        if area is None:
            ledger.same("results.json: areas", combination + name, "an area", "none")
        else:
            ledger.number("results.json: areas", (*combination, *name), np.mean(exact[name]), area["area_mean"])
            ledger.number("results.json: areas", (*combination, *name, "sd"), np.std(exact[name]), area["area_sd"])


def check_chance(run, kept, chosen, ledger, generator, n_shuffles):
    """The largest class (every score is the class's share), and the mean under shuffled labels."""
    n, n_classes = len(run.rows), len(run.classes)
    shares = np.bincount(run.labels, minlength=n_classes) / n
    order = sorted(range(n_classes), key=lambda c: (-shares[c], c))
    rank = np.array([order.index(c) + 1.0 for c in run.labels])
    prior = d.measures(run.labels, np.tile(shares, (n, 1)), np.full(n, order[0]), rank, rank)
    groups = run.subjects[run.rows]
    names, first, position = np.unique(groups, return_index=True, return_inverse=True)
    for entry in run.results["evaluation"]["protocols"]:
        for r in entry["runs"]:
            combination = (entry["protocol"], r["distance"], r["weights"])
            k = chosen[combination]
            written = {s["measure"]: s for s in r["summary"]}
            for m in d.MEASURES:
                ledger.number("results.json: largest class", (*combination, m), prior[m],
                              written[m]["chance"]["largest_class"])
            f = run.fold_vector(combination[0], run.repeats[0])
            matrix = run.distances[combination[1]][np.ix_(run.rows, run.rows)]
            indices, values = d.nearest_in_training(matrix, f, k)
            found = defaultdict(list)
            for _ in range(n_shuffles):
                labels = generator.permutation(run.labels[first])[position]
                scores, nearest = d.vote(indices, values, labels, n_classes, k, combination[2])
                predicted, low, high, _ = d.ranking(scores, nearest, labels, run.evaluation["ties"])
                for m, v in d.measures(labels, scores, predicted, low, high).items():
                    found[m].append(v)
            for m in d.MEASURES:
                mean, sd = np.mean(found[m]), np.std(found[m], ddof=1)
                # The spread is known from few shuffles: Student's quantile of the same rarity as SIGMAS.
                slack = student.isf(norm.sf(SIGMAS), n_shuffles - 1) * sd * np.sqrt(1 / n_shuffles + 1 / SHUFFLES_OF_THE_PROGRAM)
                ledger.within("results.json: shuffled (M. Carlo)", (*combination, m), mean - slack, mean + slack,
                              written[m]["chance"]["shuffled_labels"])


def subject_weights(run, n_resamples, generator):
    """Multiplicity of every evaluated sample: subjects drawn with replacement within their class."""
    groups = run.subjects[run.rows]
    weight = np.zeros((n_resamples, len(groups)))
    for c in range(len(run.classes)):
        members = np.flatnonzero(run.labels == c)
        names, position = np.unique(groups[members], return_inverse=True)
        drawn = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), size=n_resamples)
        weight[:, members] = drawn[:, position]
    return weight


def resampled(run, predictions, weight):
    """All measures of resampled predictions, the mean over repeats, in chunks that fit in memory."""
    parts = []
    for chunk in np.array_split(weight, max(1, len(weight) // 200)):
        each = [d.measures(np.tile(run.labels, len(chunk[0]) // len(run.labels)), p["scores"], p["predicted"],
                           p["low"], p["high"], chunk) for p in predictions]
        parts.append({m: np.mean([e[m] for e in each], axis=0) for m in d.MEASURES})
    return {m: np.concatenate([p[m] for p in parts]) for m in d.MEASURES}


def quantile_bounds(values, at, n_theirs):
    """Where a quantile of `n_theirs` resamples lies, SIGMAS standard errors either way, free of any density."""
    spread = SIGMAS * np.sqrt(at * (1 - at) * (1 / len(values) + 1 / n_theirs))
    values = np.sort(values[~np.isnan(values)])
    step = 1.5 / n_theirs  # Programs interpolate quantiles differently, by less than this.
    return np.quantile(values, max(0.0, at - spread - step)), np.quantile(values, min(1.0, at + spread + step))


def check_summary(run, kept, chosen, ledger, weight):
    n, confidence = run.evaluation["bootstrap"], run.evaluation["confidence"]
    rows = {(r["protocol"], r["distance"], r["weights"], r["measure"]): r for r in run.tables["summary"]}
    boots = {}
    for combination, k in chosen.items():
        repeats = [kept[combination + (r,)] for r in run.repeats]
        boots[combination] = resampled(run, [x["by_k"][k] for x in repeats], weight)
        for m in d.MEASURES:
            row = rows.pop(combination + (m,))
            where = (*combination, m)
            ledger.same("choice of k", combination, k, int(row["k"]))
            every = [kept[combination + (r,)] for r in run.repeats + run.unseen]
            values = np.array([f[m] for x in every for f in x["figures"][k]["folds"]])
            values = values[~np.isnan(values)]
            ledger.number("summary", (*where, "mean"), values.mean(), row["mean"])
            ledger.number("summary", (*where, "sd"), values.std(), row["sd"])
            pooled = np.mean([x["figures"][k]["pooled"][m] for x in repeats])
            ledger.number("summary", (*where, "pooled"), pooled, row["pooled"])
            for name, at in (("ci_low", (1 - confidence) / 2), ("ci_high", (1 + confidence) / 2)):
                low, high = quantile_bounds(boots[combination][m], at, n)
                ledger.within("summary intervals (Monte Carlo)", (*where, name), low, high, row[name])
    ledger.same("summary", "rows that nothing derives", [], list(rows))
    return boots


def check_comparison(run, kept, chosen, boots, ledger, generator, n_resamples):
    n, confidence = run.evaluation["bootstrap"], run.evaluation["confidence"]
    rows = run.tables.get("comparison", [])
    groups = run.subjects[run.rows]
    names, position = np.unique(groups, return_inverse=True)
    for protocol, weights in dict.fromkeys((r["protocol"], r["weights"]) for r in rows):
        a, b = (protocol, "cosine", weights), (protocol, "euclidean", weights)
        pairs = [tuple(kept[c + (r,)]["by_k"][chosen[c]] for c in (a, b)) for r in run.repeats]
        both = [{f: np.concatenate([p[f], q[f]]) for f in p} for p, q in pairs]
        swap = generator.integers(0, 2, size=(n_resamples, len(names)))[:, position].astype(float)
        first = resampled(run, both, np.hstack([1 - swap, swap]))
        second = resampled(run, both, np.hstack([swap, 1 - swap]))
        for row in (r for r in rows if (r["protocol"], r["weights"]) == (protocol, weights)):
            m = row["measure"]
            where = (protocol, weights, m)
            x, y = (np.mean([kept[c + (r,)]["figures"][chosen[c]]["pooled"][m] for r in run.repeats]) for c in (a, b))
            ledger.number("comparison", (*where, "cosine"), x, row["cosine"])
            ledger.number("comparison", (*where, "euclidean"), y, row["euclidean"])
            ledger.number("comparison", (*where, "difference"), x - y, row["difference"])
            apart = boots[a][m] - boots[b][m]
            for name, at in (("ci_low", (1 - confidence) / 2), ("ci_high", (1 + confidence) / 2)):
                low, high = quantile_bounds(apart, at, n)
                ledger.within("comparison intervals (Monte Carlo)", (*where, name), low, high, row[name])
            # Equal differences in exact arithmetic may differ in the last bits: they count as at least as great.
            share = np.mean(np.abs(first[m] - second[m]) >= abs(x - y) - 1e-12)
            base = max(share, 1 / n_resamples)
            slack = SIGMAS * np.sqrt(base * (1 - min(base, 1 - 1 / n)) * (1 / n + 1 / n_resamples)) + 2 / n
            ledger.within("comparison p-values (Monte Carlo)", where, share - slack, share + slack, row["p_value"])


def check_same_in_json(run, ledger):
    """results.json repeats the tables: bit for bit."""
    table = "results.json = tables"
    flat = {}
    for entry in run.results["evaluation"]["protocols"]:
        for r in entry["runs"]:
            key = (entry["protocol"], r["distance"], r["weights"])
            for s in r["summary"]:
                ends = s["interval"] or {"low": None, "high": None}
                flat["summary", *key, s["measure"]] = (r["k"], s["mean"], s["sd"], s["pooled"], *ends.values())
            for c in r["per_class"]:
                ends = c["recall_interval"] or {"low": None, "high": None}
                flat["per_class", *key, c["class"]] = (c["n_subjects"], c["support"], c["precision"], c["recall"],
                                                       *ends.values(), c["f1"], c["auc"])
            for k in r["k_sweep"]:
                for m in k["mean"]:
                    flat["k_sweep", *key, k["repeat"], k["k"], m] = (k["mean"][m], k["sd"][m], k["pooled"][m])
        for c in entry["comparisons"]:
            flat["comparison", entry["protocol"], c["weights"], c["measure"]] = (
                c["cosine"], c["euclidean"], c["difference"], *c["interval"].values(), c["p_value"])
    ids = {"summary": ("protocol", "distance", "weights", "measure"), "comparison": ("protocol", "weights", "measure"),
           "per_class": ("protocol", "distance", "weights", "class"),
           "k_sweep": ("protocol", "distance", "weights", "repeat", "k", "measure")}
    for name, columns in ids.items():
        for row in run.tables.get(name, []):
            key = (name, *(int(row[c]) if c in ("repeat", "k") else row[c] for c in columns))
            values = [row[c] for c in row if c not in columns and c != "test" and not (c == "k" and name != "summary")]
            written = tuple(float(v) if v else None for v in values)
            ledger.same(table, key, tuple(None if v is None else float(v) for v in flat.pop(key)), written)
    ledger.same(table, "rows that nothing derives", [], list(flat))
