"""Writes the hostile corpus: the files of this folder and `manifest.csv`, which says what must come
of each.

    python3.11 -m venv ~/corpus && ~/corpus/bin/pip install numpy==2.4.6 pyarrow==26.0.1 \\
        h5py==3.16.0 safetensors==0.8.0 zstandard==0.25.0
    ~/corpus/bin/python make.py

Other versions write the same values in other bytes. The outcomes are derived from the policy in
`policy.md`, never from what the program does: a row that the program does not fulfill is a mistake
of one of the two, and is to be settled by that text.

Each format has a module in `makers/`, where every function is one idea. No file holds anything that
harms a program that opens it: what the "calling" ones call is never there to be called with effect.
"""

import sys

sys.dont_write_bytecode = True

from makers import anndata, arrow, csvs, gestalt_matcher, jsonl, npy, npz, parquet
from makers import pickles, pickles_by_hand, projector, scale, tensors
from makers.common import Corpus


def main():
    corpus = Corpus()
    for format in [
        pickles,
        pickles_by_hand,
        npy,
        npz,
        csvs,
        jsonl,
        parquet,
        arrow,
        tensors,
        anndata,
        projector,
        gestalt_matcher,
        scale,
    ]:
        format.make(corpus)
    corpus.write_manifest()
    print(corpus.summary())


if __name__ == "__main__":
    main()
