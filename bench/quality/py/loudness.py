"""Programme loudness by ITU-R BS.1770-4 and EBU Tech 3341, one channel at 48 kHz."""
import numpy as np
from scipy.signal import lfilter

RATE = 48000
STEP = RATE // 10   # windows move on by 100 ms
# BS.1770-4, tables 1 and 2: the shelf of the head, then the RLB high-pass.
SHELF = [1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585]
HIGH_PASS = [1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621]
FLOOR_LUFS = -120.0


def k_weighted(x):
    return lfilter(*HIGH_PASS, lfilter(*SHELF, x))


def lufs(power):
    return np.maximum(-0.691 + 10 * np.log10(np.maximum(power, 1e-30)), FLOOR_LUFS)


def window_powers(x, seconds):
    """K-weighted power of every window of `seconds`; window i ends at (i + 10 · seconds) · 100 ms."""
    steps = np.concatenate([[0], np.cumsum(np.mean(k_weighted(x)[:len(x) // STEP * STEP].reshape(-1, STEP) ** 2, 1))])
    n = round(seconds * 10)
    return (steps[n:] - steps[:-n]) / n if len(steps) > n else np.zeros(0)


def momentary(x): return lufs(window_powers(x, 0.4))


def short_term(x): return lufs(window_powers(x, 3))


def integrated(x):
    """Gated loudness of all of it: windows above -70 LUFS, then those above 10 LU below their mean."""
    powers = window_powers(x, 0.4)
    powers = powers[lufs(powers) > -70]
    if len(powers) == 0: return FLOOR_LUFS
    return float(lufs(np.mean(powers[lufs(powers) > lufs(np.mean(powers)) - 10])))
