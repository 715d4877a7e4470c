"""Writes what scikit-learn says of unknown classes in the cohort of ../improvement: expected.csv.

Made with Python 3.11, numpy, scipy and scikit-learn 1.9. Run it in this folder. Areas are those of
scikit-learn; the open-set classification rate and the thresholds are computed from their definitions,
with every threshold tried.

Each line: distance, held-out class, AUROC of rejection, OSCR, FNIR at FPIR 10 %, threshold, FPIR at
the common threshold, FPIR at the common threshold of the others; then one line with "common", the
threshold, and its mean FNIR.
"""

import csv

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.metrics import auc, roc_auc_score

rows = np.loadtxt("../improvement/data.csv", delimiter=",")
y, subjects, folds, x = rows[:, 0].astype(int), rows[:, 1], rows[:, 2], rows[:, 3:]


def nearest(probe, gallery, distances):
    """Distance and class of the nearest gallery sample of another fold and subject."""
    allowed = [i for i in gallery if folds[i] != folds[probe] and subjects[i] != subjects[probe]]
    best = min(allowed, key=lambda i: distances[probe, i])
    return distances[probe, best], y[best]


def fpir(unknown, threshold):
    return np.mean(unknown < threshold)


def fnir(known, right, threshold):
    return 1 - np.mean(right & (known < threshold))


def largest(rate, candidates):
    """The largest candidate at which the rate is at most 10 %."""
    return max(t for t in candidates if rate(t) <= 0.1 + 1e-12)


with open("expected.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    for metric in ["cosine", "euclidean"]:
        distances = cdist(x, x, metric)
        trials = {}
        for held_out in np.unique(y):
            gallery = np.flatnonzero(y != held_out)
            unknown = np.array([nearest(i, gallery, distances)[0] for i in np.flatnonzero(y == held_out)])
            found = [nearest(i, gallery, distances) for i in gallery]
            known = np.array([distance for distance, _ in found])
            right = np.array([cls for _, cls in found]) == y[gallery]
            trials[held_out] = (known, right, unknown)
        everything = np.concatenate([unknown for _, _, unknown in trials.values()])
        mean_fpir = lambda t, held: np.mean([fpir(trials[c][2], t) for c in held])
        common = largest(lambda t: mean_fpir(t, list(trials)), everything)
        for held_out, (known, right, unknown) in trials.items():
            is_unknown = np.r_[np.zeros(len(known)), np.ones(len(unknown))]
            auroc = roc_auc_score(is_unknown, np.r_[known, unknown])
            steps = np.r_[np.unique(np.r_[known, unknown]), np.inf]
            oscr = auc([fpir(unknown, t) for t in steps], [np.mean(right & (known < t)) for t in steps])
            threshold = largest(lambda t: fpir(unknown, t), unknown)
            others = [cls for cls in trials if cls != held_out]
            of_others = np.concatenate([trials[cls][2] for cls in others])
            left_out = largest(lambda t: mean_fpir(t, others), of_others)
            writer.writerow(
                [metric, held_out]
                + [
                    repr(float(value))
                    for value in [
                        auroc,
                        oscr,
                        fnir(known, right, threshold),
                        threshold,
                        fpir(unknown, common),
                        fpir(unknown, left_out),
                    ]
                ]
            )
        mean_fnir = np.mean([fnir(known, right, common) for known, right, _ in trials.values()])
        writer.writerow([metric, "common", repr(float(common)), repr(float(mean_fnir))])
