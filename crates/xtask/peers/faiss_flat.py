"""faiss's flat index, exact: faiss_flat.py DATA K OUT. Each row is asked for one neighbor more: itself."""
import sys

import numpy as np

from common import N_THREADS, load, missing, report, timed

try:
    import faiss
except ImportError:
    missing("faiss")

data, k, out = load(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
faiss.omp_set_num_threads(N_THREADS)


def search():
    index = faiss.IndexFlatL2(data.shape[1])
    index.add(data)
    return index.search(data, k + 1)


(_, found), seconds = timed(search)
np.save(out, found)
options = getattr(faiss, "get_compile_options", lambda: "")().split()
report(seconds, f"faiss {faiss.__version__} {' '.join(options)}".strip())
