"""Reference figures of map quality, from scikit-learn and scipy.

Writes map_quality.csv (40 samples: class, five values, two coordinates) and
map_quality_expected.csv (distance, k, trustworthiness, continuity, correlation of class centers).
Run in this folder; made with scikit-learn 1.9.1, scipy and numpy.
"""

import csv

import numpy as np
from scipy.spatial.distance import cdist
from scipy.stats import spearmanr
from sklearn.manifold import trustworthiness

N, DIMS, CLASSES = 40, 5, 6
generator = np.random.default_rng(7)
classes = np.arange(N) % CLASSES
# Multiples of 1/4096, which 32 bits hold exactly; classes differ in their means.
centers = generator.normal(size=(CLASSES, DIMS)) + 1
data = np.round(4096 * (generator.normal(size=(N, DIMS)) + centers[classes])) / 4096
positions = data @ generator.normal(size=(DIMS, 2)) + generator.normal(size=(N, 2))
positions = np.round(4096 * positions) / 4096

# Where two distances from a sample are equal, programs may rank them differently.
for points, distance in [(data, "euclidean"), (data, "cosine"), (positions, "euclidean")]:
    assert np.diff(np.sort(cdist(points, points, distance), axis=1), axis=1).min() > 1e-9

with open("map_quality.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    for row in zip(classes, data, positions):
        writer.writerow([row[0], *map(float, row[1]), *map(float, row[2])])

with open("map_quality_expected.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    pairs = np.triu_indices(CLASSES, 1)
    map_centers = np.array([positions[classes == c].mean(0) for c in range(CLASSES)])
    for distance in ["euclidean", "cosine"]:
        for k in [1, 5, 12, 19]:
            # Continuity is trustworthiness with data and map exchanged; the precomputed distances
            # let it keep each side's own distance.
            in_data, on_map = cdist(data, data, distance), cdist(positions, positions)
            trust = trustworthiness(in_data, positions, n_neighbors=k, metric="precomputed")
            # scikit-learn finds the second side's neighbors by euclidean distance, so for continuity
            # the data enter as points of which these are the neighbors: their own vectors, at unit
            # length for cosine.
            norms = np.linalg.norm(data, axis=1, keepdims=True)
            points = data / norms if distance == "cosine" else data
            continuity = trustworthiness(on_map, points, n_neighbors=k, metric="precomputed")
            centers = np.array([points[classes == c].mean(0) for c in range(CLASSES)])
            between = [cdist(centers, centers, distance), cdist(map_centers, map_centers)]
            correlation = spearmanr(between[0][pairs], between[1][pairs]).statistic
            figures = [trust, continuity, correlation]
            writer.writerow([distance, k, *(repr(float(figure)) for figure in figures)])
