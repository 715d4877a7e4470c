"""Writes a cohort on which ties, empty ratios and odd records are the rule: python3 hard_cohort.py OUT.p

Values are small whole numbers, so that every sum is exact and equal distances are bit-equal in any
order of summation. Classes range from one sample to 40 subjects; vectors repeat within and between
classes and are multiples of one another; some records must be set aside.
"""

import pickle
import sys

import numpy as np

SIZES = {"10": 12, "9": 9, "small": 5, "two": 2, "one": 1, "é": 40, "a,\"b\"": 20}


def main():
    generator = np.random.default_rng(3)
    centers = {c: generator.integers(-2, 3, size=6) for c in SIZES}
    cohort, everything = {}, []
    for name, n_subjects in SIZES.items():
        cohort[name] = {}
        for s in range(n_subjects):
            own = centers[name] + generator.integers(-1, 2, size=6)
            images = {}
            for i in range(int(generator.integers(1, 5))):
                v = own + generator.integers(-1, 2, size=6)
                if everything and generator.random() < 0.15:
                    v = everything[generator.integers(len(everything))] * generator.integers(1, 4)
                if not v.any():
                    v = own * 0 + 1
                everything.append(v)
                images[str(i)] = v.astype(np.float32)
            cohort[name][f"{name}-{s}"] = images
    cohort["one"]["one-0"] = {"0": cohort["one"]["one-0"]["0"], "1": np.ones(6, np.float32)}
    cohort["single"] = {"single-0": {"0": np.array([2, 0, 0, 1, 0, 0], np.float32)}}
    cohort["é"]["é-0"]["zero"] = np.zeros(6, np.float32)
    cohort["é"]["é-1"]["nan"] = np.array([1, 2, np.nan, 0, 0, 0], np.float32)
    cohort["é"]["é-2"]["long"] = np.ones(7, np.float32)
    cohort["é"]["empty"] = {}
    cohort["9"]["9-0"]["empty"] = np.zeros(0, np.float32)
    with open(sys.argv[1], "wb") as file:
        pickle.dump(cohort, file, protocol=4)


if __name__ == "__main__":
    main()
