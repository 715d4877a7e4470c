"""scikit-learn's TSNE: sklearn_map.py DATA OUT. Barnes-Hut, 1,000 steps, PCA start."""
import sys

import numpy as np

from common import N_THREADS, load, missing, report, timed

try:
    import sklearn
    from sklearn.manifold import TSNE
except ImportError:
    missing("sklearn")

data, out = load(sys.argv[1]), sys.argv[2]


def lay_out():
    method = TSNE(perplexity=30, init="pca", n_jobs=N_THREADS, random_state=0)
    return method.fit_transform(data)


positions, seconds = timed(lay_out)
np.save(out, positions)
report(seconds, f"scikit-learn {sklearn.__version__}")
