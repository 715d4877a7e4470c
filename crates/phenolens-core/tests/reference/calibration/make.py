"""Writes what scikit-learn makes of the votes of the cohort of ../improvement: scores.csv and
figures.csv.

Made with Python 3.11, numpy and scikit-learn 1.9. Run it in this folder. scores.csv has one line per
distance, weights and sample: its calibrated scores, by isotonic regression of each class against the
rest inside the training part of every fold, as CalibratedClassifierCV composes them, with the bounds
of the program for shares of 0 and 1. figures.csv has one line per distance, weights and version: log
loss, Brier score, accuracy, macro AUC and expected calibration error.
"""

import csv

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

K, N_CLASSES = 5, 4

rows = np.loadtxt("../improvement/data.csv", delimiter=",")
y, folds, x = rows[:, 0].astype(int), rows[:, 2], rows[:, 3:]


def votes(train, test, metric, weights):
    model = KNeighborsClassifier(K, metric=metric, weights=weights).fit(x[train], y[train])
    scores = np.zeros((test.sum(), N_CLASSES))
    scores[:, model.classes_] = model.predict_proba(x[test])
    return scores


def calibrate(scores, is_class, new_scores):
    """Isotonic regression; a share of 0 or 1 of m samples counts as Laplace's rule has it."""
    model = IsotonicRegression(out_of_bounds="clip").fit(scores, is_class)
    fitted = model.predict(scores)
    shares = model.y_thresholds_.copy()
    lowest, highest = shares == 0, shares == 1
    if lowest.any():
        m = np.sum(fitted == 0)
        shares[lowest] = min([1 / (m + 2)] + list(shares[~lowest][:1]))
    if highest.any():
        m = np.sum(fitted == 1)
        shares[highest] = max([(m + 1) / (m + 2)] + list(shares[~highest][-1:]))
    return np.interp(new_scores, model.X_thresholds_, shares)


def figures(scores, predicted):
    truth = np.eye(N_CLASSES)[y]
    top = scores[np.arange(len(y)), predicted]
    bins = np.minimum((top * 10).astype(int), 9)
    gaps = [abs(np.sum((top - (predicted == y))[bins == b])) for b in range(10)]
    return [
        log_loss(y, np.clip(scores, 1e-15, 1)),
        np.mean(np.sum((scores - truth) ** 2, axis=1)),
        np.mean(predicted == y),
        np.mean([roc_auc_score(y == c, scores[:, c]) for c in range(N_CLASSES)]),
        np.sum(gaps) / len(y),
    ]


with open("scores.csv", "w", newline="") as a, open("figures.csv", "w", newline="") as b:
    of_scores, of_figures = (csv.writer(file, lineterminator="\n") for file in (a, b))
    for metric in ["cosine", "euclidean"]:
        for weights in ["uniform", "distance"]:
            plain = np.zeros((len(y), N_CLASSES))
            calibrated = np.zeros((len(y), N_CLASSES))
            for outer in np.unique(folds):
                training, test = folds != outer, folds == outer
                plain[test] = votes(training, test, metric, weights)
                inside = np.zeros((len(y), N_CLASSES))
                for inner in np.unique(folds[training]):
                    inner_test = folds == inner
                    inside[inner_test] = votes(training & ~inner_test, inner_test, metric, weights)
                for cls in range(N_CLASSES):
                    calibrated[test, cls] = calibrate(
                        inside[training, cls], y[training] == cls, plain[test, cls]
                    )
            calibrated /= calibrated.sum(axis=1, keepdims=True)
            for row in calibrated:
                of_scores.writerow([metric, weights] + [f"{value:.12f}" for value in row])
            # Of equal calibrated scores the one with more votes, of equal votes the lowest class.
            order = np.lexsort((-np.arange(N_CLASSES) + 0 * plain, plain, calibrated), axis=1)
            for version, scores, predicted in [
                ("plain", plain, plain.argmax(axis=1)),
                ("isotonic", calibrated, order[:, -1]),
            ]:
                values = [repr(float(value)) for value in figures(scores, predicted)]
                of_figures.writerow([metric, weights, version] + values)
