import { CaptureStat } from '../wasm/abi.js';

/** What the capture chain sees and does. Levels in dBFS (RMS unless they say peak, of the latest 10 ms or more), gains in dB. */
export interface CaptureStats {
  readonly inputPeak: number;
  readonly inputLevel: number;
  readonly outputPeak: number;
  readonly outputLevel: number;
  /** 0 … 1. */
  readonly speechProbability: number;
  /** Active speech before gain control. */
  readonly speechLevel: number;
  /** Background at the microphone. */
  readonly noiseLevel: number;
  /** ≥ 0, by the noise suppressor. */
  readonly noiseAttenuation: number;
  /** By gain control. */
  readonly gain: number;
  /** ≥ 0, largest within the latest block. */
  readonly limiterReduction: number;
  /** Short-term loudness (EBU R128, 3 s) of the input, LUFS. */
  readonly inputLoudness: number;
  /** Likewise of the output, LUFS. */
  readonly loudness: number;
  /** True peak of the output (ITU-R BS.1770), held for display, dBTP. */
  readonly truePeak: number;
  /** The decision that the events speechstart and speechend follow. */
  readonly speaking: boolean;
  /** Samples per channel at 48 kHz since the chain started. */
  readonly framesProcessed: number;
  /** By how much the chain delays the sound, in seconds like AudioContext.baseLatency. */
  readonly latency: number;
}

/** Names the chain's values; without values (not loaded, closed) levels are silence and the rest is zero. */
export function captureStats(values: Float64Array, latency: number): CaptureStats {
  const level = (index: number) => values[index] ?? -120;
  const number = (index: number) => values[index] ?? 0;
  return {
    inputPeak: level(CaptureStat.InputPeakDbfs),
    inputLevel: level(CaptureStat.InputRmsDbfs),
    outputPeak: level(CaptureStat.OutputPeakDbfs),
    outputLevel: level(CaptureStat.OutputRmsDbfs),
    speechProbability: number(CaptureStat.SpeechProbability),
    speechLevel: level(CaptureStat.SpeechLevelDbfs),
    noiseLevel: level(CaptureStat.NoiseLevelDbfs),
    noiseAttenuation: number(CaptureStat.NoiseAttenuationDb),
    gain: number(CaptureStat.GainDb),
    limiterReduction: number(CaptureStat.LimiterReductionDb),
    inputLoudness: level(CaptureStat.InputLoudnessLufs),
    loudness: level(CaptureStat.LoudnessLufs),
    truePeak: level(CaptureStat.TruePeakDbtp),
    speaking: number(CaptureStat.VoiceActive) !== 0,
    framesProcessed: number(CaptureStat.FramesProcessed),
    latency,
  };
}
