"""The 32-bit arithmetic that a product of matrices reaches here, in Gop/s: the best of a few."""
import numpy as np

from common import report, timed

SIDE = 4096
generator = np.random.default_rng(0)
a = generator.random((SIDE, SIDE), dtype=np.float32)
b = generator.random((SIDE, SIDE), dtype=np.float32)
a @ b
seconds = min(timed(lambda: a @ b)[1] for _ in range(4))
report(seconds, f"numpy {np.__version__}", gops=2 * SIDE**3 / seconds / 1e9)
