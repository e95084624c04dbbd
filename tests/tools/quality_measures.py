"""Tests of the measures of `npm run quality` against standards and signals whose answer is known. Needs numpy and scipy."""
import pathlib, sys, unittest
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench/quality/py"))
import corpus, gain_score, loudness, metrics, signals

RATE = signals.RATE
# EBU Tech 3341 gives its tones for two channels; one channel alone needs 3.01 dB more for the same loudness.
ONE_CHANNEL_DB = 10 * np.log10(2)


def tone(dbfs, seconds, hz=1000):
    return 10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def ebu(*parts):
    return np.concatenate([tone(dbfs + ONE_CHANNEL_DB, seconds) for dbfs, seconds in parts])


def noise(seconds, seed=1):
    return 0.1 * np.random.default_rng(seed).standard_normal(round(seconds * RATE))


class Loudness(unittest.TestCase):
    """EBU Tech 3341, table 1; tolerance 0.1 LU."""

    def test_case_1_and_2_steady_tones(self):
        for dbfs in (-23, -33):
            x = ebu((dbfs, 20))
            for value in (loudness.momentary(x)[10], loudness.short_term(x)[10], loudness.integrated(x)):
                self.assertAlmostEqual(value, dbfs, delta=0.1)

    def test_case_3_and_4_gates(self):
        self.assertAlmostEqual(loudness.integrated(ebu((-36, 10), (-23, 60), (-36, 10))), -23, delta=0.1)
        self.assertAlmostEqual(loudness.integrated(ebu((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10))), -23, delta=0.1)

    def test_case_9_short_term(self):
        values = loudness.short_term(ebu(*[(-20, 1.34), (-30, 1.66)] * 5))
        self.assertLess(np.max(np.abs(values + 23)), 0.1)

    def test_case_12_momentary(self):
        values = loudness.momentary(ebu(*[(-20, 0.18), (-30, 0.22)] * 25))
        self.assertLess(np.max(np.abs(values + 23)), 0.1)


class TruePeak(unittest.TestCase):
    def test_cases_15_to_18(self):
        """A quarter of the rate, amplitude 0.5, at phases whose samples miss the peak: -6 dBTP, +0.2 / -0.4 dB."""
        for phase in (0, 45, 60, 67.5):
            x = 0.5 * np.sin(np.pi / 2 * np.arange(RATE) + np.deg2rad(phase)) * np.hanning(RATE) ** 0.1
            peak = 20 * np.log10(signals.true_peak(x))
            self.assertTrue(-6.42 < peak < -5.82, f"{peak} dBTP at {phase} degrees")


class Distortion(unittest.TestCase):
    def test_a_scaled_signal_has_none(self):
        x = noise(1)
        self.assertGreater(metrics.si_sdr(x, -0.3 * x), 250)

    def test_independent_noise_at_a_known_ratio(self):
        x, e = noise(4, 1), noise(4, 2)
        e -= x * (e @ x) / (x @ x)
        for db in (-5, 0, 20):
            y = x + e * np.sqrt((x @ x) / (e @ e)) * 10 ** (-db / 20)
            self.assertAlmostEqual(metrics.si_sdr(x, y), db, delta=0.05)
            self.assertAlmostEqual(metrics.si_sdr(x, 7 * y), metrics.si_sdr(x, y), places=6)


class Alignment(unittest.TestCase):
    def test_delays_are_found_and_taken_out(self):
        x = noise(1)
        for delay in (-480, 0, 1, 713):
            y = np.roll(x, delay) + 0.3 * noise(1, 3)
            self.assertEqual(metrics.lag(x, y), delay)
            self.assertGreater(metrics.si_sdr(*metrics.aligned(x, np.roll(x, delay), delay)[:2]), 30)


class SpeechLevel(unittest.TestCase):
    def test_pauses_do_not_count(self):
        """Two seconds on, two off: P.56 counts 0.2 s of hangover and, near it, the envelope's decay."""
        burst = np.concatenate([noise(2), np.zeros(2 * RATE)])
        level, active = signals.active_speech(np.tile(burst, 4))
        self.assertAlmostEqual(level, -20.5, delta=0.3)
        self.assertAlmostEqual(active.mean(), 0.56, delta=0.03)

    def test_long_silence_changes_nothing(self):
        burst = np.tile(np.concatenate([noise(1), np.zeros(RATE)]), 4)
        longer = np.concatenate([burst, np.zeros(60 * RATE)])
        self.assertAlmostEqual(signals.active_speech(longer)[0], signals.active_speech(burst)[0], delta=0.1)


class Gains(unittest.TestCase):
    def speech(self):
        """Syllables: noise bursts of 0.3 s with gaps of 0.1 s."""
        return noise(24) * (np.arange(24 * RATE) % (4 * RATE // 10) < 3 * RATE // 10)

    def test_a_constant_gain_is_steady(self):
        x = self.speech()
        row = gain_score.clean(x, 2 * x, {})
        self.assertLess(row["gain_deviation_db"], 1e-6)
        self.assertLess(row["overshoot_lu"], 1e-6)
        self.assertEqual(row["settle_s"], 0)
        self.assertAlmostEqual(row["loudness_lufs"], np.median(loudness.short_term(x)[50:]) + 6.02, delta=0.01)

    def test_pumping_and_overshoot_are_seen(self):
        x = self.speech()
        t = np.arange(len(x)) / RATE
        pumped = gain_score.clean(x, x * 10 ** (3 * np.sqrt(2) * np.sin(2 * np.pi * t / 2) / 20), {})
        self.assertAlmostEqual(pumped["gain_deviation_db"], 3, delta=0.3)
        beyond = gain_score.clean(x, x * np.where(t < 5, 0.5, np.where(t < 12, 2, 1)), {})
        self.assertAlmostEqual(beyond["overshoot_lu"], 6.02, delta=0.1)
        beneath = gain_score.clean(x, x * np.where(t < 5, 2, np.where(t < 12, 0.5, 1)), {})
        self.assertAlmostEqual(beneath["overshoot_lu"], 6.02, delta=0.1)

    def test_a_late_arrival_is_settling_and_no_overshoot(self):
        x = self.speech()
        late = gain_score.clean(x, x * np.where(np.arange(len(x)) < 12 * RATE, 2, 1), {})
        self.assertLess(late["overshoot_lu"], 0.5)
        self.assertTrue(12 < late["settle_s"] < 15.5, late["settle_s"])

    def test_raised_noise(self):
        x = noise(10) * 0.1
        self.assertAlmostEqual(gain_score.noise(x, np.where(np.arange(len(x)) > 5 * RATE, 2 * x, x), {})["raised_db"], 6.02, delta=0.05)


class Plan(unittest.TestCase):
    def test_every_kind_meets_every_snr_alike(self):
        for which in corpus.SPLIT:
            plan = corpus.plan(which)
            cells = {}
            for mixture in plan: cells[mixture["kind"], mixture["snr_db"]] = cells.get((mixture["kind"], mixture["snr_db"]), 0) + 1
            self.assertEqual(set(cells.values()), {2})
            quick = [mixture for mixture in plan if mixture["quick"]]
            self.assertEqual(len(quick), corpus.QUICK)
            self.assertEqual({mixture["kind"] for mixture in quick}, {mixture["kind"] for mixture in plan})


if __name__ == "__main__": unittest.main()
