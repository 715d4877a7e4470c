"""Writes improvements.csv: what scikit-learn predicts for the first users' file, out of fold.

python3 improvements.py DATA FOLDS.JSON

One row per variant: its name and the predicted class of every sample as one digit, in the order of the
file. FOLDS.JSON holds the fold of every row under `stratified_group`. Neighbors are 14. Nothing of
the data itself is written.

Made with Python 3.11, numpy and scikit-learn 1.9.1. Read only a pickle that you trust.
"""

import json
import pickle
import sys

import numpy as np
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

K = 14

with open(sys.argv[1], "rb") as file:
    data = pickle.load(file)
with open(sys.argv[2]) as file:
    folds = np.array(json.load(file)["stratified_group"])
rows = [
    (cls, np.asarray(vector, dtype=np.float64).ravel())
    for cls, subjects in data.items()
    for images in subjects.values()
    for vector in images.values()
]
names = sorted({cls for cls, _ in rows})
y = np.array([names.index(cls) for cls, _ in rows])
x = np.array([vector for _, vector in rows])
predictions = {}


def keep(name, test, values):
    predictions.setdefault(name, np.zeros(len(y), dtype=int))[test] = values


def neighbors(train, y_train, test, metric):
    return KNeighborsClassifier(K, metric=metric).fit(train, y_train).predict(test)


for fold in range(folds.max() + 1):
    train, test = folds != fold, folds == fold
    a, b, t = x[train], y[train], x[test]
    mean = a.mean(axis=0)
    keep("center_unit", test, neighbors(a - mean, b, t - mean, "cosine"))
    pca = PCA(n_components=0.9, whiten=True, svd_solver="full").fit(a)
    keep("pca_whitening", test, neighbors(pca.transform(a), b, pca.transform(t), "cosine"))
    lda = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").fit(a, b)
    keep("lda", test, lda.predict(t))
    keep("lda_neighbors", test, neighbors(lda.transform(a), b, lda.transform(t), "euclidean"))
    scaler = StandardScaler().fit(a)
    # Run to the minimum: stopped at the default tolerance, one in a hundred predictions differs.
    logistic = LogisticRegression(C=1.0, tol=1e-9, max_iter=20000).fit(scaler.transform(a), b)
    keep("logistic_regression", test, logistic.predict(scaler.transform(t)))

for name in sorted(predictions):
    print(name + "," + "".join(str(value) for value in predictions[name]))
