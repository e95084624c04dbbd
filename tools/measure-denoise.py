#!/usr/bin/env python3
"""Scores the noise suppressor and its peers on mixtures of public speech and noise.

usage: /usr/bin/python3 tools/measure-denoise.py [--set tune|hold-out|pairs ...] [--levels moderate,high,max]
           [--work DIR] [--json FILE] [--apm APM_RUN] [--node DIR] [--program PROGRAM]

  --set      which mixtures (default: hold-out). tune and hold-out share no speaker (save the one 48 kHz voice, whose
             utterances are split) and no noise recording; pairs are published clean/noisy recordings.
  --apm      WebRTC's suppressor as a program (see peers/README.md of the data folder); left out when absent
  --node     folder with onnxruntime-node (DNSMOS) and @sapphi-red/web-noise-suppressor (RNNoise) installed; each is
             left out when absent
  --program  a built measure-denoise; by default it is compiled here
Needs python3-numpy, python3-scipy, ffmpeg, and the data folder ../shared beside the checkout (or EARSHOT_DATA): without
it the script says so and ends with success. All sources are deterministic: two runs make the same mixtures.
"""
import argparse, csv, importlib.util, io, json, os, pathlib, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from scipy.io import wavfile
from scipy.signal import butter, sosfiltfilt

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("EARSHOT_DATA", ROOT.parent / "shared"))
RATE = 48000
SECONDS = 10.0           # DNSMOS looks at 9.01 s
RUMBLE_HZ = 60           # some of the speech was recorded over more rumble than voice: that is noise, not speech
LEAD_IN_S = 0.6          # noise alone before the first word
PAUSE_S = (0.25, 0.8)
SNRS_DB = (0, 5, 10, 15)
LEVEL_DBFS = (-33, -18)  # of the active speech

NOISE = {
    "tune": {"stationary": ["moodist-opus/things_ceiling-fan.opus", "moodist-opus/rain_light-rain.opus",
                            "moodist-opus/urban_busy-street.opus", "moodist-opus/things_washing-machine.opus",
                            "moodist-opus/nature_wind.opus", "speech-commands-bg-16k/exercise_bike.flac"],
             "changing": ["moodist-opus/places_cafe.opus", "moodist-opus/things_keyboard.opus",
                          "moodist-opus/transport_inside-a-train.opus", "moodist-opus/places_supermarket.opus",
                          "moodist-opus/places_crowded-bar.opus", "moodist-opus/things_paper.opus"]},
    "hold-out": {"stationary": ["moodist-opus/things_dryer.opus", "moodist-opus/rain_heavy-rain.opus",
                                "moodist-opus/urban_highway.opus", "moodist-opus/transport_airplane.opus",
                                "moodist-opus/places_laundry-room.opus", "speech-commands-bg-16k/running_tap.flac"],
                 "changing": ["moodist-opus/places_restaurant.opus", "moodist-opus/places_office.opus",
                              "moodist-opus/things_typewriter.opus", "moodist-opus/transport_train.opus",
                              "moodist-opus/places_subway-station.opus", "speech-commands-bg-16k/doing_the_dishes.flac"]},
}


def speakers(which):
    """Lists of utterances, one list a speaker; the two sets have no file in common."""
    speech = SHARED / "data/speech"
    files = lambda folder, pattern="*": sorted((speech / folder).glob(pattern))
    group = lambda paths: [[p for p in paths if p.name.split("-")[0] == s]
                           for s in sorted({p.name.split("-")[0] for p in paths})]
    kerstin = files("kerstin-de-48k")
    if which == "tune":
        readers = [[p] for p in files("librispeech-train-clean-100-en-16k")][:120:5]
        prompts = [files("asterisk-multilang-16k", p) for p in ("es_MX*", "ru_RU*")]
        return [s for trio in zip(readers, readers[1:] + readers[:1], [kerstin[:115], *prompts] * 8)
                for s in (trio[0], trio[2])]
    readers = group(files("librispeech-test-other-en-16k"))
    prompts = [files("asterisk-multilang-16k", p) for p in ("fr_CA*", "it_IT*")]
    return [s for pair in zip(readers * 4, [kerstin[115:], *prompts] * 8) for s in pair]


def load(path):
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"],
                         stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(raw, np.float32).astype(np.float64)


def save(path, samples):
    wavfile.write(path, RATE, np.clip(np.round(samples * 32768), -32768, 32767).astype(np.int16))


def active_rms(x):
    """Root mean square over the 20 ms frames within 30 dB of the loudest: pauses do not count."""
    power = np.mean(x[:len(x) // 960 * 960].reshape(-1, 960) ** 2, 1)
    return np.sqrt(np.mean(power[power > 1e-3 * power.max()]))


def utterances(rng, paths, total):
    out, at = np.zeros(total), int(LEAD_IN_S * RATE)
    high_pass = butter(4, RUMBLE_HZ, "highpass", fs=RATE, output="sos")
    order = rng.permutation(len(paths))
    for i in range(1000):
        x = sosfiltfilt(high_pass, load(paths[order[i % len(order)]]))
        x = x / (active_rms(x) + 1e-9)
        n = min(len(x), total - at)
        out[at:at + n] = x[:n]
        at += n + int(rng.uniform(*PAUSE_S) * RATE)
        if at >= total: return out


def mix(which, folder):
    clean_dir, noisy_dir = folder / "clean", folder / "noisy"
    if (folder / "complete").exists(): return
    for d in (clean_dir, noisy_dir): d.mkdir(parents=True, exist_ok=True)
    if which == "pairs":
        base = SHARED / "data/pairs"
        for p in sorted((base / "vbdmd-train-p287-16k/clean").iterdir()):
            noisy = next((base / "vbdmd-train-p287-16k/noisy").glob(p.stem + ".*"))
            save(clean_dir / (p.stem + ".wav"), load(p)), save(noisy_dir / (p.stem + ".wav"), load(noisy))
        save(clean_dir / "freesound.wav", load(base / "deepfilternet-48k/clean_freesound_33711.flac"))
        save(noisy_dir / "freesound.wav", load(base / "deepfilternet-48k/noisy_snr0.flac"))
    else:
        people, total = speakers(which), int(SECONDS * RATE)
        jobs = [(kind, name, snr) for kind, names in NOISE[which].items() for name in names for snr in SNRS_DB]
        for i, (kind, name, snr) in enumerate(jobs):
            rng = np.random.default_rng([i, len(which)])
            speech = utterances(rng, people[i % len(people)], total) * 10 ** (rng.uniform(*LEVEL_DBFS) / 20)
            noise = load(SHARED / "data/noise" / name)
            start = rng.integers(0, max(1, len(noise) - total))
            noise = np.resize(noise[start:start + total], total)
            noise *= active_rms(speech) / (np.sqrt(np.mean(noise ** 2)) + 1e-9) * 10 ** (-snr / 20)
            scale = min(1, 0.98 / np.max(np.abs(speech + noise)))
            file = f"{kind}-{snr:02d}-{pathlib.Path(name).stem}.wav"
            save(clean_dir / file, speech * scale), save(noisy_dir / file, (speech + noise) * scale)
    (folder / "complete").touch()


def compile_program(target):
    sources = [p for d in ("denoise", "dsp") for p in sorted((ROOT / "wasm" / d).glob("*.cc"))]
    subprocess.run(["c++", "-std=c++20", "-O3", "-fno-exceptions", "-fno-rtti", f"-I{ROOT}/wasm",
                    ROOT / "tools/measure-denoise.cc", *sources, "-o", target], check=True)


def run_all(noisy, out, command):
    """command(in, out) -> argv, for every file; keeps both cores busy."""
    out.mkdir(exist_ok=True)
    files = sorted(noisy.iterdir())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda p: subprocess.run(command(p, out / p.name), check=True, stdout=subprocess.DEVNULL), files))


def intrusive(clean, processed):
    spec = importlib.util.spec_from_file_location("intrusive", SHARED / "metrics/intrusive.py")
    m = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(m)
    scores = {}
    for p in sorted(clean.iterdir()):
        x, y, _ = m.align(m.load(p), m.load(processed / p.name))
        scores[p.stem] = {"si_sdr_db": m.si_sdr(x, y), "stoi": m.stoi(x, y), "lsd_db": m.lsd(x, y)}
    return scores


def dnsmos(folder, node):
    run = subprocess.run(["node", SHARED / "metrics/dnsmos.mjs", "--no808", folder], stdout=subprocess.PIPE, check=True,
                         env={**os.environ, "ORT_FROM": str(node)}, text=True)
    rows = csv.DictReader(io.StringIO(run.stdout))
    return {pathlib.Path(r["file"]).stem: {k.lower(): float(r[k]) for k in ("SIG", "BAK", "OVRL")}
            for r in rows if r["file"] != "MEAN"}


def score(clean, processed, node):
    scores = intrusive(clean, processed)
    if node:
        for stem, values in dnsmos(processed, node).items(): scores[stem].update(values)
    mean = lambda rows: {k: round(float(np.mean([r[k] for r in rows])), 3) for k in rows[0]}
    kinds = sorted({s.split("-")[0] for s in scores if "-" in s})
    return {"all": mean(list(scores.values())),
            **{k: mean([v for s, v in scores.items() if s.startswith(k)]) for k in kinds}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs="+", default=["hold-out"], choices=["tune", "hold-out", "pairs"])
    parser.add_argument("--levels", default="moderate,high,max")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "earshot-denoise")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--apm", type=pathlib.Path)
    parser.add_argument("--node", type=pathlib.Path)
    parser.add_argument("--program", type=pathlib.Path)
    args = parser.parse_args()
    if not (SHARED / "data/speech").is_dir():
        print(f"skipped: no speech and noise at {SHARED}")
        return
    modules = (args.node or pathlib.Path()) / "node_modules"
    ort = args.node if args.node and (modules / "onnxruntime-node").is_dir() else None
    args.work.mkdir(parents=True, exist_ok=True)
    program = args.program
    if not program:
        program = args.work / "measure-denoise"
        compile_program(program)
    report = {}
    for which in args.set:
        folder = args.work / which
        mix(which, folder)
        noisy, systems = folder / "noisy", {"noisy": None}
        if args.apm:
            for level in ("moderate", "high"):
                systems[f"WebRTC NS {level}"] = lambda i, o, level=level: [args.apm, i, o, "--ns", level]
        if (modules / "@sapphi-red").is_dir(): systems["RNNoise"] = "rnnoise"
        for level in args.levels.split(","):
            systems[f"earshot {level}"] = lambda i, o, level=level: [program, i, o, level]
        report[which] = {}
        for name, how in systems.items():
            out = noisy if how is None else folder / name.replace(" ", "-").lower()
            if how == "rnnoise":
                subprocess.run(["node", SHARED / "peers/ns_peers.mjs", "rnnoise", out, noisy], check=True,
                               env={**os.environ, "PEERS_FROM": str(args.node)}, stdout=subprocess.DEVNULL)
            elif how: run_all(noisy, out, how)
            report[which][name] = score(folder / "clean", out, ort)
            for kind, values in report[which][name].items():
                print(f"{which:9s} {name:20s} {kind:11s}", " ".join(f"{k} {v:6.3f}" for k, v in values.items()), flush=True)
    if args.json:
        command = "/usr/bin/python3 tools/measure-denoise.py --set " + " ".join(args.set) + \
                  f" --levels {args.levels} --apm APM_RUN --node DIR --json bench/results/{args.json.name}"
        args.json.write_text(json.dumps({"command": command, "mean_over_files": report}, indent=1) + "\n")


if __name__ == "__main__": main()
