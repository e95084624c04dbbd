// Reports when a sound begins after silence: times of the context, s.
const LOUD = 0.05;
const QUIET_FRAMES = 9600;

registerProcessor(
  'onset',
  class extends AudioWorkletProcessor {
    quiet = 0;

    process([[samples]]) {
      samples?.forEach((sample, i) => {
        if (Math.abs(sample) < LOUD) return this.quiet++;
        if (this.quiet > QUIET_FRAMES) this.port.postMessage(currentTime + i / sampleRate);
        this.quiet = 0;
      });
      return true;
    }
  },
);
