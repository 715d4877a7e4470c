"""pynndescent, approximate: pynndescent_index.py DATA K OUT. Compiled once on a few rows before the clock runs."""
import sys

import numpy as np

from common import N_THREADS, load, missing, report, timed

try:
    import pynndescent
except ImportError:
    missing("pynndescent")

data, k, out = load(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def search(rows):
    index = pynndescent.NNDescent(
        rows, n_neighbors=k + 1, metric="euclidean", n_jobs=N_THREADS, random_state=0
    )
    return index.neighbor_graph


search(data[:2000])
(found, _), seconds = timed(lambda: search(data))
np.save(out, found)
report(seconds, f"pynndescent {pynndescent.__version__}")
