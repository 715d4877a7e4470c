"""Multicore-TSNE: multicore_map.py DATA OUT. Barnes-Hut, 1,000 steps, random start."""
import importlib.metadata
import sys

import numpy as np

from common import N_THREADS, load, missing, report, timed

try:
    from MulticoreTSNE import MulticoreTSNE
except ImportError:
    missing("MulticoreTSNE")

data, out = load(sys.argv[1]), sys.argv[2]


def lay_out():
    method = MulticoreTSNE(perplexity=30, n_iter=1000, n_jobs=N_THREADS, random_state=0)
    return method.fit_transform(data.astype(np.float64))


positions, seconds = timed(lay_out)
np.save(out, positions)
report(seconds, f"Multicore-TSNE {importlib.metadata.version('MulticoreTSNE')}")
