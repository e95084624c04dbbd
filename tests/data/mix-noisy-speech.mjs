// usage: node mix-noisy-speech.mjs OUT.wav   writes the noisy mix of noisy-speech.mjs
import { writeWav } from '../browser/analysis/wav.mjs';
import { noisySpeech, SAMPLE_RATE_HZ } from './noisy-speech.mjs';

writeWav(process.argv[2], noisySpeech().noisy, SAMPLE_RATE_HZ);
