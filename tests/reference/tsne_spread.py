"""KL divergence and trustworthiness of scikit-learn's t-SNE on the real file, for perplexities around 30.

    python tests/reference/tsne_spread.py DATA

At this size the descent is chaotic: the last bit of the perplexity moves the divergence by some 0.03, so
that single maps cannot be compared, but means can. scikit-learn 1.9.1 gives

    28.5  2.0387  0.8364
    28.7  2.0512  0.8414
    28.9  2.0230  0.8404
    29.1  2.0306  0.8398
    29.3  2.0243  0.8480
    29.5  1.9813  0.8461
    29.7  2.0090  0.8412
    29.9  2.0017  0.8412
    30.1  2.0006  0.8439
    30.3  1.9892  0.8453
    30.5  1.9875  0.8478
    30.7  2.0105  0.8330
    30.9  2.0360  0.8403
    31.1  1.9900  0.8388
    31.3  2.0276  0.8401
    31.5  1.9968  0.8460
    mean  2.0124  0.8419
"""

import sys

import numpy as np
from sklearn.manifold import TSNE, trustworthiness

# Every vector is 320 little-endian 32-bit numbers after the opcode BINBYTES and their length.
data = open(sys.argv[1], "rb").read()
header = b"B" + (1280).to_bytes(4, "little")
vectors = []
at = data.find(header)
while at >= 0:
    vectors.append(np.frombuffer(data, "<f4", 320, at + 5))
    at = data.find(header, at + 5 + 1280)
vectors = np.array(vectors)

rows = []
for perplexity in [28.5 + 0.2 * step for step in range(16)]:
    tsne = TSNE(perplexity=perplexity, init="pca", learning_rate="auto", random_state=0)
    positions = tsne.fit_transform(vectors)
    trust = trustworthiness(vectors, positions, n_neighbors=12)
    rows.append((tsne.kl_divergence_, trust))
    print(f"{perplexity:.1f}  {tsne.kl_divergence_:.4f}  {trust:.4f}")
kl, trust = np.mean(rows, axis=0)
print(f"mean  {kl:.4f}  {trust:.4f}")
