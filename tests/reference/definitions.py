"""What the numbers of a run mean, written a second time: distances, votes, ranks, measures, curves.

Everything here takes the slow and literal way. Nothing is shared with the Rust code, not even the
order of operations, so two equal figures are two witnesses.
"""

import math

import numpy as np

MEASURES = [
    "accuracy", "balanced_accuracy", "precision_macro", "recall_macro", "f1_macro", "f1_weighted",
    "f1_micro", "auc_macro", "auc_weighted", "auc_micro", "ap_macro", "top1", "top2", "top3", "top4",
    "top5", "mrr", "mcc", "log_loss", "brier",
]
LOWER_IS_BETTER = {"log_loss", "brier"}
TEMPERATURE = 0.07


def distance_matrix(vectors, distance):
    """All distances in 64 bits, row by row, so that equal vectors get bit-equal distances."""
    x = np.asarray(vectors, dtype=np.float64)
    squared = (x * x).sum(axis=1)
    out = np.empty((len(x), len(x)))
    for i, row in enumerate(x):
        if distance == "euclidean":
            difference = x - row
            out[i] = np.sqrt((difference * difference).sum(axis=1))
        else:
            # Vectors along one line can round to just below zero: that is no distance.
            out[i] = np.maximum(0.0, 1.0 - (x * row).sum(axis=1) / np.sqrt(squared * squared[i]))
    np.fill_diagonal(out, np.inf)
    return out


def nearest_in_training(distances, folds, count):
    """For every sample its `count` nearest samples of the other folds: indices (-1: none) and distances."""
    masked = np.where(folds[:, None] == folds[None, :], np.inf, distances)
    order = np.argsort(masked, axis=1, kind="stable")[:, :count]
    values = np.take_along_axis(masked, order, axis=1)
    return np.where(np.isinf(values), -1, order), values


def vote(indices, values, labels, n_classes, k, weights):
    """Scores (n, classes) and the distance of each class's nearest voter (inf: no voter)."""
    n = len(indices)
    totals = np.zeros((n, n_classes))
    nearest = np.full((n, n_classes), np.inf)
    for i in range(n):
        voters = [(labels[j], d) for j, d in zip(indices[i, :k], values[i, :k]) if j >= 0]
        if weights == "distance" and any(d == 0 for _, d in voters):
            voters = [(c, 1.0, d) for c, d in voters if d == 0]
        elif weights == "distance":
            voters = [(c, 1.0 / d, d) for c, d in voters]
        elif weights == "softmax":
            voters = [(c, math.exp((1.0 - d) / TEMPERATURE), d) for c, d in voters]
        else:
            voters = [(c, 1.0, d) for c, d in voters]
        for c, w, d in voters:
            totals[i, c] += w
            nearest[i, c] = min(nearest[i, c], d)
    return totals / totals.sum(axis=1, keepdims=True), nearest


def ranking(scores, nearest, labels, ties):
    """Predicted class, first and last of the ranks that the true class shares, near ties.

    A near tie is a sample where two voted classes' scores, or equal scores' nearest voters, differ by
    less than rounding: another order of summation may rank them otherwise.
    """
    n, n_classes = scores.shape
    predicted = np.empty(n, dtype=int)
    low = np.empty(n)
    high = np.empty(n)
    near = np.zeros(n, dtype=bool)
    for i in range(n):
        true = labels[i]
        s = np.sort(scores[i][scores[i] > 0])
        gaps = np.diff(s)
        near[i] = bool(np.any((gaps > 0) & (gaps < 1e-13)))
        if ties == "lowest-class":
            predicted[i] = int(np.argmax(scores[i]))
            order = np.argsort(scores[i], kind="stable")[::-1]
            low[i] = high[i] = int(np.where(order == true)[0][0]) + 1
            continue
        order = sorted(range(n_classes), key=lambda c: (-scores[i, c], nearest[i, c], c))
        predicted[i] = order[0]
        n_voted = int(np.isfinite(nearest[i]).sum())
        if np.isfinite(nearest[i, true]):
            low[i] = high[i] = order.index(true) + 1
        else:
            low[i], high[i] = n_voted + 1, n_classes
    return predicted, low, high, near


def ratio(a, b):
    """a / b, and 0 where that is undefined."""
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    return np.divide(a, b, out=np.zeros_like(a), where=b != 0)


def area_and_precision(truth, score, weight=None):
    """One-vs-rest AUC (ties one half) and average precision (a tie is one threshold).

    `weight` is (resamples, n); both results are then one figure per resample. An undefined figure is NaN.
    """
    order = np.argsort(-score, kind="stable")
    s, t = score[order], truth[order].astype(float)
    starts = np.flatnonzero(np.r_[True, s[1:] != s[:-1]])
    w = np.ones((1, len(s))) if weight is None else weight[:, order]
    positives = np.add.reduceat(w * t, starts, axis=1)
    negatives = np.add.reduceat(w * (1 - t), starts, axis=1)
    n_pos, n_neg = positives.sum(axis=1), negatives.sum(axis=1)
    above = np.cumsum(positives, axis=1)
    passed = np.cumsum(negatives, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        auc = (negatives * (above - positives / 2)).sum(axis=1) / (n_pos * n_neg)
        precision = np.nan_to_num(above / (above + passed))
        ap = (positives * precision).sum(axis=1) / n_pos
    auc = np.where((n_pos > 0) & (n_neg > 0), auc, np.nan)
    ap = np.where((n_pos > 0) & (n_neg > 0), ap, np.nan)
    return (auc[0], ap[0]) if weight is None else (auc, ap)


def confusion_measures(counts):
    """Measures of confusion matrices (..., true, predicted), and precision, recall, F1 per class."""
    counts = np.asarray(counts, float)
    n_classes = counts.shape[-1]
    support, called = counts.sum(-1), counts.sum(-2)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    total = counts.sum((-1, -2))
    precision, recall = ratio(hits, called), ratio(hits, support)
    f1 = ratio(2 * hits, called + support)
    correct = ratio(hits.sum(-1), total)
    covariance = hits.sum(-1) * total - (support * called).sum(-1)
    spread = (total**2 - (called**2).sum(-1)) * (total**2 - (support**2).sum(-1))
    return {
        "accuracy": correct,
        "balanced_accuracy": ratio(recall.sum(-1), (support > 0).sum(-1)),
        "precision_macro": precision.sum(-1) / n_classes,
        "recall_macro": recall.sum(-1) / n_classes,
        "f1_macro": f1.sum(-1) / n_classes,
        "f1_weighted": ratio((f1 * support).sum(-1), total),
        "f1_micro": correct,
        "mcc": ratio(covariance, np.sqrt(spread)),
    }, (precision, recall, f1)


def sample_measures(labels, scores, low, high):
    """Measures that are means over samples, as one value per sample."""
    n, n_classes = scores.shape
    out = {}
    for k in range(1, 6):
        out[f"top{k}"] = np.clip((k - low + 1) / (high - low + 1), 0.0, 1.0)
    out["mrr"] = np.array([np.mean(1.0 / np.arange(a, b + 1)) for a, b in zip(low, high)])
    hit = scores[np.arange(n), labels]
    out["log_loss"] = -np.log(np.clip(hit, 1e-15, 1 - 1e-15))
    out["brier"] = ((scores - np.eye(n_classes)[labels]) ** 2).sum(axis=1)
    return out


def measures(labels, scores, predicted, low, high, weight=None):
    """Every measure of one set of predictions; with `weight` (resamples, n), one figure per resample."""
    n, n_classes = scores.shape
    one_hot = np.eye(n_classes)[labels]
    w = np.ones((1, n)) if weight is None else weight
    cells = np.zeros((n, n_classes * n_classes))
    cells[np.arange(n), labels * n_classes + predicted] = 1.0
    counts = (w @ cells).reshape(-1, n_classes, n_classes)
    out, _ = confusion_measures(counts)
    total = w.sum(axis=1)
    for name, values in sample_measures(labels, scores, low, high).items():
        out[name] = (w * values).sum(axis=1) / total
    pairs = [area_and_precision(one_hot[:, c], scores[:, c], w) for c in range(n_classes)]
    auc = np.array([a for a, _ in pairs])
    ap = np.array([p for _, p in pairs])
    support = (w @ one_hot).T
    out["auc_macro"] = mean_of_defined(auc, np.ones_like(support))
    out["auc_weighted"] = mean_of_defined(auc, support)
    out["ap_macro"] = mean_of_defined(ap, np.ones_like(support))
    flat = np.repeat(w, n_classes, axis=1)
    out["auc_micro"] = area_and_precision(one_hot.ravel(), scores.ravel(), flat)[0]
    return {m: (float(out[m][0]) if weight is None else out[m]) for m in MEASURES}


def mean_of_defined(values, weight):
    """Mean over the first axis of what is defined, the weights of the rest rescaled."""
    good = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.where(good, values * weight, 0.0).sum(axis=0) / (weight * good).sum(axis=0)


def curve_at(truth, score, steps=1000):
    """The exact ROC curve at the false-positive rates j/steps: straight across ties, the upper value at a step.

    Rates are compared as fractions of whole numbers. None where the class has no positive or no negative.
    """
    n_pos, n_neg = int(truth.sum()), int((1 - truth).sum())
    if n_pos == 0 or n_neg == 0:
        return None
    order = np.argsort(-score, kind="stable")
    s, t = score[order], truth[order].astype(int)
    last = np.flatnonzero(np.r_[s[1:] != s[:-1], True])
    tp = np.r_[0, np.cumsum(t)[last]]
    fp = np.r_[0, np.cumsum(1 - t)[last]]
    out = np.empty(steps + 1)
    for j in range(steps + 1):
        # The last point whose rate is not above j/steps; the points stand in the order of rising tp.
        i = int(np.searchsorted(fp * steps, j * n_neg, side="right")) - 1
        value = float(tp[i])
        if fp[i] * steps < j * n_neg:
            part = (j * n_neg - fp[i] * steps) / ((fp[i + 1] - fp[i]) * steps)
            value += part * (tp[i + 1] - tp[i])
        out[j] = value / n_pos
    return out


def wilson(share, n, z):
    """Wilson's interval of a share of n trials."""
    center = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return center - half, center + half


def effective_number(sizes):
    """Kish's effective number of independent groups: (sum of sizes)^2 / (sum of squared sizes)."""
    sizes = np.asarray(sizes, float)
    return sizes.sum() ** 2 / (sizes**2).sum()


def affinities(squared_distances, perplexity):
    """The symmetric P of t-SNE from the floor(3 x perplexity) nearest neighbors, each row at the perplexity."""
    n = len(squared_distances)
    count = min(n - 1, int(3 * perplexity))
    p = np.zeros((n, n))
    for i in range(n):
        order = np.argsort(squared_distances[i], kind="stable")[:count]
        d = squared_distances[i, order]
        d = d - d.min()
        low, high = 0.0, np.inf
        beta = 1.0 / max(d.mean(), 1e-300)
        for _ in range(200):
            w = np.exp(-beta * d)
            q = w / w.sum()
            entropy = np.log(w.sum()) + beta * (q * d).sum()
            if entropy > np.log(perplexity):
                low = beta
                beta = beta * 2 if np.isinf(high) else (low + high) / 2
            else:
                high = beta
                beta = (low + high) / 2
        p[i, order] = q
    return (p + p.T) / (2 * n)


def trustworthiness(space, picture, k):
    """1 - 2/(n k (2n - 3k - 1)) * sum of (rank in space - k) over the k neighbors in the picture; ties: earlier first.

    Both are distance matrices with an infinite diagonal. Continuity is the same with the two exchanged.
    """
    n = len(space)
    ranks = np.empty((n, n), dtype=int)
    order = np.argsort(space, axis=1, kind="stable")
    np.put_along_axis(ranks, order, np.arange(1, n + 1)[None, :].repeat(n, axis=0), axis=1)
    near = np.argsort(picture, axis=1, kind="stable")[:, :k]
    excess = np.take_along_axis(ranks, near, axis=1) - k
    return 1.0 - excess[excess > 0].sum() * 2.0 / (n * k * (2.0 * n - 3.0 * k - 1.0))


def divergence(p, positions):
    """KL(P || Q) with the exact normalizer."""
    difference = positions[:, None, :] - positions[None, :, :]
    kernel = 1.0 / (1.0 + (difference**2).sum(axis=2))
    np.fill_diagonal(kernel, 0.0)
    q = kernel / kernel.sum()
    on = p > 0
    return float((p[on] * np.log(p[on] / q[on])).sum())
