"""Sounds at 48 kHz as float64 arrays: files, levels, and the noises that are made rather than recorded."""
import subprocess
import numpy as np
from scipy.io import wavfile
from scipy.ndimage import maximum_filter1d
from scipy.signal import butter, lfilter, resample_poly, sosfilt

RATE = 48000


def load(path):
    """Any audio file as mono at 48 kHz."""
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"],
                         stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(raw, np.float32).astype(np.float64)


def read_wav(path):
    """A 48 kHz mono WAV file, 16-bit or float."""
    rate, samples = wavfile.read(path)
    if rate != RATE or samples.ndim != 1: raise ValueError(f"{path}: not 48 kHz mono")
    return samples / 32768.0 if samples.dtype == np.int16 else samples.astype(np.float64)


def write_wav(path, samples):
    """16 bits: what every system takes. Samples beyond full scale are clipped, as a converter clips them."""
    wavfile.write(path, RATE, np.clip(np.round(samples * 32768), -32768, 32767).astype(np.int16))


def decibels(ratio_of_powers):
    return 10 * np.log10(np.maximum(ratio_of_powers, 1e-20))


def frame_powers(x, frame):
    return np.mean(x[:len(x) // frame * frame].reshape(-1, frame) ** 2, 1)


def active_speech(x):
    """ITU-T P.56 method B: the active speech level in dB re full scale (power), and which samples are active.

    The envelope is two exponential averages of 30 ms; a sample is active for a threshold when the envelope passed it
    within the last 200 ms; the level is that whose own threshold lies 15.9 dB below it.
    """
    g = np.exp(-1 / (0.03 * RATE))
    envelope = lfilter([1 - g], [1, -g], lfilter([1 - g], [1, -g], np.abs(x)))
    hangover = int(0.2 * RATE)
    recent = maximum_filter1d(np.concatenate([np.zeros(hangover), envelope]), hangover, origin=(hangover - 1) // 2)[hangover:]
    energy, ordered = np.sum(x ** 2), np.sort(recent)
    level, active = -200.0, np.zeros(len(x), bool)
    # From below: far above the speech, the few samples left share all the energy and the margin means nothing.
    for threshold in 2.0 ** np.arange(-20, 0, 0.25):
        count = len(x) - np.searchsorted(ordered, threshold)
        if count == 0: break
        level, active = decibels(energy / count), recent >= threshold
        if level - 20 * np.log10(threshold) <= 15.9: break
    return level, active


def loop(parts, total, rng):
    """Recordings one after the other, cross-faded over 50 ms, from a random place of the first and again until full."""
    fade = int(0.05 * RATE)
    parts = list(parts)
    if len(parts) == 1 and len(parts[0]) >= total:
        start = rng.integers(0, len(parts[0]) - total + 1)
        return parts[0][start:start + total]
    ramp = np.linspace(0, 1, fade)
    out = parts[0].copy()
    i = 1
    while len(out) < total:
        following = parts[i % len(parts)].copy()
        following[:fade] = following[:fade] * ramp + out[-fade:] * (1 - ramp)
        out = np.concatenate([out[:-fade], following])
        i += 1
    return out[:total]


def hum(rng, total, hum_hz, even_only, slope_db_per_octave):
    """Mains hum: harmonics up to 4 kHz that wander together by ±0.03 Hz of the fundamental, as a grid does, and hiss 30 dB below."""
    wander = np.cumsum(rng.standard_normal(total // RATE + 2))
    frequency = hum_hz + 0.03 * np.interp(np.arange(total) / RATE, np.arange(len(wander)), np.clip(wander / 3, -1, 1))
    phase = 2 * np.pi * np.cumsum(frequency) / RATE
    first = 2 if even_only else 1
    out = np.zeros(total)
    for k in range(first, int(4000 / hum_hz), 2 if even_only else 1):
        gain = 10 ** (slope_db_per_octave * np.log2(k / first) / 20) * 10 ** (rng.uniform(-6, 3) / 20)
        out += gain * np.sin(k * phase + rng.uniform(0, 2 * np.pi))
    return out / np.std(out) + 10 ** (-30 / 20) * rng.standard_normal(total)


def wind(rng, total, wind_corner_hz, gust_db):
    """Wind on a microphone: noise falling by 12 dB an octave above the corner, in gusts of a log-normal level."""
    body = sosfilt(butter(1, wind_corner_hz, fs=RATE, output="sos"), rng.standard_normal(total))
    body = sosfilt(butter(1, wind_corner_hz, fs=RATE, output="sos"), body)
    body = sosfilt(butter(1, 15, "highpass", fs=RATE, output="sos"), body)
    steps = RATE // 100
    gusts = sosfilt(butter(2, 1.5, fs=100, output="sos"), rng.standard_normal(total // steps + 200))[100:]
    level = np.interp(np.arange(total) / steps, np.arange(len(gusts)), gusts / np.std(gusts))
    return body * 10 ** (gust_db * level / 20)


def true_peak(x):
    """BS.1770-4 annex 2: the largest magnitude at four times the rate."""
    return float(np.max(np.abs(resample_poly(x, 4, 1, window=("kaiser", 8.0)))))
