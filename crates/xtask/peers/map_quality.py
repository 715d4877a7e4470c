"""Every map by one measure: map_quality.py DATA MAP...

MAP is an npz with `positions`, or an npy of them. One matrix P for all: affinities of the 90 nearest by
euclidean distance at perplexity 30, symmetrized, in 64 bits. For each map the Kullback-Leibler
divergence with the exact normalizer over all pairs, and the share of the 10 nearest neighbors in the
data that are so on the map.
"""
import json
import sys

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.neighbors import NearestNeighbors

PERPLEXITY, N_NEIGHBORS, N_KEPT = 30, 90, 10

data = np.load(sys.argv[1]).astype(np.float64)
n = len(data)
n_neighbors = min(N_NEIGHBORS, n - 1)
search = NearestNeighbors(n_neighbors=n_neighbors, algorithm="brute", n_jobs=-1).fit(data)
distances, neighbors = search.kneighbors()


def affinities():
    """P, by bisection of every row's precision at once."""
    squares = distances**2
    squares -= squares[:, :1]
    low, high = np.zeros(n), np.full(n, np.inf)
    precision = 1 / np.maximum(squares.mean(axis=1), 1e-300)
    wanted = np.log(PERPLEXITY)
    for _ in range(200):
        weights = np.exp(-precision[:, None] * squares)
        total = weights.sum(axis=1)
        entropy = np.log(total) + precision * (weights * squares).sum(axis=1) / total
        too_flat = entropy > wanted
        low, high = np.where(too_flat, precision, low), np.where(too_flat, high, precision)
        precision = np.where(np.isinf(high), 2 * precision, (low + high) / 2)
    given = weights / total[:, None]
    starts = np.arange(n + 1) * n_neighbors
    rows = csr_matrix((given.ravel(), neighbors.ravel(), starts), shape=(n, n))
    both = (rows + rows.T) / (2 * n)
    both.eliminate_zeros()
    return both.tocoo()


def normalizer(positions):
    total = 0.0
    for start in range(0, n, 500):
        block = positions[start : start + 500]
        x = np.subtract.outer(block[:, 0], positions[:, 0])
        y = np.subtract.outer(block[:, 1], positions[:, 1])
        total += (1 / (1 + x * x + y * y)).sum() - len(block)
    return total


p = affinities()
results = []
for path in sys.argv[2:]:
    loaded = np.load(path)
    positions = (loaded["positions"] if path.endswith(".npz") else loaded).astype(np.float64)
    step = positions[p.row] - positions[p.col]
    q = 1 / (1 + (step**2).sum(axis=1)) / normalizer(positions)
    kl = float((p.data * np.log(p.data / q)).sum())
    on_map = NearestNeighbors(n_neighbors=N_KEPT).fit(positions).kneighbors()[1]
    kept = [len(set(a) & set(b)) for a, b in zip(neighbors[:, :N_KEPT].tolist(), on_map.tolist())]
    results.append({"kl": kl, "kept": sum(kept) / (N_KEPT * n)})
print(json.dumps({"results": results}))
