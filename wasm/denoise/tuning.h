// Every constant that was chosen by measuring and listening rather than derived, for frames of 5.33
// ms (kHopSize). Chosen on the tuning set of tools/measure-denoise.py, judged on its hold-out set:
// docs/denoise.md.
#pragma once

namespace earshot {

// The named strengths off, low, moderate, high, max: most attenuation while speech is present, dB.
inline constexpr float kFloorDb[] = {0.0F, -6.0F, -12.0F, -18.0F, -26.0F};
// Change of strength: off to max in 46 ms.
inline constexpr float kGlideDbPerFrame = 3.0F;

// Noise PSD (Gerkmann & Hendriks 2012, §IV). The smoothing constants of the paper, 0.8 and 0.9, are
// for 16 ms frames: 0.9^(1/3) is taken over; the noise itself is smoothed more slowly, which keeps
// long vowels out of it.
inline constexpr float kNoisePriorSnrDb = 15.0F;  // SNR of the speech hypothesis
inline constexpr float kNoiseSmoothing = 0.96F;
inline constexpr float kPresenceSmoothing = 0.9655F;
inline constexpr float kPresenceLimit = 0.99F;  // guard against stagnation

// A-priori SNR above 12 kHz: decision-directed (Ephraim & Malah 1984, equation (51)).
inline constexpr float kDecisionWeight = 0.96F;
inline constexpr float kMinPriorSnr = 0.0158F;  // −18 dB, at all frequencies

// A-priori SNR up to 12 kHz: cepstro-temporal smoothing (Breithaupt, Gerkmann & Martin 2008),
// constants per frame.
inline constexpr float kEnvelopeCoarseSmoothing =
    0.3F;                                               // quefrencies below 0.17 ms: level and tilt
inline constexpr float kEnvelopeFineSmoothing = 0.85F;  // below 1.25 ms: formants
inline constexpr float kFineSmoothing = 0.96F;          // the rest, save the pitch
inline constexpr float kPitchSmoothing = 0.5F;
inline constexpr float kPitchThreshold = 0.2F;  // cepstral peak, in units of log2 power
inline constexpr float kPitchRelease = 0.9F;    // return to strong smoothing afterwards
inline constexpr float kMinInstantSnrDb = -15.0F;
// The mean of a logarithm lies below the logarithm of the mean.
inline constexpr float kCepstralBiasLog2 = 0.25F;

// Gain (Cohen 2002, equation (12)): probability of speech in a bin before looking at it.
inline constexpr float kPresencePrior = 0.9F;       // with the gate open
inline constexpr float kPausePresencePrior = 0.3F;  // and closed
// Bins 0 and 1 (below 70 Hz) hold rumble and at most the skirts of the lowest voices: turned down
// by this share of the floor.
inline constexpr float kLowCut[] = {1.0F, 0.3F};

// Pauses: this share of the floor on top while the detector finds no speech; time constant 175 ms.
inline constexpr float kGateDepth = 1.2F;
inline constexpr float kGateRelease = 0.97F;

// Speech detector: per time constant the weights of low, middle and high band SNR, likelihood,
// pitch and spread, then the bias. A logistic regression, fitted; its evidence is then shifted and
// steepened into the reported probability.
inline constexpr float kDetectorSmoothing[] = {0.0F, 0.8F, 0.95F, 0.99F};
inline constexpr float kDetectorWeights[][6] = {
    {0.5964F, 0.3308F, 0.2257F, -0.1271F, 0.4286F, 0.1071F},
    {-0.2209F, -0.02521F, 0.01628F, -0.2627F, -0.1621F, 0.03231F},
    {0.1635F, 0.008463F, -0.136F, -0.1627F, 2.553F, -0.04425F},
    {1.148F, 0.6048F, -0.4079F, -1.187F, 15.8F, 0.2422F},
};
inline constexpr float kDetectorBias = -2.8071F;
inline constexpr float kDetectorThreshold = -0.3F;
inline constexpr float kDetectorSlope = 2.0F;

}  // namespace earshot
