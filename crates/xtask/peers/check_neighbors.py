"""Neighbors against brute force in 64 bits: check_neighbors.py DATA K N_ROWS FOUND...

FOUND is an npz with `indices`, or an npy of them that may hold each row itself. Of N_ROWS rows, drawn
by a fixed seed, it says for each file the share of the K nearest that it has (recall), and in how many
rows the set is the same. Differences of coordinates are squared and summed, not products, so that
nothing cancels.
"""
import json
import sys

import numpy as np

data, k, n_rows = np.load(sys.argv[1]).astype(np.float64), int(sys.argv[2]), int(sys.argv[3])
rows = np.sort(np.random.default_rng(0).permutation(len(data))[:n_rows])


def nearest(row):
    distances = np.zeros(len(data))
    for start in range(0, len(data), 4096):
        difference = data[start : start + 4096] - data[row]
        distances[start : start + 4096] = np.einsum("ij,ij->i", difference, difference)
    distances[row] = np.inf
    return np.argsort(distances, kind="stable")[:k]


def load(path):
    found = np.load(path)
    return found["indices"] if path.endswith(".npz") else found


expected = [set(nearest(row).tolist()) for row in rows]
results = []
for path in sys.argv[4:]:
    found = load(path)
    sets = [set([other for other in found[row].tolist() if other != row][:k]) for row in rows]
    shares = [len(a & b) / k for a, b in zip(sets, expected)]
    identical = sum(a == b for a, b in zip(sets, expected))
    results.append({"recall": float(np.mean(shares)), "identical": identical, "rows": len(rows)})
print(json.dumps({"results": results}))
