#!/usr/bin/env python3
"""usage: gain_corpus.py SHARED SET OUT   makes the recordings for gain control: OUT/*.wav and OUT/manifest.json.

clean    steady speech at active levels of -50 … -10 dBFS, no noise; what is beyond full scale clips, as it does in a converter
shout    quiet speech, then the same voice at -5 dBFS; overload is the same at +20 dBFS, in floating point
noise    noise alone at -45 dBFS
silence  digital silence, and dither
talk     3 s of noise, 20 s of speech, 8 s of noise, 12 s of speech; speech 20 dB over the noise
"""
import json, pathlib, sys
import numpy as np
from scipy.io import wavfile
import signals
from corpus import Corpus
from signals import RATE

TALKERS = (0, 2, 4, 6, 7, 9)
CLEAN_DBFS, CLEAN_S = (-50, -40, -30, -20, -10), 30
STEADY_PAUSE_S = (0.1, 0.3)
QUIET_DBFS, QUIET_S, SHOUT_DBFS, OVERLOAD_DBFS, SHOUT_S = -40, 12, -5, 20, 8
NOISE_DBFS, NOISE_S = -45, 20
DITHER_DBFS, SILENCE_S = -96, 10
TALK_DBFS, TALK_SNR_DB = (-40, -30, -20, -10), 20
TALK_PARTS_S = (3, 20, 8, 12)


def gain(db): return 10 ** (db / 20)


def steady(corpus, rng, talker, seconds):
    x = corpus.talk(rng, corpus.speakers[talker], seconds * RATE, lead_in_s=0.2, pause_s=STEADY_PAUSE_S)
    return x * gain(-signals.active_speech(x)[0])


def recordings(corpus):
    """(name, facts, samples)"""
    for talker in TALKERS:
        rng = np.random.default_rng([talker, 1])
        speech = steady(corpus, rng, talker, CLEAN_S)
        for level in CLEAN_DBFS:
            yield f"clean-{talker}{level}", {"kind": "clean", "input_dbfs": level}, speech * gain(level)
        n = QUIET_S * RATE
        for name, level in (("shout", SHOUT_DBFS), ("overload", OVERLOAD_DBFS)):
            loud = speech[n:n + SHOUT_S * RATE] * gain(level)
            yield f"{name}-{talker}", {"kind": name}, np.concatenate([speech[:n] * gain(QUIET_DBFS), loud])
    noises = {kind: entries[0] for kind, entries in corpus.lists["noise"].items() if kind != "cry"}
    for i, (kind, entry) in enumerate(noises.items()):
        noise = corpus.make_noise(entry, np.random.default_rng([i, 2]), NOISE_S * RATE)
        yield f"noise-{kind}", {"kind": "noise"}, noise * gain(NOISE_DBFS)
    yield "silence-digital", {"kind": "silence"}, np.zeros(SILENCE_S * RATE)
    dither = np.random.default_rng(3).standard_normal(SILENCE_S * RATE)
    yield "silence-dither", {"kind": "silence"}, dither * gain(DITHER_DBFS)
    lead, first, pause, second = (s * RATE for s in TALK_PARTS_S)
    for i, talker in enumerate(TALKERS[:4]):
        rng = np.random.default_rng([talker, 4])
        speech = np.concatenate([np.zeros(lead), steady(corpus, rng, talker, first // RATE), np.zeros(pause),
                                 steady(corpus, rng, talker, second // RATE)])
        noise = corpus.make_noise(corpus.lists["noise"][("steady", "changing", "babble")[i % 3]][0], rng, len(speech))
        for level in TALK_DBFS:
            yield (f"talk-{talker}{level}", {"kind": "talk", "input_dbfs": level, "parts_s": TALK_PARTS_S},
                   (speech + noise * gain(-TALK_SNR_DB)) * gain(level))


def main():
    shared, which, out = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    manifest = []
    for name, facts, samples in recordings(Corpus(shared, which)):
        if facts["kind"] == "overload": wavfile.write(out / f"{name}.wav", RATE, samples.astype(np.float32))
        else: signals.write_wav(out / f"{name}.wav", samples)
        manifest.append({"name": name, **facts})
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__": main()
