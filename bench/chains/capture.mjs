// usage: node capture.mjs PCM ENGINE MODULE SAMPLE_RATE   the capture chain, one render quantum after another
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { serve } from '../lib/contestant.mjs';
import { readPcm16, toFloat } from '../lib/pcm.mjs';

const quantum = 128;
const [pcmFile, engineFile, moduleFile, sampleRate] = process.argv.slice(2);
const { CaptureChain } = await import(pathToFileURL(engineFile));
const module = new WebAssembly.Module(readFileSync(moduleFile));
const chain = new CaptureChain(module, { sampleRate: Number(sampleRate), numChannels: 1, maxFrames: quantum, blockMultiple: quantum });
const sound = toFloat(readPcm16(pcmFile, quantum));

/** Least time of each render quantum over the passes, ms: what it costs itself, without what else the machine did. */
const times = new Float64Array(sound.length / quantum).fill(Infinity);

await serve({
  run: () => {
    for (let at = 0; at < sound.length; at += quantum) {
      const begin = performance.now();
      chain.input[0].set(sound.subarray(at, at + quantum));
      chain.process(quantum);
      times[at / quantum] = Math.min(times[at / quantum], performance.now() - begin);
    }
    const p999 = times.toSorted()[Math.floor(0.999 * (times.length - 1))];
    return { p999OfBudget: p999 * Number(sampleRate) / (1000 * quantum), audioMs: sound.length * 1000 / Number(sampleRate), latencyMs: chain.latencySamples * 1000 / Number(sampleRate) };
  },
});
