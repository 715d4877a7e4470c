"""hnswlib, approximate: hnswlib_index.py DATA K OUT, with the settings of its documentation."""
import importlib.metadata
import sys

import numpy as np

from common import N_THREADS, load, missing, report, timed

try:
    import hnswlib
except ImportError:
    missing("hnswlib")

data, k, out = load(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def search():
    index = hnswlib.Index(space="l2", dim=data.shape[1])
    index.init_index(max_elements=len(data), ef_construction=200, M=16)
    index.add_items(data, num_threads=N_THREADS)
    index.set_ef(max(100, 2 * (k + 1)))
    return index.knn_query(data, k=k + 1, num_threads=N_THREADS)


(found, _), seconds = timed(search)
np.save(out, found.astype(np.int64))
report(seconds, f"hnswlib {importlib.metadata.version('hnswlib')}")
