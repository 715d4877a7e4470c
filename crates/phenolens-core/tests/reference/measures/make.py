"""Writes votes.csv and measures.csv: what scikit-learn says about made-up votes.

votes.csv holds the votes of each case, one row per sample: its multiplicity, its class, the score of
every class (all digits) separated by blanks. measures.csv holds each measure
of each case. A measure that scikit-learn defines otherwise where scores are tied (top-k accuracy, which
orders ties by class index) is written for cases without ties only.

Made with scikit-learn 1.9.1, numpy 2.4.6: python3 make.py
"""

import csv

import numpy as np
from sklearn import metrics

TOP_K = range(1, 6)


def uniform_votes(rng, truth, n_classes, k):
    """Scores of k equal votes, the true class's chance of each being a half: many ties."""
    scores = np.zeros((len(truth), n_classes))
    for row, label in enumerate(truth):
        for _ in range(k):
            voted = label if rng.random() < 0.5 else rng.integers(n_classes)
            scores[row, voted] += 1
    return scores / k


def weighted_votes(rng, truth, n_classes, k):
    """The same with votes of random weight: ties at 0 only."""
    scores = np.zeros((len(truth), n_classes))
    for row, label in enumerate(truth):
        for _ in range(k):
            voted = label if rng.random() < 0.5 else rng.integers(n_classes)
            scores[row, voted] += rng.uniform(0.5, 2.0)
    return scores / scores.sum(axis=1, keepdims=True)


def dense_scores(rng, truth, n_classes, _k):
    """A score for every class of every sample, all different."""
    scores = rng.gamma(1.0, size=(len(truth), n_classes))
    scores[np.arange(len(truth)), truth] += 0.7
    return scores / scores.sum(axis=1, keepdims=True)


def figures(truth, scores, weights):
    """Every measure of the samples, each as often as its weight says."""
    n_classes = scores.shape[1]
    labels = np.arange(n_classes)
    predicted = scores.argmax(axis=1)
    onehot = np.eye(n_classes)[truth]
    weighted = {"sample_weight": weights}
    by_class = {"labels": labels, "zero_division": 0, **weighted}

    yield "accuracy", metrics.accuracy_score(truth, predicted, **weighted)
    yield "balanced_accuracy", metrics.balanced_accuracy_score(truth, predicted, **weighted)
    yield "precision_macro", metrics.precision_score(truth, predicted, average="macro", **by_class)
    yield "recall_macro", metrics.recall_score(truth, predicted, average="macro", **by_class)
    yield "f1_macro", metrics.f1_score(truth, predicted, average="macro", **by_class)
    yield "f1_weighted", metrics.f1_score(truth, predicted, average="weighted", **by_class)
    yield "f1_micro", metrics.f1_score(truth, predicted, average="micro", **by_class)
    yield "mcc", metrics.matthews_corrcoef(truth, predicted, **weighted)

    # roc_auc_score refuses several classes of which one is absent, so the mean is taken here.
    sizes = np.array([weights[truth == label].sum() for label in labels])
    defined = labels[(sizes > 0) & (sizes < weights.sum())]
    area = [metrics.roc_auc_score(onehot[:, c], scores[:, c], **weighted) for c in defined]
    precision = [metrics.average_precision_score(onehot[:, c], scores[:, c], **weighted) for c in defined]
    yield "auc_macro", np.mean(area)
    yield "auc_weighted", np.average(area, weights=sizes[defined])
    yield "auc_micro", metrics.roc_auc_score(
        onehot.ravel(), scores.ravel(), sample_weight=np.repeat(weights, n_classes)
    )
    yield "ap_macro", np.mean(precision)

    # label_ranking_average_precision_score is the mean reciprocal rank where one label is true; it
    # gives tied labels their last rank.
    if all(len(set(row)) == n_classes for row in scores):
        yield "mrr", metrics.label_ranking_average_precision_score(onehot, scores, **weighted)
        for k in TOP_K:
            yield f"top{k}", metrics.top_k_accuracy_score(truth, scores, k=k, labels=labels, **weighted)

    clipped = np.clip(scores, 1e-15, 1)
    yield "log_loss", metrics.log_loss(truth, clipped, labels=labels, **weighted)
    yield "brier", metrics.brier_score_loss(
        truth, scores, labels=labels, scale_by_half=False, **weighted
    )


def main():
    rng = np.random.default_rng(20240501)
    shares = np.array([0.3, 0.2, 0.15, 0.1, 0.1, 0.1, 0.05])
    cases = []
    for make in (uniform_votes, weighted_votes, dense_scores):
        truth = rng.choice(7, size=80, p=shares)
        cases.append((truth, make(rng, truth, 7, 5), np.ones(80, dtype=int)))
        # A resample, in which samples stand several times or not at all.
        truth = rng.choice(7, size=80, p=shares)
        cases.append((truth, make(rng, truth, 7, 5), rng.poisson(1.0, size=80)))
        # A small fold, in which classes are absent.
        truth = rng.choice(7, size=80, p=shares)
        in_fold = (rng.random(80) < 0.15) & (truth != 2)
        cases.append((truth, make(rng, truth, 7, 5), in_fold.astype(int)))

    with open("votes.csv", "w", newline="") as votes_file, open("measures.csv", "w", newline="") as measures_file:
        votes = csv.writer(votes_file, lineterminator="\n")
        measures = csv.writer(measures_file, lineterminator="\n")
        votes.writerow(["case", "multiplicity", "class", "scores"])
        measures.writerow(["case", "measure", "value"])
        for case, (truth, scores, weights) in enumerate(cases):
            for label, row, weight in zip(truth, scores, weights):
                votes.writerow([case, weight, label, " ".join(repr(float(score)) for score in row)])
            present = weights > 0
            for measure, value in figures(truth[present], scores[present], weights[present]):
                measures.writerow([case, measure, repr(float(value))])


if __name__ == "__main__":
    main()
