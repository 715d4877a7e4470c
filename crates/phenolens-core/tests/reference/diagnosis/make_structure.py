"""Writes what other programs say of the shape of a small made-up cohort and of clusters in the plane.

structure.csv: distance, quantity, index, value, for the cohort of ../improvement/data.csv; map.csv: x,
y, class and the cluster that scikit-learn's HDBSCAN finds (-1 for none). Made with Python 3.11, numpy
2.4.6, scipy 1.17.1 and scikit-learn 1.9. Run it in this folder. What those lack (TwoNN, maximum
likelihood, participation ratio, eta squared) is computed here from its definition.
"""

import csv

import numpy as np
from scipy import stats
from scipy.spatial.distance import cdist
from sklearn.cluster import HDBSCAN
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, silhouette_samples

with open("../improvement/data.csv") as file:
    table = np.array([[float(cell) for cell in row] for row in csv.reader(file)])
classes, subjects, x = table[:, 0].astype(int), table[:, 1].astype(int), table[:, 3:]
n = len(x)
norms = np.linalg.norm(x, axis=1)
unit = x / norms[:, None]
first = np.array([np.flatnonzero(subjects == s)[0] for s in np.unique(subjects)])
figures = []


def write(distance, quantity, value, index=0):
    figures.append([distance, quantity, index, repr(float(value))])


def two_nn(chords):
    near = np.sort(chords, axis=1)
    logs = np.sort(np.log(near[:, 2] / near[:, 1]))
    total = len(logs)
    kept = total - -(-total // 10)
    y = -np.log(1 - np.arange(1, kept + 1) / total)
    return (logs[:kept] @ y) / (logs[:kept] @ logs[:kept])


def maximum_likelihood(chords):
    near = np.sort(chords, axis=1)[:, 1:]
    of_k = []
    for k in range(10, 21):
        inverse = [sum(np.log(row[k - 1] / row[: k - 1])) / (k - 1) for row in near]
        of_k.append(1 / np.mean(inverse))
    return np.mean(of_k)


near_10 = {}
for distance, vectors in [("cosine", unit), ("euclidean", x)]:
    between = cdist(x, x, distance)
    np.fill_diagonal(between, 0)
    points = vectors[first]
    # The chord of unit vectors is their euclidean distance.
    chords = cdist(points, points)
    write(distance, "two_nn", two_nn(chords))
    write(distance, "maximum_likelihood", maximum_likelihood(chords))
    spectrum = np.linalg.eigvalsh(np.cov(points.T, bias=True))
    write(distance, "participation_ratio", spectrum.sum() ** 2 / (spectrum**2).sum())
    write(distance, "first_component_share", spectrum[-1] / spectrum.sum())

    silhouette = silhouette_samples(between, classes, metric="precomputed")
    write(distance, "silhouette", silhouette.mean())
    clean = []
    for i in range(n):
        others = subjects != subjects[i]
        means = [between[i][others & (classes == c)].mean() for c in range(4)]
        a, b = means[classes[i]], min(np.delete(means, classes[i]))
        clean.append((b - a) / max(a, b))
    for c in range(4):
        write(distance, "class_silhouette", silhouette[classes == c].mean(), c)
        write(distance, "class_without_own_subject", np.mean(np.array(clean)[classes == c]), c)
        write(distance, "class_share_negative", (silhouette[classes == c] < 0).mean(), c)

    far = np.array([np.sort(between[i][subjects != subjects[i]])[:10].mean() for i in range(n)])
    write(distance, "median_distance", np.exp(np.median(np.log(far))))
    z = (np.log(far) - np.median(np.log(far))) / stats.median_abs_deviation(np.log(far), scale="normal")
    for i in np.argsort(-z)[:3]:
        write(distance, "robust_z", z[i], i)

    np.fill_diagonal(between, np.inf)
    near_10[distance] = np.argsort(between, axis=1, kind="stable")[:, :10]
    occurrences = np.bincount(near_10[distance].ravel(), minlength=n)
    write(distance, "norm_occurrence", stats.spearmanr(norms, occurrences).statistic)

both = [len(set(a) & set(b)) / 10 for a, b in zip(near_10["cosine"], near_10["euclidean"])]
write("", "shared_neighbors", np.mean(both))
other_subject = subjects[:, None] != subjects[None, :]
write("", "mean_cosine", (unit @ unit.T)[other_subject].mean())
write("", "mean_length", np.linalg.norm(unit.mean(axis=0)))
log_norms = np.array([np.log(norms[subjects == s]).mean() for s in np.unique(subjects)])
of_subject = classes[first]
anova = stats.f_oneway(*[log_norms[of_subject == c] for c in range(4)])
within = len(log_norms) - 4
write("", "eta_squared", anova.statistic * 3 / (anova.statistic * 3 + within))

# Blobs of unequal density, two moons and scattered points.
blobs, of_blob = make_blobs([90, 60, 40, 30], cluster_std=[0.5, 1.2, 0.3, 0.6], random_state=5)
moons, of_moon = make_moons(120, noise=0.06, random_state=6)
scattered = np.random.default_rng(7).uniform(-12, 12, size=(60, 2))
plane = np.vstack([blobs, 3 * moons + [14, 4], scattered]).round(4)
labels = np.concatenate([of_blob, 4 + of_moon, np.arange(60) % 6])
clusters = HDBSCAN(min_cluster_size=10, copy=True).fit_predict(plane)
write("", "adjusted_rand", adjusted_rand_score(labels, clusters))
write("", "adjusted_information", adjusted_mutual_info_score(labels, clusters))
inside = clusters >= 0
write("", "adjusted_rand_inside", adjusted_rand_score(labels[inside], clusters[inside]))
write("", "adjusted_information_inside", adjusted_mutual_info_score(labels[inside], clusters[inside]))

with open("map.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    for (a, b), label, cluster in zip(plane, labels, clusters):
        writer.writerow([float(a), float(b), label, cluster])
with open("structure.csv", "w", newline="") as file:
    csv.writer(file, lineterminator="\n").writerows(figures)
