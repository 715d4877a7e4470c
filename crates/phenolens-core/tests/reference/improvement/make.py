"""Writes what scikit-learn says of a small made-up cohort: data.csv, predictions.csv and scores.csv.

Made with Python 3.11, numpy, scipy and scikit-learn 1.9. Run it in this folder. What scikit-learn
lacks (local scaling, mutual proximity, centroids) is computed here from its definition.
"""

import csv

import numpy as np
from scipy.spatial.distance import cdist
from scipy.stats import norm
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler, normalize

K, N_FOLDS, N_CLASSES, N_DIMS = 5, 5, 4, 12

random = np.random.default_rng(7)
means = 1.3 * random.normal(size=(N_CLASSES, N_DIMS)) + 0.8
mixing = random.normal(size=(N_DIMS, N_DIMS)) / 3 + np.diag(np.linspace(0.4, 1.5, N_DIMS))
rows, classes, subjects, folds = [], [], [], []
subject = 0
for cls, n_subjects in enumerate([30, 24, 15, 9]):
    for _ in range(n_subjects):
        center = means[cls] + 1.1 * mixing @ random.normal(size=N_DIMS)
        for _ in range(1 + random.integers(3)):
            rows.append(center + 0.5 * mixing @ random.normal(size=N_DIMS))
            classes.append(cls)
            subjects.append(subject)
            folds.append(subject % N_FOLDS)
        subject += 1
# Rounded to 32 bits, as the program reads them.
x = np.array(rows, dtype=np.float32)
y, subjects, folds = np.array(classes), np.array(subjects), np.array(folds)
with open("data.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    for row, cls, sub, fold in zip(x, y, subjects, folds):
        writer.writerow([cls, sub, fold] + [repr(float(value)) for value in row])
x = x.astype(np.float64)


def vote(distances, y_train):
    """The classes of the K nearest; of equal counts the lowest class."""
    nearest = np.argsort(distances, axis=1, kind="stable")[:, :K]
    return np.array([np.bincount(y_train[row], minlength=N_CLASSES).argmax() for row in nearest])


def neighbors(train, y_train, test, metric):
    return KNeighborsClassifier(K, metric=metric).fit(train, y_train).predict(test)


def off_diagonal(square):
    """The rows of a square matrix without its diagonal."""
    n = len(square)
    return square[~np.eye(n, dtype=bool)].reshape(n, n - 1)


def local_scaling(train, y_train, test, metric):
    between, inside = cdist(test, train, metric), cdist(train, train, metric)
    scale_test = np.sort(between, axis=1)[:, 6]
    scale_train = np.sort(off_diagonal(inside), axis=1)[:, 6]
    return vote(1 - np.exp(-(between**2) / np.outer(scale_test, scale_train)), y_train)


def mutual_proximity(train, y_train, test, metric):
    between, inside = cdist(test, train, metric), off_diagonal(cdist(train, train, metric))
    of_test = norm.sf(between, between.mean(axis=1)[:, None], between.std(axis=1)[:, None])
    of_train = norm.sf(between, inside.mean(axis=1)[None, :], inside.std(axis=1)[None, :])
    return vote(1 - of_test * of_train, y_train)


def centroids(train, y_train, test, metric, subjects_train=None):
    if metric == "cosine":
        train = normalize(train)
    means = []
    for cls in range(N_CLASSES):
        of_class = train[y_train == cls]
        if subjects_train is not None:
            subs = subjects_train[y_train == cls]
            of_class = np.array([of_class[subs == sub].mean(axis=0) for sub in np.unique(subs)])
        means.append(of_class.mean(axis=0))
    return cdist(test, np.array(means), metric).argmin(axis=1)


predictions, scores = {}, {}


def keep(name, test, values):
    predictions.setdefault(name, np.zeros(len(y), dtype=int))[test] = values


def keep_scores(name, test, values):
    scores.setdefault(name, np.zeros((len(y), N_CLASSES)))[test] = values


for fold in range(N_FOLDS):
    train, test = folds != fold, folds == fold
    a, b, t, subs = x[train], y[train], x[test], subjects[train]
    mean = a.mean(axis=0)
    keep("center_unit", test, neighbors(a - mean, b, t - mean, "cosine"))
    pca = PCA(n_components=0.9, whiten=True, svd_solver="full").fit(a)
    lda = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").fit(a, b)
    keep("lda", test, lda.predict(t))
    keep_scores("lda", test, lda.predict_proba(t))
    keep("lda_neighbors", test, neighbors(lda.transform(a), b, lda.transform(t), "euclidean"))
    scaler = StandardScaler().fit(a)
    logistic = LogisticRegression(C=1.0, tol=1e-10, max_iter=10000).fit(scaler.transform(a), b)
    keep("logistic_regression", test, logistic.predict(scaler.transform(t)))
    keep_scores("logistic_regression", test, logistic.predict_proba(scaler.transform(t)))
    for metric in ["cosine", "euclidean"]:
        keep(f"pca_whitening {metric}", test, neighbors(pca.transform(a), b, pca.transform(t), metric))
        keep(f"local_scaling {metric}", test, local_scaling(a, b, t, metric))
        keep(f"mutual_proximity {metric}", test, mutual_proximity(a, b, t, metric))
        keep(f"class_centroid {metric}", test, centroids(a, b, t, metric))
        keep(f"subject_centroid {metric}", test, centroids(a, b, t, metric, subs))

with open("predictions.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    for name in sorted(predictions):
        writer.writerow([name, *predictions[name]])
with open("scores.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    for name in sorted(scores):
        for row in scores[name]:
            writer.writerow([name, *(f"{value:.8f}" for value in row)])
for name, values in sorted(predictions.items()):
    print(name, round((values == y).mean(), 3))
