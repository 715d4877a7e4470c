"""What the peers have in common: data, threads, the clock, and one JSON object on stdout.

Imports and loading are never timed: only what a user waits for who has a program running.
"""
import json
import os
import resource
import sys
import time

import numpy as np

N_THREADS = int(os.environ.get("OMP_NUM_THREADS", "1"))


def load(path):
    """A matrix of 32-bit numbers, rows one after another."""
    return np.ascontiguousarray(np.load(path), dtype=np.float32)


def timed(work):
    """What `work` gives, and its wall seconds."""
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def report(seconds, version, **more):
    """Says how long it took; peak memory is that of the whole process, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "version": version, "peak_memory_bytes": peak, **more}))


def missing(name):
    """Says that a package is not there, which is no error."""
    print(json.dumps({"missing": name}))
    sys.exit(0)
