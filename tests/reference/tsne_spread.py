"""KL divergence and trustworthiness of scikit-learn's t-SNE on the real file, for perplexities around 30.

    python tests/reference/tsne_spread.py DATA

At this size the descent is chaotic: the last bit of the perplexity moves the divergence by some 0.03, so
that single maps cannot be compared, but means can. scikit-learn 1.9.1 gives

    29.5  2.0099  0.8335
    29.9  1.9841  0.8427
    30.0  1.9713  0.8448
    30.1  2.0138  0.8460
    30.5  2.0588  0.8443
    mean  2.0076  0.8423
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
for perplexity in (29.5, 29.9, 30, 30.1, 30.5):
    tsne = TSNE(perplexity=perplexity, init="pca", learning_rate="auto", random_state=0)
    positions = tsne.fit_transform(vectors)
    trust = trustworthiness(vectors, positions, n_neighbors=12)
    rows.append((tsne.kl_divergence_, trust))
    print(f"{perplexity:.1f}  {tsne.kl_divergence_:.4f}  {trust:.4f}")
kl, trust = np.mean(rows, axis=0)
print(f"mean  {kl:.4f}  {trust:.4f}")
