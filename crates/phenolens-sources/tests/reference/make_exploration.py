"""The first users' file explored by numpy and scipy: make_exploration.py DATA > exploration.csv

Every distance is computed from 64-bit copies of the values. `separation` is the Mann-Whitney
statistic of within-class against between-class pairs over the number of comparisons.
"""

import pickle
import sys

import numpy as np
from scipy.spatial.distance import cdist
from scipy.stats import mannwhitneyu

with open(sys.argv[1], "rb") as file:
    data = pickle.load(file)
rows = [
    (syndrome, subject, vector)
    for syndrome, subjects in data.items()
    for subject, images in subjects.items()
    for vector in images.values()
]
classes = np.unique([row[0] for row in rows], return_inverse=True)[1]
subjects = np.unique([row[1] for row in rows], return_inverse=True)[1]
vectors = np.array([row[2] for row in rows], dtype=np.float64)


def show(distance, what, values):
    print(",".join([distance, what] + [repr(float(value)) for value in values]))


def spread(values):
    quantiles = np.quantile(values, [0, 0.25, 0.5, 0.75, 1])
    return [len(values), values.mean(), values.std(), *quantiles]


print("distance,what,count,mean,sd,min,q25,median,q75,max")
show("", "norms", spread(np.linalg.norm(vectors, axis=1)))
first, second = np.triu_indices(len(vectors), 1)
same_subject = subjects[first] == subjects[second]
same_class = classes[first] == classes[second]
for distance in ["cosine", "euclidean"]:
    table = cdist(vectors, vectors, distance)
    values = table[first, second]
    within = values[same_class & ~same_subject]
    between = values[~same_class & ~same_subject]
    show(distance, "same_subject", spread(values[same_subject]))
    show(distance, "within_class", spread(within))
    show(distance, "between_classes", spread(between))
    statistic = mannwhitneyu(between, within, method="asymptotic").statistic
    show(distance, "separation", [statistic / len(within) / len(between)])
    # Means of classes: plain for cosine, roots of mean squares for euclidean.
    power = 1 if distance == "cosine" else 2
    means = np.array(
        [
            [
                np.mean(
                    table[np.ix_(classes == a, classes == b)][
                        subjects[classes == a][:, None] != subjects[classes == b]
                    ]
                    ** power
                )
                for b in range(classes.max() + 1)
            ]
            for a in range(classes.max() + 1)
        ]
    ) ** (1 / power)
    show(distance, "within", np.diag(means))
    np.fill_diagonal(means, np.inf)
    show(distance, "nearest_class", means.argmin(axis=1))
    show(distance, "nearest_mean", means.min(axis=1))
