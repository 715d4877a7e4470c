"""openTSNE: opentsne_map.py DATA OUT GRADIENT NEIGHBORS STEPS, such as `fft exact 750` or `bh auto 500`.

STEPS follow 250 exaggerated ones; neighbors are part of the time, and told apart.
"""
import sys

import numpy as np

from common import N_THREADS, load, missing, report, timed

try:
    import openTSNE
except ImportError:
    missing("openTSNE")

data, out = load(sys.argv[1]), sys.argv[2]
gradient, method, n_steps = sys.argv[3], sys.argv[4], int(sys.argv[5])


def affinities():
    return openTSNE.affinity.PerplexityBasedNN(
        data, perplexity=30, metric="euclidean", method=method, n_jobs=N_THREADS, random_state=0
    )


def descend(given):
    start = openTSNE.initialization.pca(data, random_state=0)
    map_ = openTSNE.TSNEEmbedding(
        start, given, negative_gradient_method=gradient, n_jobs=N_THREADS, random_state=0
    )
    map_.optimize(n_iter=250, exaggeration=12, momentum=0.5, inplace=True)
    map_.optimize(n_iter=n_steps, momentum=0.8, inplace=True)
    return np.asarray(map_)


given, of_neighbors = timed(affinities)
positions, of_steps = timed(lambda: descend(given))
np.save(out, positions)
report(
    of_neighbors + of_steps,
    f"openTSNE {openTSNE.__version__}",
    neighbors_seconds=of_neighbors,
)
