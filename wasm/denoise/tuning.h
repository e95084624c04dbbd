// Every constant that was chosen by measuring and listening rather than derived, for frames of 5.33
// ms (kHopSize). Chosen on the tuning set of npm run quality, judged on its hold-out set:
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
inline constexpr float kPitchThreshold = 0.25F;  // cepstral peak, in units of log2 power
inline constexpr float kPitchRelease = 0.9F;     // return to strong smoothing afterwards
// Cepstral excitation manipulation (Elshamy et al. 2017): the pitch peak is amplified by this.
inline constexpr float kPitchAmplification = 2.2F;
inline constexpr float kMinInstantSnrDb = -15.0F;
// The mean of a logarithm lies below the logarithm of the mean.
inline constexpr float kCepstralBiasLog2 = 0.25F;

// Gain (Cohen 2002, equation (12)): probability of speech in a bin before looking at it.
inline constexpr float kPresencePrior = 0.9F;       // with the gate open
inline constexpr float kPausePresencePrior = 0.3F;  // and closed
// The gain of the estimator is raised to this power, as in the parametric Wiener filter (Lim &
// Oppenheim, Proc. IEEE 67(12), 1979).
inline constexpr float kGainExponent = 1.2F;
// The floor in dB is this many times as deep above most of the speech; a ramp between the two
// frequencies.
inline constexpr float kHighFloorShare = 1.4F;
inline constexpr float kFloorRampStartHz = 4000.0F;
inline constexpr float kFloorRampEndHz = 6000.0F;
// Bins 0 and 1 (below 70 Hz) hold rumble and at most the skirts of the lowest voices: turned down
// by this share of the floor.
inline constexpr float kLowCut[] = {1.0F, 0.3F};

// Pauses: this share of the floor on top while the detector finds no speech; time constant 175 ms.
inline constexpr float kGateDepth = 0.8F;
// The gate takes the odds for speech this many times higher than the detector: a lost syllable is
// worse than noise in a pause.
inline constexpr float kGateOdds = 2.2F;
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
inline constexpr float kDetectorThreshold = -0.2F;
inline constexpr float kDetectorSlope = 2.0F;

// Transient detector: per frame, newest first, the weights of its features (transient_detector.h);
// then of the means, over 50 and 250 ms, of the rise of voice and clicks and of the tilt; then of
// onset and sharp onset four, six and eight frames ago; and the bias. A logistic regression,
// fitted; its evidence is then shifted and steepened.
inline constexpr float kTransientWeights[][12] = {
    {-0.3886F, 0.2339F, -0.0347F, 0.2247F, 0.03785F, -0.03235F, 1.101F, -0.06301F, -0.3795F,
     0.04207F, -0.01025F, -0.01045F},
    {-0.1288F, 0.1787F, -0.2036F, 0.1267F, 0.03407F, 0.03092F, 0.5906F, -0.1232F, -0.1823F,
     0.01172F, 0.008776F, -0.005247F},
    {-0.1451F, 0.1755F, -0.2317F, 0.06923F, -0.003841F, 0.07601F, 0.386F, -0.05449F, -0.1221F,
     0.003617F, 0.01175F, -0.003401F},
    {-0.08746F, 0.07652F, -0.189F, -0.02496F, -0.03304F, 0.07162F, 0.3765F, -0.2024F, -0.1205F,
     0.00839F, 0.01804F, -0.008625F},
};
inline constexpr float kTransientContextSmoothing[] = {0.9F, 0.98F};
inline constexpr float kTransientContextWeights[][3] = {
    {0.0358F, -0.2828F, -0.114F},
    {-0.4535F, 0.8913F, 0.09274F},
};
inline constexpr float kTransientOldWeights[][2] = {
    {-0.2141F, 0.3947F},
    {-0.1478F, 0.299F},
    {-0.1635F, 0.2974F},
};
inline constexpr float kTransientBias = -2.021F;
inline constexpr float kTransientThreshold = 1.0F;
inline constexpr float kTransientSlope = 2.0F;
inline constexpr float kTransientSlowSmoothing = 0.98F;  // 260 ms

// Restoration of frames ruled by a transient: they may not rise above this power ratio times the
// speech before, which is followed within some 10 ms and fades by 12 dB in 100 ms; the floor is
// deeper by this factor.
inline constexpr float kRestoreHeadroomLog2 = 1.0F;
inline constexpr float kRestoreFollow = 0.7F;
inline constexpr float kRestoreFadeLog2 = 0.2F;
inline constexpr float kRestoreDepth = 2.0F;

// Steady tones: a peak of the long-term minimum this much above the median around it (17 dB) is
// one.
inline constexpr float kToneProminence = 50.0F;
// In this many of the nine spectra it has to lie within 6 dB of its minimum.
inline constexpr float kToneSpread = 4.0F;
inline constexpr int kSteadySpectra = 5;
// And above all lines up to 15 Hz away by 13 dB.
inline constexpr float kToneSideRatio = 20.0F;
// LMS step of the notch: 1e-4 is a notch of 0.8 Hz, or 0.4 s; while a tone is young 0.1 s.
inline constexpr float kToneStep = 1e-4F;
inline constexpr float kToneStartStep = 4e-4F;
inline constexpr int kToneStartHops = 90;
// Share of the frequency error taken back every 85 ms, and how far from where it was found.
inline constexpr float kToneFollow = 0.2F;
inline constexpr float kToneReachHz = 0.75F;
inline constexpr float kToneFade = 0.97F;  // per frame, of a tone that ended: 175 ms
// Tones are taken out by this many times the floor in dB.
inline constexpr float kToneDepth = 2.0F;

// Wind: certain with the centroid of the pauses at or below the first frequency, none above the
// second. Its level is followed within 11 ms, its shape is learned within 0.5 s of pauses.
inline constexpr float kGustCentroidHz = 100.0F;  // no voice has one as low
inline constexpr float kWindCentroidHz = 150.0F;
inline constexpr float kNoWindCentroidHz = 300.0F;
// A mean likeness of wind below this means none, as far below 1 certainty.
inline constexpr float kWindDoubt = 0.2F;
inline constexpr float kWindFollow = 0.4F;
inline constexpr float kMostGustLog2 = 4.0F;  // 12 dB above the mean of the pauses
inline constexpr float kWindLearn = 0.01F;
// A bin counts as filled by wind with this many times its expected power.
inline constexpr float kWindFilled = 2.0F;
// Low cut while there is wind: share of the floor for the lowest bins, as kLowCut.
inline constexpr float kWindCut[] = {2.0F, 2.0F, 1.0F, 0.3F};

}  // namespace earshot
