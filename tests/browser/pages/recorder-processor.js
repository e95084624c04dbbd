// Inputs are connected one after the other while the context runs; recording begins when all surely are. Frames, 85 ms at 48 kHz.
const LEAD = 4096;

// Records channel 0 of each input, all on the context's own sample clock, for a fixed number of frames.
registerProcessor(
  'recorder',
  class extends AudioWorkletProcessor {
    constructor({ numberOfInputs, processorOptions: { frames } }) {
      super();
      this.channels = Array.from({ length: numberOfInputs }, () => new Float32Array(frames));
      this.frames = frames;
      this.written = 0;
      this.lead = LEAD;
    }

    process(inputs) {
      if (this.lead > 0) {
        this.lead -= 128;
        return true;
      }
      // Connected inputs keep a processor called after it has returned false.
      if (this.written === this.frames) return false;
      const room = this.frames - this.written;
      inputs.forEach(([samples], index) => {
        if (samples) this.channels[index].set(samples.subarray(0, room), this.written);
      });
      this.written += Math.min(128, room);
      if (this.written < this.frames) return true;
      this.port.postMessage(this.channels, this.channels.map(({ buffer }) => buffer));
      return false;
    }
  },
);
