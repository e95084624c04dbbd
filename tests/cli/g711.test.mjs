import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { earshot, missing, run, scratchFolder } from './support/earshot.mjs';
import { readWav, writeWav } from './support/sound.mjs';

const folder = scratchFolder();
const file = (name) => join(folder, name);
const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
const g711 = (...args) => assert.deepEqual(earshot(folder, 'g711', ...args), { status: 0, stdout: '', stderr: '' });

/** All 16-bit samples in order, as the sweep of ITU-T G.191; what its coder and decoder make of them, as SHA-256. */
const sweep = Int16Array.from({ length: 65536 }, (_, i) => i - 32768);
const vectors = {
  alaw: { codes: '38488f6fd710f4686360edc4d38639f96c491595ef93f8eb8d62d5e07ca6ce7b', pcm: 'faf8570479a0e7d0e1da55d48c42e76961d0e5c285c35d42e9f6dafbafae8a35' },
  ulaw: { codes: '90c29de505fb68e766118303bd552a16005dcf810873698bee1d8f3b247ce28c', pcm: 'cf9f90195534a105f211b1fb5c511ab45ee76827ac0987d6cc804afb897ef0f6' },
};
writeFileSync(file('sweep.raw'), new Uint8Array(sweep.buffer));
writeWav(file('sweep.wav'), [Array.from(sweep, (x) => x / 32768)], 8000);

for (const law of ['alaw', 'ulaw']) {
  test(`${law}: bare samples and WAV give the codes of the ITU vectors, and back`, () => {
    for (const input of ['sweep.raw', 'sweep.wav']) {
      g711('encode', law, input, 'codes');
      assert.equal(sha256(file('codes')), vectors[law].codes);
    }
    g711('decode', law, 'codes', 'back.raw');
    assert.equal(sha256(file('back.raw')), vectors[law].pcm);
    g711('decode', law, 'codes', 'back.wav');
    const wav = readWav(file('back.wav'));
    assert.deepEqual([wav.sampleRate, wav.format, wav.channels.length], [8000, 'pcm16', 1]);
    assert.deepEqual(readFileSync(file('back.wav')).subarray(44), readFileSync(file('back.raw')));
  });

  test(`${law}: ffmpeg decodes our codes to the same samples`, { skip: missing('ffmpeg') }, () => {
    const name = law === 'alaw' ? 'alaw' : 'mulaw';
    g711('encode', law, 'sweep.wav', 'codes');
    run(folder, 'ffmpeg', '-loglevel', 'error', '-y', '-f', name, '-ar', '8000', '-ac', '1', '-i', 'codes', '-f', 's16le', 'ffmpeg.raw');
    g711('decode', law, 'codes', 'back.raw');
    assert.deepEqual(readFileSync(file('back.raw')), readFileSync(file('ffmpeg.raw')));
  });
}
