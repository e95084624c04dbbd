#!/usr/bin/env python3
"""usage: gain_score.py INPUT OUTPUT NAME…   JSON on standard output: what gain control did to each recording of gain_corpus.py."""
import json, pathlib, sys
import numpy as np
import loudness, metrics, signals
from signals import RATE, decibels, frame_powers, read_wav

SETTLED_S = 8          # the time gain control has
SETTLED_LU = 2         # and how near it has to be then
ARRIVED_LU = 0.5       # so near to where it ends, gain has arrived and what it does from then on is overshoot
FRAME = RATE // 10     # gains are read over 100 ms
MIN_WINDOW_LUFS = -70  # a window quieter than this holds no sound to read a gain from


def overshoot(gains, final):
    """How far the gain goes beyond where it ends, from either side, after it first got there; it is there within ARRIVED_LU."""
    direction = np.sign(final - gains[0]) or 1.0
    arrived = np.flatnonzero((gains - final) * direction >= -ARRIVED_LU)[0]
    return float(max(0.0, np.max((gains[arrived:] - final) * direction)))


def clean(x, y, _):
    """Loudness and gain of steady speech. The gain in loudness, by windows of 3 s, is free of the speech's own ups and downs."""
    before, after = loudness.short_term(x), loudness.short_term(y)
    ends_s = 3 + np.arange(len(before)) / 10
    gains, late = after - before, ends_s >= SETTLED_S
    final = np.median(gains[late])
    far = np.flatnonzero(np.abs(gains - final) > SETTLED_LU)
    active = frame_powers(signals.active_speech(x)[1].astype(float), FRAME) > 0.5
    powers_in, powers_out = frame_powers(x, FRAME), frame_powers(y, FRAME)
    speech = active & (powers_in > powers_in[active].mean() / 39) & (np.arange(len(active)) >= SETTLED_S * 10)
    return {
        "loudness_lufs": float(np.median(after[late])),
        "loudness_spread_lu": float(np.ptp(np.percentile(after[late], (5, 95)))),
        # What the talker's own loudness would be at the gains that are farthest off after 8 s.
        "lowest_lufs": float(np.median(before[late]) + gains[late].min()),
        "highest_lufs": float(np.median(before[late]) + gains[late].max()),
        "settle_s": float(ends_s[far[-1]]) if len(far) else 0.0,
        "overshoot_lu": overshoot(gains, final),
        "gain_deviation_db": float(np.std(decibels(powers_out[speech] / powers_in[speech]))),
    }


def noise(x, y, _):
    """The most that any 400 ms of noise were raised."""
    before, after = loudness.momentary(x), loudness.momentary(y)
    heard = before > MIN_WINDOW_LUFS
    return {"raised_db": float(np.max((after - before)[heard]))}


def silence(x, y, _):
    return {"peak_dbfs": float(20 * np.log10(max(np.max(np.abs(y)), 1e-10)))}


def talk(x, y, facts):
    """Speech in noise with a pause: level of speech, the noise in the pause, and how far the gain moves in it."""
    lead, first, pause, second = (s * RATE for s in facts["parts_s"])
    begin = lead + first
    spoken = np.concatenate([y[lead + 10 * RATE:begin], y[begin + pause:]])
    # A second for the last word to end, then gain by the second.
    seconds = range(begin + RATE, begin + pause, RATE)
    before, after = (decibels([np.mean(s[t:t + RATE] ** 2) for t in seconds]) for s in (x, y))
    return {"level_dbfs": float(signals.active_speech(spoken)[0]), "pause_noise_dbfs": float(decibels(np.mean(10 ** (after / 10)))),
            "pause_drift_db": float(np.ptp(after - before))}


MEASURES = {"clean": clean, "noise": noise, "silence": silence, "talk": talk}


def shifted(y, samples, length):
    """`y` `samples` earlier, filled with zeros."""
    y = y[max(0, samples):]
    y = np.concatenate([np.zeros(max(0, -samples)), y])[:length]
    return np.pad(y, (0, length - len(y)))


def main():
    source, folder, names = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:]
    manifest = {each["name"]: each for each in json.loads((source / "manifest.json").read_text())}
    pairs = {name: (read_wav(source / f"{name}.wav"), read_wav(folder / f"{name}.wav")) for name in names}
    delay = int(np.median([metrics.lag(*pairs[name]) for name in names if manifest[name]["kind"] == "clean"]))
    rows = {}
    for name, (x, y) in pairs.items():
        kind = manifest[name]["kind"]
        rows[name] = {"true_peak_dbtp": 20 * np.log10(max(signals.true_peak(y), 1e-10))}
        if kind in MEASURES: rows[name] |= MEASURES[kind](x, shifted(y, delay, len(x)), manifest[name])
    print(json.dumps({"delay_samples": delay, "files": rows}))


if __name__ == "__main__": main()
