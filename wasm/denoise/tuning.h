// Every constant that was chosen by listening and measuring rather than derived, for frames of 5.33
// ms (kHopSize). Chosen on the tuning set of tools/measure-denoise.py, judged on its hold-out set:
// docs/denoise.md.
#pragma once

namespace earshot {

// Noise estimate (Gerkmann & Hendriks 2012, §IV; their constants for 16 ms frames taken to 5.33
// ms).
inline constexpr float kNoisePriorSnrDb = 15.0F;      // ξ_H1: fixed SNR of the speech hypothesis
inline constexpr float kNoiseSmoothing = 0.928F;      // 0.8^(1/3)
inline constexpr float kPresenceSmoothing = 0.9655F;  // 0.9^(1/3)
inline constexpr float kPresenceLimit = 0.99F;        // stagnation guard

// A-priori SNR, decision-directed (Ephraim & Malah 1984, equation (51)).
inline constexpr float kDecisionWeight = 0.96F;
inline constexpr float kMinPriorSnrDb = -18.0F;

// Cepstral smoothing.
inline constexpr float kEnvelopeFineSmoothing = 0.3F;
inline constexpr float kEnvelopeSmoothing = 0.85F;
inline constexpr float kFineSmoothing = 0.96F;
inline constexpr float kPitchSmoothing = 0.5F;
inline constexpr float kPitchThreshold = 0.2F;
inline constexpr float kWeightRecovery = 0.9F;
inline constexpr float kCepstralBias = 0.25F;
inline constexpr float kMinInstantSnrDb = -15.0F;
inline constexpr float kTcsMix = 1.0F;

// Speech presence (Cohen 2002, §III).
inline constexpr float kPresenceSnrSmoothing = 0.8F;
inline constexpr float kPresenceLowDb = -10.0F;
inline constexpr float kPresenceHighDb = -5.0F;
inline constexpr float kMinPresencePrior = 0.05F;

}  // namespace earshot
