"""Turns the recorded folds of scikit-learn into folds files for `--protocol from-file`.

    python3 make_folds_csv.py folds.json OUT_FOLDER

writes OUT_FOLDER/stratified.csv and OUT_FOLDER/stratified_group.csv. The test `agreement` makes the
same files by itself; this script is for trying it by hand.
"""

import csv
import json
import pathlib
import sys

folds_file, out_folder = sys.argv[1:]
recorded = json.loads(pathlib.Path(folds_file).read_text())
for fold_set in ("stratified", "stratified_group"):
    with open(pathlib.Path(out_folder) / f"{fold_set}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["class", "subject", "sample", "fold"])
        for row, fold in zip(recorded["rows"], recorded[fold_set], strict=True):
            writer.writerow([row["syndrome_id"], row["subject_id"], row["image_id"], fold])
