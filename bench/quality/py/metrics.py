"""What is measured of a processed recording: time alignment and SI-SDR here, STOI and PESQ from where they are."""
import importlib.util, pathlib
import numpy as np
from scipy.signal import correlate, resample_poly
from signals import RATE

METRIC_RATE = 16000   # of STOI's reference programs, wide-band PESQ and DNSMOS


def lag(reference, delayed, limit_s=0.1):
    """By how many samples (48 kHz) `delayed` lies behind `reference`: the peak of the cross-correlation."""
    n, m = min(len(reference), len(delayed)), int(limit_s * RATE)
    c = correlate(delayed[:n], reference[:n], "full", method="fft")
    return int(np.argmax(c[n - 1 - m:n + m])) - m


def aligned(reference, delayed, samples):
    """Both signals at 16 kHz over the time they share when `delayed` is `samples` late (or early, below 0)."""
    reference, delayed = reference[max(0, -samples):], delayed[max(0, samples):]
    n = min(len(reference), len(delayed))
    return tuple(resample_poly(x[:n], METRIC_RATE, RATE) for x in (reference, delayed))


def si_sdr(clean, processed):
    """Scale-invariant signal-to-distortion ratio in dB (Le Roux et al., ICASSP 2019, eq. 4)."""
    clean, processed = clean - clean.mean(), processed - processed.mean()
    target = (clean @ processed) / (clean @ clean) * clean
    error = processed - target
    return 10 * np.log10((target @ target) / max(error @ error, 1e-30 * (target @ target)))


def load_stoi(shared):
    """STOI (Taal et al. 2011) of the data folder's metrics."""
    spec = importlib.util.spec_from_file_location("intrusive", pathlib.Path(shared) / "metrics/intrusive.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.stoi


def load_pesq():
    """Wide-band PESQ (ITU-T P.862.2) when the Python module is there, else None."""
    try: from pesq import pesq
    except ImportError: return None
    return lambda clean, processed: float(pesq(METRIC_RATE, clean, processed, "wb"))
