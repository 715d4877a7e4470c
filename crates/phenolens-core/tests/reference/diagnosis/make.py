"""Prints the recorded figures of the tests of `diagnosis`.

Made with scipy 1.17.1, numpy 2.4.6: python3 make.py
"""

import numpy as np
from scipy import stats

print("k-occurrence of a made-up table: skewness, limit of hubs")
N_SAMPLES, K = 60, 5
counts = np.zeros(N_SAMPLES)
for sample in range(N_SAMPLES):
    for rank in range(K):
        counts[(sample * sample + rank * rank) % N_SAMPLES] += 1
print(repr(float(stats.skew(counts))), repr(float(counts.mean() + 2 * counts.std())))
print("hubs", int((counts > counts.mean() + 2 * counts.std()).sum()))
print("never a neighbor", int((counts == 0).sum()))

print("upper tails of the hypergeometric distribution: total, marked, drawn, least, probability")
for total, marked, drawn, least in [
    (10, 4, 5, 3),
    (230, 34, 30, 15),
    (230, 34, 30, 5),
    (1000, 600, 500, 320),
    (100000, 50, 40, 6),
]:
    tail = stats.hypergeom.sf(least - 1, total, marked, drawn)
    print((total, marked, drawn, least, float(tail)), ",", sep="")
