#!/usr/bin/env python3
"""usage: score.py SHARED CLEAN PROCESSED NAME…   JSON on standard output: the system's delay in samples at 48 kHz, and per file
si_sdr_db, stoi, and pesq where the module is there. One delay for the whole system, the median over the files."""
import json, pathlib, sys
import numpy as np
import metrics
from signals import read_wav


def main():
    shared, clean_folder, folder = map(pathlib.Path, sys.argv[1:4])
    pairs = {name: (read_wav(clean_folder / f"{name}.wav"), read_wav(folder / f"{name}.wav")) for name in sys.argv[4:]}
    delay = int(np.median([metrics.lag(x, y) for x, y in pairs.values()]))
    stoi, pesq = metrics.load_stoi(shared), metrics.load_pesq()
    scores = {}
    for name, pair in pairs.items():
        clean, processed = metrics.aligned(*pair, delay)
        scores[name] = {"si_sdr_db": metrics.si_sdr(clean, processed), "stoi": stoi(clean, processed)}
        if pesq: scores[name]["pesq"] = pesq(clean, processed)
    print(json.dumps({"delay_samples": delay, "files": scores}))


if __name__ == "__main__": main()
