// Added before the library's worklet: counts the process() calls of every other processor of this context, and reports them.
const counts = {};
const register = globalThis.registerProcessor;
globalThis.registerProcessor = (name, Processor) => {
  counts[name] = 0;
  register(
    name,
    class extends Processor {
      process(...argumentsOfProcess) {
        counts[name] += 1;
        return super.process(...argumentsOfProcess);
      }
    },
  );
};
register(
  'probe',
  class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.port.onmessage = () => this.port.postMessage(counts);
    }

    process() {
      return true;
    }
  },
);
