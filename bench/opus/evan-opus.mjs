// usage: node evan-opus.mjs PCM PEERS   the npm package @evan/opus, its WebAssembly part, as a contestant
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serve } from '../lib/contestant.mjs';
import { readPcm16 } from '../lib/pcm.mjs';
import { bitrate, complexity, frameSize, sampleRate, split, tasks } from './settings.mjs';

const [pcmFile, peers] = process.argv.slice(2);
const { Decoder, Encoder } = createRequire(join(peers, 'package.json'))('@evan/opus/wasm/index.js');
const encoder = new Encoder({ channels: 1, sample_rate: sampleRate, application: 'voip' });
// This build has the controls' numbers only, not the properties of the native one.
encoder.ctl(4002, bitrate); // OPUS_SET_BITRATE_REQUEST
encoder.ctl(4010, complexity); // OPUS_SET_COMPLEXITY_REQUEST
const decoder = new Decoder({ channels: 1, sample_rate: sampleRate });

await serve(tasks(
  split(readPcm16(pcmFile, frameSize)),
  (frame) => encoder.encode(frame),
  (packet) => decoder.decode(packet),
));
