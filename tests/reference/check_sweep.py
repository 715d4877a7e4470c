"""Folds, every measure at every k, and the choice of k."""

from collections import Counter

import numpy as np
from sklearn import metrics

import definitions as d
from run_folder import EXACT


def check_folds(run, ledger):
    """Every sample once per protocol and repeat; subjects whole; class shares even."""
    for (protocol, repeat), folds in run.folds.items():
        ledger.same("folds", f"{protocol} samples", run.rows, sorted(folds))
        f = run.fold_vector(protocol, repeat)
        groups = run.subjects[run.rows]
        n_folds = len(set(f))
        if protocol == "subject-grouped":
            for g in set(groups):
                ledger.same("folds", f"{protocol} folds of a subject", 1, len(set(f[groups == g])))
        for c, name in enumerate(run.classes):
            counts = np.bincount(f[run.labels == c], minlength=n_folds)
            largest = Counter(groups[run.labels == c]).most_common(1)[0][1]
            allowed = 1 if protocol == "image-level" else largest
            if protocol != "from-file":
                ledger.within("folds", f"{protocol} {repeat} spread of {name} over folds", 0, allowed, np.ptp(counts))


def predictions_of(run, protocol, repeat, distance, weights, k_max):
    """Scores, ranks and folds for every k of one combination."""
    f = run.fold_vector(protocol, repeat)
    matrix = run.distances[distance][np.ix_(run.rows, run.rows)]
    indices, values = d.nearest_in_training(matrix, f, k_max)
    out = {}
    for k in range(1, k_max + 1):
        scores, nearest = d.vote(indices, values, run.labels, len(run.classes), k, weights)
        predicted, low, high, near = d.ranking(scores, nearest, run.labels, run.evaluation["ties"])
        out[k] = dict(scores=scores, predicted=predicted, low=low, high=high, near=near)
    return f, out


def all_measures(run, p, keep=slice(None)):
    return d.measures(run.labels[keep], p["scores"][keep], p["predicted"][keep], p["low"][keep], p["high"][keep])


def play(run, p, measure, keep=slice(None)):
    """How far the last bits of `exp` and of sums can move an area: scores that are equal in exact arithmetic
    and differ by rounding rank either way. Zero where no two scores are so near without being equal."""
    scores, truth = p["scores"][keep], np.eye(len(run.classes))[run.labels[keep]]
    if measure == "auc_micro":
        scores, truth = scores.reshape(-1, 1), truth.reshape(-1, 1)
    moved = []
    for c in range(scores.shape[1]):
        levels = np.unique(scores[:, c])
        gaps = np.diff(levels) < 1e-12
        if not gaps.any():
            continue
        unsure = np.isin(scores[:, c], levels[np.r_[gaps, False] | np.r_[False, gaps]])
        ends = [d.area_and_precision(truth[:, c], scores[:, c] + sign * 2e-12 * truth[:, c] * unsure)
                for sign in (1, -1)]
        moved.append(abs(ends[0][measure == "ap_macro"] - ends[1][measure == "ap_macro"]))
    return max([0.0, *(x for x in moved if not np.isnan(x))])


def check_definitions_against_sklearn(run, p, ledger):
    """The oracle has an oracle: scikit-learn's figures for what both have, on a pooled set."""
    t, y, s = run.labels, p["predicted"], p["scores"]
    ours = all_measures(run, p)
    every = list(range(len(run.classes)))
    one_hot = np.eye(len(every))[t]
    both = (one_hot.sum(0) > 0) & (one_hot.sum(0) < len(t))
    auc = np.array([metrics.roc_auc_score(one_hot[:, c], s[:, c]) for c in np.flatnonzero(both)])
    prf = dict(labels=every, zero_division=0)
    theirs = {
        "accuracy": metrics.accuracy_score(t, y),
        "balanced_accuracy": metrics.balanced_accuracy_score(t, y),
        "precision_macro": metrics.precision_score(t, y, average="macro", **prf),
        "recall_macro": metrics.recall_score(t, y, average="macro", **prf),
        "f1_macro": metrics.f1_score(t, y, average="macro", **prf),
        "f1_weighted": metrics.f1_score(t, y, average="weighted", **prf),
        "f1_micro": metrics.f1_score(t, y, average="micro", **prf),
        "mcc": metrics.matthews_corrcoef(t, y),
        "auc_macro": auc.mean(),
        "auc_weighted": np.average(auc, weights=one_hot.sum(0)[both]),
        "auc_micro": metrics.roc_auc_score(one_hot.ravel(), s.ravel()),
        "ap_macro": np.mean([metrics.average_precision_score(one_hot[:, c], s[:, c]) for c in np.flatnonzero(both)]),
        "log_loss": metrics.log_loss(t, np.clip(s, 1e-15, 1), labels=every),
        "brier": metrics.brier_score_loss(t, s, labels=every) if len(every) > 2 else ours["brier"],
    }
    if run.evaluation["ties"] == "lowest-class":
        for k in range(1, min(6, len(every))):
            theirs[f"top{k}"] = metrics.top_k_accuracy_score(t, s, k=k, labels=every)
    for name, value in theirs.items():
        ledger.number("definitions = scikit-learn", name, value, ours[name], 1e-9)


def check_sweep(run, ledger):
    """k_sweep and k_sweep_folds; returns the predictions and figures of every combination."""
    k_max = run.evaluation["k_max"]
    sweep, per_fold = {}, {}
    for row in run.tables["k_sweep"]:
        sweep[key_of(row) + (int(row["k"]), row["measure"])] = row
    for row in run.tables["k_sweep_folds"]:
        per_fold[key_of(row) + (int(row["k"]), int(row["fold"]), row["measure"])] = row
    kept = {}
    for protocol in run.protocols:
        for distance in run.metrics:
            for weights in run.evaluation["weights"]:
                if weights == "softmax" and distance != "cosine":
                    continue
                for repeat in run.repeats:
                    key = (protocol, distance, weights, repeat)
                    f, by_k = predictions_of(run, protocol, repeat, distance, weights, k_max)
                    near = sum(int(p["near"].sum()) for p in by_k.values())
                    if near:
                        ledger.notes["k_sweep"].append(f"{key}: {near} votes decided by less than 1e-13")
                    figures = {}
                    for k, p in by_k.items():
                        folds = [all_measures(run, p, f == g) for g in sorted(set(f))]
                        pooled = all_measures(run, p)
                        figures[k] = dict(folds=folds, pooled=pooled)
                        for m in d.MEASURES:
                            values = np.array([x[m] for x in folds])
                            good = values[~np.isnan(values)]
                            row = sweep.pop(key + (k, m), None)
                            if row is None:
                                ledger.same("k_sweep", key + (k, m), "a row", "no row")
                                continue
                            slack, whole = EXACT, EXACT
                            if weights != "uniform" and m[:2] in ("au", "ap"):
                                slack = max([EXACT] + [play(run, p, m, f == g) for g in set(f)])
                                whole = max(EXACT, play(run, p, m))
                            ledger.number("k_sweep", (*key, k, m, "mean"), good.mean(), row["mean"], slack)
                            ledger.number("k_sweep", (*key, k, m, "sd"), good.std(), row["sd"], slack)
                            ledger.number("k_sweep", (*key, k, m, "pooled"), pooled[m], row["pooled"], whole)
                            for g, value in zip(sorted(set(f)), values):
                                row = per_fold.pop(key + (k, g, m), None)
                                if row is None:
                                    ledger.same("k_sweep_folds", key + (k, g, m), "a row", "no row")
                                    continue
                                ledger.same("k_sweep_folds", "n", int((f == g).sum()), int(row["n"]))
                                ledger.number("k_sweep_folds", (*key, k, g, m), value, row["value"], slack)
                    check_definitions_against_sklearn(run, by_k[k_max], ledger)
                    kept[key] = dict(folds=f, by_k=by_k, figures=figures)
                for repeat in run.unseen:
                    key = (protocol, distance, weights, repeat)
                    kept[key] = dict(figures=repeat_without_folds(run, key, sweep, per_fold, ledger))
    ledger.same("k_sweep", "rows that nothing derives", [], list(sweep))
    ledger.same("k_sweep_folds", "rows that nothing derives", [], list(per_fold))
    return kept


def repeat_without_folds(run, key, sweep, per_fold, ledger):
    """A repeat whose folds were not written: its fold figures are taken as they stand, mean and sd derived."""
    table = "k_sweep of repeats without folds"
    figures = {}
    for k in range(1, run.evaluation["k_max"] + 1):
        numbers = sorted({name[5] for name in per_fold if name[:5] == key + (k,)})
        folds = [{m: float(per_fold.pop(key + (k, g, m))["value"] or "nan") for m in d.MEASURES} for g in numbers]
        figures[k] = dict(folds=folds)
        for m in d.MEASURES:
            values = np.array([x[m] for x in folds])
            row = sweep.pop(key + (k, m))
            ledger.number(table, (*key, k, m, "mean"), np.nanmean(values), row["mean"])
            ledger.number(table, (*key, k, m, "sd"), np.nanstd(values), row["sd"])
    return figures


def key_of(row):
    return row["protocol"], row["distance"], row["weights"], int(row.get("repeat") or 0)


def choose_k(run, kept, combination):
    """The best mean over all folds of all repeats; ties to the smaller k."""
    by = run.evaluation["select_by"]
    sign = -1.0 if by in d.LOWER_IS_BETTER else 1.0
    means = {}
    for k in range(1, run.evaluation["k_max"] + 1):
        values = [x[by] for r in run.repeats + run.unseen for x in kept[combination + (r,)]["figures"][k]["folds"]]
        means[k] = sign * np.nanmean(values)
    best = max(means.values())
    return min(k for k, v in means.items() if v >= best - 1e-12)
