#!/usr/bin/env python3
"""Plays the same packet traces through Earshot's jitter buffer and libwebrtc's NetEq and compares what is heard.

usage: tools/measure-jitter.py --replay PROGRAM --neteq PROGRAM [--shared DIR] [--traces NAME …] [--json FILE]

PROGRAM  bench/native/replay of a native build (or a wrapper of `npx earshot replay --json`), and neteq_replay of
         the peers: both take SPEECH.wav TRACE.txt OUT.wav --fec and print one JSON line.
DIR      the folder with data/traces, data/replay-speech.flac and metrics/ (default: ../shared beside the checkout).
PLCMOS needs onnxruntime-node 1.20.1 under $ORT_FROM; without it, it is left out. Also needs ffmpeg, numpy and node.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SYSTEMS = ("earshot", "neteq")


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout


def measure(system, program, trace, speech, shared, folder):
    out = folder / f"{trace.stem}.{system}.wav"
    figures = json.loads(run(program, speech, trace, out, "--fec"))
    figures["measured_delay"] = json.loads(run(sys.executable, shared / "metrics/playout_delay.py", speech, out))
    return out, figures


def add_plcmos(outputs, shared):
    """All files in one process, as loading the model takes longest."""
    if "ORT_FROM" not in os.environ:
        return
    lines = run("node", shared / "metrics/plcmos.mjs", *outputs).splitlines()[1:-1]
    scores = dict(line.split(",") for line in lines)
    for out, figures in outputs.items():
        figures["plcmos"] = float(scores[out.name])


def summary(traces):
    def mean(system, value):
        return round(statistics.fmean(value(t[system]) for t in traces.values()), 3)

    result = {}
    for system in SYSTEMS:
        result[system] = {
            "measured_delay_ms": mean(system, lambda f: f["measured_delay"]["mean_ms"]),
            "concealed_pct": mean(system, lambda f: f["concealed_pct"]),
            "concealment_events": mean(system, lambda f: f["concealment_events"]),
        }
        if all("plcmos" in t[system] for t in traces.values()):
            result[system]["plcmos"] = mean(system, lambda f: f["plcmos"])
    delay = {name: t["earshot"]["measured_delay"]["mean_ms"] / t["neteq"]["measured_delay"]["mean_ms"]
             for name, t in traces.items()}
    result["delay_ratio"] = {"mean_of_delays": round(result["earshot"]["measured_delay_ms"] /
                                                     result["neteq"]["measured_delay_ms"], 3),
                             "geometric_mean": round(statistics.geometric_mean(delay.values()), 3)}
    result["traces_faster"] = sum(ratio < 1 for ratio in delay.values())
    result["traces_concealing_no_more"] = sum(
        t["earshot"]["concealed_pct"] <= t["neteq"]["concealed_pct"] for t in traces.values())
    result["traces"] = len(traces)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replay", required=True)
    parser.add_argument("--neteq", required=True)
    parser.add_argument("--shared", type=pathlib.Path, default=ROOT.parent / "shared")
    parser.add_argument("--traces", nargs="*", default=[])
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    programs = {"earshot": options.replay, "neteq": options.neteq}

    paths = sorted((options.shared / "data/traces").glob("*.txt"))
    paths = [path for path in paths if not options.traces or path.stem in options.traces]
    if not paths:
        sys.exit(f"no traces under {options.shared}: give --shared")
    traces, outputs = {}, {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        speech = folder / "speech.wav"
        run("ffmpeg", "-v", "error", "-i", options.shared / "data/replay-speech.flac", "-ac", "1", "-ar", "48000",
            "-c:a", "pcm_s16le", speech)
        for path in paths:
            traces[path.stem] = {}
            for system, program in programs.items():
                out, figures = measure(system, program, path, speech, options.shared, folder)
                traces[path.stem][system] = outputs[out] = figures
            print(path.stem, *(f"{system}: {f['measured_delay']['mean_ms']:.1f} ms, {f['concealed_pct']:.3f} %"
                               for system, f in traces[path.stem].items()), sep="  ", flush=True)
        add_plcmos(outputs, options.shared)
    result = {"command": "tools/measure-jitter.py --replay REPLAY --neteq NETEQ_REPLAY --json FILE",
              "what": "20 ms Opus packets, 48 kHz mono, 32 kbit/s voip, complexity 9, in-band FEC for 20 % loss",
              "summary": summary(traces), "traces": traces}
    print(json.dumps(result["summary"], indent=2))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
