// usage: node opusscript.mjs PCM PEERS   the npm package opusscript as a contestant
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serve } from '../lib/contestant.mjs';
import { readPcm16 } from '../lib/pcm.mjs';
import { bitrate, complexity, frameSize, sampleRate, split, tasks } from './settings.mjs';

const setComplexity = 4010; // OPUS_SET_COMPLEXITY_REQUEST
const [pcmFile, peers] = process.argv.slice(2);
const OpusScript = createRequire(join(peers, 'package.json'))('opusscript');
const opus = new OpusScript(sampleRate, 1, OpusScript.Application.VOIP);
opus.setBitrate(bitrate);
opus.encoderCTL(setComplexity, complexity);

const asBuffer = (view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
await serve(tasks(
  split(readPcm16(pcmFile, frameSize)).map(asBuffer),
  (frame) => opus.encode(frame, frameSize),
  (packet) => opus.decode(asBuffer(packet)),
));
