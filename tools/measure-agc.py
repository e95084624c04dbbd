#!/usr/bin/env python3
"""Measures gain control against its peers: public speech at -40 ... -10 dBFS in noise, with a pause.

usage: /usr/bin/python3 tools/measure-agc.py [--set tune|hold-out] [--talkers N] [--work DIR] [--json FILE]
           [--apm APM_RUN] [--program PROGRAM]

  --set      whose voices and which noises, as in measure-denoise.py (default: hold-out)
  --apm      WebRTC's gain control as a program (see peers/README.md of the data folder); left out when absent
  --program  a built measure-agc; by default it is compiled here
Each recording: 3 s of noise, 20 s of speech, 8 s of noise, 12 s of speech; speech 20 dB over the noise. Printed, per system:
  level    mean and standard deviation of the level of active speech (after ITU-T P.56) from 10 s of speech on, over all
           talkers, noises and input levels: the smaller the deviation, the better the levelling
  by input the mean for each input level
  settle   median and 90th percentile of the time from the first word until the gain stays within 3 dB of its final value
  pause    how far the gain moves within the pause, in dB, median and maximum (only without noise suppression, where
           the gain can be read off the noise)
  noise    mean level of the pauses, and the loudest
  snr      level less noise, the mean
  clipped  share of the recordings with a sample at full scale
Needs what measure-denoise.py needs; without the data folder it says so and ends with success.
"""
import argparse, importlib.util, json, os, pathlib, subprocess, tempfile
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from scipy.io import wavfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("measure_denoise", ROOT / "tools/measure-denoise.py")
corpus = importlib.util.module_from_spec(spec)
spec.loader.exec_module(corpus)

RATE = corpus.RATE
LEVELS_DBFS = (-40, -30, -20, -10)
SNR_DB = 20
LEAD_IN_S, FIRST_S, PAUSE_S, SECOND_S = 3, 20, 8, 12
PAUSE_AT_S = LEAD_IN_S + FIRST_S
TOTAL_S = PAUSE_AT_S + PAUSE_S + SECOND_S
SETTLED_S = ((LEAD_IN_S + 10, PAUSE_AT_S), (PAUSE_AT_S + PAUSE_S, TOTAL_S))


def db(power):
    return 10 * np.log10(power + 1e-12)


def frame_powers(x):
    return np.mean(x[:len(x) // 960 * 960].reshape(-1, 960) ** 2, 1)


def active_frames(powers):
    """The 20 ms frames no more than 15.9 dB below their own mean, as ITU-T P.56 has it."""
    mean = 0.0
    for _ in range(30):
        mean = powers[powers >= mean / 38.9].mean()
    return powers >= mean / 38.9


def recordings(which, num_talkers):
    """Name, clean speech at 0 dBFS of active speech, noise at -SNR_DB."""
    kinds = corpus.NOISE[which]
    noises = [kinds["stationary"][0], kinds["changing"][0], kinds["changing"][4]]
    for i, paths in enumerate(corpus.speakers(which)[:num_talkers]):
        rng = np.random.default_rng([i, 99])
        first = corpus.utterances(rng, paths, FIRST_S * RATE)
        second = corpus.utterances(rng, paths, SECOND_S * RATE)
        silence = lambda seconds: np.zeros(seconds * RATE)
        speech = np.concatenate([silence(LEAD_IN_S), first, silence(PAUSE_S), second])
        powers = frame_powers(speech)
        speech /= np.sqrt(powers[active_frames(powers)].mean())
        name = noises[i % len(noises)]
        noise = np.resize(corpus.load(corpus.SHARED / "data/noise" / name), TOTAL_S * RATE)
        yield f"{i:02d}-{pathlib.Path(name).stem}", speech, noise * 10 ** (-SNR_DB / 20) / np.sqrt(np.mean(noise ** 2))


def make(which, num_talkers, folder):
    if (folder / "complete").exists(): return
    (folder / "in").mkdir(parents=True, exist_ok=True)
    for name, speech, noise in recordings(which, num_talkers):
        corpus.save(folder / f"{name}.clean.wav", speech * 0.1)
        for level in LEVELS_DBFS:
            corpus.save(folder / "in" / f"{name}{level}.wav", (speech + noise) * 10 ** (level / 20))
    (folder / "complete").touch()


def compile_program(target):
    sources = [p for d in ("agc", "denoise", "dsp") for p in sorted((ROOT / "wasm" / d).glob("*.cc"))]
    sources += [ROOT / "wasm/pipeline" / f"{n}.cc" for n in ("capture_chain", "capture_stages", "rate_bridge")]
    subprocess.run(["c++", "-std=c++20", "-O3", "-fno-exceptions", "-fno-rtti", f"-I{ROOT}/wasm",
                    ROOT / "tools/measure-agc.cc", *sources, "-o", target], check=True)


def read(path):
    return wavfile.read(path)[1] / 32768.0


def within(spans, count, frames_per_s):
    mask = np.zeros(count, bool)
    for begin, end in spans: mask[int(begin * frames_per_s):int(end * frames_per_s)] = True
    return mask


def settle_seconds(clean, out, active):
    """From the first word until the gain, over 2 s of speech, stays within 3 dB of its final value."""
    gains, times = [], []
    for at in range(LEAD_IN_S * 50, (PAUSE_AT_S - 2) * 50, 10):
        chosen = np.flatnonzero(active[at:at + 100]) + at
        if len(chosen) < 20: continue
        gains.append(db(out[chosen].mean()) - db(clean[chosen].mean()))
        times.append(at / 50 - LEAD_IN_S)
    gains = np.array(gains)
    far = np.flatnonzero(np.abs(gains - np.median(gains[-25:])) > 3)
    return 0.0 if len(far) == 0 else times[min(far[-1] + 1, len(times) - 1)]


def measure(folder, out_folder):
    rows = []
    for path in sorted((folder / "in").iterdir()):
        name, level = path.stem.rsplit("-", 1)
        x, y = read(path), read(out_folder / path.name)
        clean = frame_powers(read(folder / f"{name}.clean.wav"))
        out = np.resize(frame_powers(np.pad(y, (0, max(0, len(x) - len(y))))), len(clean))
        active = active_frames(clean)
        settled = active & within(SETTLED_S, len(clean), 50)
        # A second for the last word to end, then gain by the second.
        seconds = range(PAUSE_AT_S + 1, PAUSE_AT_S + PAUSE_S)
        pause = lambda s: np.array([np.mean(s[t * RATE:(t + 1) * RATE] ** 2) for t in seconds])
        gain = db(pause(y)) - db(pause(x))
        rows.append({"input": -int(level), "level": db(out[settled].mean()), "noise": db(pause(y).mean()),
                     "drift": float(np.ptp(gain)), "settle": settle_seconds(clean, out, active),
                     "clipped": float(np.max(np.abs(y)) >= 32767 / 32768)})
    column = lambda key, rows=rows: np.array([r[key] for r in rows])
    rounded = lambda value: round(float(value), 2)
    return {
        "level_dbfs": {"mean": rounded(column("level").mean()), "deviation": rounded(column("level").std())},
        "level_by_input_dbfs": {str(level): rounded(column("level", [r for r in rows if r["input"] == level]).mean())
                                for level in LEVELS_DBFS},
        "settle_s": {"median": rounded(np.median(column("settle"))), "p90": rounded(np.quantile(column("settle"), 0.9))},
        "pause_drift_db": {"median": rounded(np.median(column("drift"))), "max": rounded(column("drift").max())},
        "pause_noise_dbfs": {"mean": rounded(column("noise").mean()), "max": rounded(column("noise").max())},
        "speech_over_noise_db": rounded((column("level") - column("noise")).mean()),
        "clipped_share": rounded(column("clipped").mean()),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="hold-out", choices=["tune", "hold-out"])
    parser.add_argument("--talkers", type=int, default=12)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "earshot-agc")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--apm", type=pathlib.Path)
    parser.add_argument("--program", type=pathlib.Path)
    args = parser.parse_args()
    if not (corpus.SHARED / "data/speech").is_dir():
        print(f"skipped: no speech and noise at {corpus.SHARED}")
        return
    folder = args.work / f"{args.set}-{args.talkers}"
    folder.mkdir(parents=True, exist_ok=True)
    make(args.set, args.talkers, folder)
    program = args.program
    if not program:
        program = args.work / "measure-agc"
        compile_program(program)
    systems = {"input": lambda i, o: ["cp", i, o],
               "earshot gain": lambda i, o: [program, i, o, "0"],
               "earshot suppressor high + gain": lambda i, o: [program, i, o, "0.75"]}
    if args.apm:
        systems |= {"WebRTC AGC2": lambda i, o: [args.apm, i, o, "--agc2"],
                    "WebRTC NS high + AGC2": lambda i, o: [args.apm, i, o, "--ns", "high", "--agc2"],
                    "WebRTC AGC1": lambda i, o: [args.apm, i, o, "--agc1"]}
    report = {}
    for name, command in systems.items():
        out = folder / name.replace(" ", "-").replace("+", "and").lower()
        out.mkdir(exist_ok=True)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda p: subprocess.run(command(p, out / p.name), check=True, stdout=subprocess.DEVNULL),
                          sorted((folder / "in").iterdir())))
        report[name] = measure(folder, out)
        print(name, json.dumps(report[name]), flush=True)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps({
            "command": f"tools/measure-agc.py --set {args.set} --talkers {args.talkers} --apm APM_RUN --json FILE",
            "recordings": args.talkers * len(LEVELS_DBFS), "snr_db": SNR_DB, "systems": report}, indent=2) + "\n")


if __name__ == "__main__":
    main()
