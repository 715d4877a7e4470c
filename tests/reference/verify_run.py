"""Derives every number of an output folder of `phenolens run` again, from the data and the definitions.

    python3 verify_run.py DATA OUT_DIR [--resamples N] [--shuffles N]

DATA is the pickle that the run read: {class: {subject: {sample: vector}}}. It is loaded with Python's
own pickle, which executes what it is told: only for files that you trust. One line per table: rows
compared, greatest absolute difference, ok or FAIL. Exits 1 where anything disagrees.
"""

import argparse
import sys
import warnings

import numpy as np

import check_chosen
import check_data
import check_sweep
from run_folder import Ledger, Run


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("out")
    parser.add_argument("--resamples", type=int, default=4000)
    parser.add_argument("--shuffles", type=int, default=60)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    run, ledger, generator = Run(args.data, args.out), Ledger(), np.random.default_rng(7)
    check_data.check_digest(run, args.data, ledger)
    check_data.check_counts(run, ledger)
    check_data.check_classes(run, ledger)
    check_data.check_findings(run, ledger)
    check_data.check_exploration(run, ledger)
    check_data.check_neighbors(run, ledger)
    check_data.check_maps(run, ledger)
    check_sweep.check_folds(run, ledger)
    kept = check_sweep.check_sweep(run, ledger)
    chosen = {c: check_sweep.choose_k(run, kept, c) for c in dict.fromkeys(key[:3] for key in kept)}
    check_chosen.check_chosen(run, kept, chosen, ledger)
    check_chosen.check_chance(run, kept, chosen, ledger, generator, args.shuffles)
    check_chosen.check_same_in_json(run, ledger)
    weight = check_chosen.subject_weights(run, args.resamples, generator)
    boots = check_chosen.check_summary(run, kept, chosen, ledger, weight)
    check_chosen.check_comparison(run, kept, chosen, boots, ledger, generator, args.resamples)
    sys.exit(1 if ledger.show() else 0)


if __name__ == "__main__":
    main()
