"""scikit-learn's brute force, exact: sklearn_neighbors.py DATA K OUT."""
import sys

import numpy as np

from common import N_THREADS, load, missing, report, timed

try:
    import sklearn
    from sklearn.neighbors import NearestNeighbors
except ImportError:
    missing("sklearn")

data, k, out = load(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def search():
    neighbors = NearestNeighbors(n_neighbors=k, algorithm="brute", n_jobs=N_THREADS).fit(data)
    return neighbors.kneighbors()


(_, found), seconds = timed(search)
np.save(out, found)
report(seconds, f"scikit-learn {sklearn.__version__}")
