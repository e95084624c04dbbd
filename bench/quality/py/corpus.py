#!/usr/bin/env python3
"""usage: corpus.py SHARED SET OUT   makes the mixtures of a set of split.json: OUT/clean, OUT/noisy and OUT/manifest.json.

Every kind of noise has four recordings and meets each SNR twice. An SNR is the active speech level (ITU-T P.56) less the
level of the noise over all of the ten seconds: barks and strokes are far louder while they last.
"""
import json, pathlib, sys
import numpy as np
from scipy.signal import butter, sosfiltfilt
import signals
from signals import RATE

SECONDS = 10            # DNSMOS looks at 9.01 s
RUMBLE_HZ = 60          # some of the speech was recorded over more rumble than voice: that is noise, not speech
LEAD_IN_S = 1.5         # noise alone before the first word and at the end: the rest of a conversation is listening
TAIL_S = 0.5
PAUSE_S = (0.25, 0.8)   # between utterances
SNRS_DB = (-2.5, 0, 5, 12.5)
SPEECH_DBFS = (-38, -20)
QUICK = 12
SPLIT = json.loads((pathlib.Path(__file__).parent.parent / "split.json").read_text())


class Corpus:
    """The recordings of one side of the split."""

    def __init__(self, shared, which):
        self.speech, self.noise, self.lists = shared / "data/speech", shared / "data/noise", SPLIT[which]
        self.speakers = [self._files(patterns) for patterns in self.lists["speakers"]]
        self._loaded = {}

    def _files(self, patterns):
        files = [path for pattern in patterns for path in sorted(self.speech.glob(pattern))]
        if not files: raise FileNotFoundError(f"no speech matches {patterns}")
        return files

    def _load(self, path):
        if path not in self._loaded: self._loaded[path] = signals.load(path)
        return self._loaded[path]

    def utterance(self, path):
        """Speech at an active level of 0 dBFS, without rumble."""
        high_pass = butter(4, RUMBLE_HZ, "highpass", fs=RATE, output="sos")
        x = sosfiltfilt(high_pass, self._load(path))
        return x * 10 ** (-signals.active_speech(x)[0] / 20)

    def talk(self, rng, speaker, total, lead_in_s=LEAD_IN_S, pause_s=PAUSE_S):
        """Utterances of one speaker, in random order, with pauses."""
        out, at = np.zeros(total), int(lead_in_s * RATE)
        order = rng.permutation(len(speaker))
        for i in range(10_000):
            x = self.utterance(speaker[order[i % len(order)]])
            n = min(len(x), total - at)
            out[at:at + n] = x[:n]
            at += n + int(rng.uniform(*pause_s) * RATE)
            if at >= total: break
        return out

    def make_noise(self, entry, rng, total):
        """One entry of the split: files, or the parameters of a made noise; RMS of 1."""
        if isinstance(entry, str): entry = [entry]
        if isinstance(entry, list): out = signals.loop([self._load(self.noise / name) for name in entry], total, rng)
        elif "voices" in entry:
            voices = rng.permutation(self.lists["babble_voices"])[:entry["voices"]]
            out = sum(signals.loop([self.utterance(self.speech / v)], total, rng) * 10 ** (rng.uniform(-4, 4) / 20)
                      for v in voices)
        elif "hum_hz" in entry: out = signals.hum(rng, total, **entry)
        else: out = signals.wind(rng, total, **entry)
        return out / np.sqrt(np.mean(out ** 2))


def plan(which):
    """Every mixture of a set: name, kind, entry, SNR, speaker, and whether a quick run has it."""
    mixtures = []
    for k, (kind, entries) in enumerate(SPLIT[which]["noise"].items()):
        for e, entry in enumerate(entries):
            for half in range(2):
                snr = SNRS_DB[(e + 2 * half + k) % len(SNRS_DB)]
                mixtures.append({"name": f"{kind}-{e}-{snr:+.1f}", "kind": kind, "snr_db": snr, "entry": entry})
    speakers = len(SPLIT[which]["speakers"])
    quick = quick_names(mixtures)
    for i, mixture in enumerate(mixtures):
        mixture.update(index=i, speaker=(7 * i) % speakers, quick=mixture["name"] in quick)
    return mixtures


def quick_names(mixtures):
    """Twelve mixtures: every kind at least once, every SNR three times."""
    kinds = list(dict.fromkeys(m["kind"] for m in mixtures))
    names = set()
    for i in range(QUICK):
        kind = kinds[i % len(kinds)]
        names.add(next(m["name"] for m in mixtures if m["kind"] == kind and m["snr_db"] == SNRS_DB[(i + i // len(kinds)) % 4]))
    return names


def mix(corpus, mixture, seed):
    rng = np.random.default_rng(seed)
    total = SECONDS * RATE
    level = rng.uniform(*SPEECH_DBFS)
    speech = corpus.talk(rng, corpus.speakers[mixture["speaker"]], total)
    fade, tail = RATE // 50, int(TAIL_S * RATE)
    speech[-tail - fade:-tail] *= np.linspace(1, 0, fade)
    speech[-tail:] = 0
    speech *= 10 ** ((level - signals.active_speech(speech)[0]) / 20)
    noise = corpus.make_noise(mixture["entry"], rng, total) * 10 ** ((level - mixture["snr_db"]) / 20)
    scale = min(1, 0.98 / np.max(np.abs(speech + noise)))
    mixture["speech_dbfs"] = round(level + 20 * np.log10(scale), 2)
    return speech * scale, (speech + noise) * scale


def main():
    shared, which, out = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    for folder in ("clean", "noisy"): (out / folder).mkdir(parents=True, exist_ok=True)
    corpus, mixtures = Corpus(shared, which), plan(which)
    for mixture in mixtures:
        clean, noisy = mix(corpus, mixture, [list(SPLIT).index(which), mixture["index"]])
        signals.write_wav(out / "clean" / f"{mixture['name']}.wav", clean)
        signals.write_wav(out / "noisy" / f"{mixture['name']}.wav", noisy)
    (out / "manifest.json").write_text(json.dumps(mixtures, indent=1) + "\n")


if __name__ == "__main__": main()
