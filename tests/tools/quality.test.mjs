import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { average, groupMeans } from '../../bench/quality/lib/means.mjs';
import { byGroup, suppressionTargets, totals } from '../../bench/quality/lib/tables.mjs';
import { place, remembered } from '../../bench/quality/lib/work.mjs';
import { summarize } from '../../bench/quality/levelling.mjs';
import { scratchFolder } from './support.mjs';

const root = join(import.meta.dirname, '../..');
const split = JSON.parse(readFileSync(join(root, 'bench/quality/split.json'), 'utf8'));

const noiseFiles = (side) => Object.values(side.noise).flat(2).filter((entry) => typeof entry === 'string');
const speechFiles = (side) => [...side.speakers.flat(), ...side.babble_voices];

test('quality: no recording is in both sets', () => {
  for (const files of [noiseFiles, speechFiles]) {
    const tune = files(split.tune);
    assert.equal(new Set(tune).size, tune.length, 'a file is listed twice');
    assert.deepEqual(files(split.score).filter((file) => tune.includes(file)), []);
  }
});

test('quality: no talker is in both sets, nor two cuts of one noise recording', () => {
  // LibriSpeech begins a name with the reader, the prompts with language and voice, ESC-10 has fold, recording and cut.
  const talker = (file) => file.split('/')[1].split(/[-_*]/).slice(0, file.startsWith('asterisk') ? 4 : 1).join('_');
  const recording = (file) => file.replace(/-[A-Z]\.opus$/, '');
  for (const [files, identity] of [[speechFiles, talker], [noiseFiles, recording]]) {
    const tune = new Set(files(split.tune).map(identity));
    assert.deepEqual(files(split.score).map(identity).filter((each) => tune.has(each)), []);
  }
});

test('quality: both sets have the same kinds of noise, four recordings each', () => {
  assert.deepEqual(Object.keys(split.tune.noise), Object.keys(split.score.noise));
  for (const side of Object.values(split)) {
    for (const entries of Object.values(side.noise)) assert.equal(entries.length, 4);
  }
});

test('quality: means of all files and of groups', () => {
  const files = { a: { stoi: 0.5, pesq: 1 }, b: { stoi: 0.7, pesq: 2 }, c: { stoi: 0.9, pesq: 4 } };
  const list = [{ name: 'a', kind: 'hum' }, { name: 'b', kind: 'wind' }, { name: 'c', kind: 'hum' }];
  assert.deepEqual(average(Object.values(files)), { stoi: 0.7, pesq: 2.333 });
  assert.deepEqual(groupMeans(list, files, 'kind'), { hum: { stoi: 0.7, pesq: 2.5 }, wind: { stoi: 0.7, pesq: 2 } });
});

const systems = (ours) => ({ systems: {
  noisy: { all: { si_sdr_db: 2, stoi: 0.8, sig: 2.5 }, kinds: { hum: { stoi: 0.8 } } },
  'WebRTC NS high': { all: { si_sdr_db: 1, stoi: 0.77, sig: 2.9 }, kinds: { hum: { stoi: 0.75 } }, delay_ms: 16.3, core_percent: 0.24 },
  'Earshot high': { all: ours, kinds: { hum: { stoi: 0.81 } }, delay_ms: 14.8, core_percent: 0.3 },
} });

test('quality: targets hold at their edge, fail below it, and need their figures', () => {
  const reached = (ours) => suppressionTargets(systems(ours)).map((target) => target.reached);
  assert.deepEqual(reached({ si_sdr_db: 5, stoi: 0.795, sig: 2.9 }), [true, true, true]);
  assert.deepEqual(reached({ si_sdr_db: 4.99, stoi: 0.794, sig: 2.89 }), [false, false, false]);
  assert.equal(suppressionTargets(systems({ si_sdr_db: 5, stoi: 0.8, sig: 3, pesq: 1.43, ovrl: 2.3 })).length, 5);
});

test('quality: tables show absent columns as absent and losses as negative', () => {
  const result = systems({ si_sdr_db: 5, stoi: 0.81, sig: 3 });
  assert.match(totals(result).split('\n')[0], /^\|  \| SI-SDR dB \| STOI \| SIG \| core % \| delay ms \|$/);
  assert.match(byGroup(result, 'kinds', 'stoi', 3), /\| hum \| 0\.800 \| −0\.050 \| \+0\.010 \|/);
});

test('quality: loudness is judged against a known target, or else against the system\'s own median', () => {
  const clean = (input_dbfs, loudness_lufs) => ({ kind: 'clean', input_dbfs, loudness_lufs, lowest_lufs: loudness_lufs - 1,
    highest_lufs: loudness_lufs + 1, settle_s: 3, overshoot_lu: 1, gain_deviation_db: 0.5, true_peak_dbtp: -2 });
  const other = [
    { kind: 'noise', name: 'noise-hum', raised_db: 2, true_peak_dbtp: -30 },
    { kind: 'silence', name: 'silence-digital', peak_dbfs: -200, true_peak_dbtp: -200 },
    { kind: 'shout', true_peak_dbtp: -1.2 },
    { kind: 'talk', input_dbfs: -20, level_dbfs: -20, pause_drift_db: 1, pause_noise_dbfs: -45, true_peak_dbtp: -3 },
  ];
  // What is too quiet to count must not move anything but its own line.
  const rows = [clean(-50, -60), clean(-40, -26), clean(-30, -24), clean(-20, -24), ...other];
  const known = summarize(rows, -23);
  assert.deepEqual(known.loudness_error_lu, { mean: 1.67, largest: 3 });
  assert.equal(known.farthest_after_8s_lu, 4);
  assert.equal(known.loudness_by_input_lufs['-50 dBFS'], -60);
  assert.equal(known.true_peak_dbtp, -1.2);
  const own = summarize(rows, undefined);
  assert.equal(own.target_lufs, -24);
  assert.deepEqual(own.loudness_error_lu, { mean: 0.67, largest: 2 });
});

test('quality: an answer is kept, a failure is not', async () => {
  const key = `test-${process.pid}-${Date.now()}`;
  after(() => rmSync(place('cache', `${key}.json`)));
  await assert.rejects(remembered(key, async () => { throw new Error('no'); }), /no/);
  assert.equal(await remembered(key, async () => 1), 1);
  assert.equal(await remembered(key, async () => 2), 1);
});

test('quality: without the data folder it says so and succeeds', () => {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'bench/quality/run.mjs')],
    { encoding: 'utf8', env: { ...process.env, EARSHOT_DATA: join(scratchFolder(), 'nothing') } });
  assert.equal(status, 0);
  assert.match(stdout, /Nothing measured: there is no data folder/);
});

const python = ['python3', '/usr/bin/python3'].find((each) => spawnSync(each, ['-c', 'import numpy, scipy']).status === 0);
test('quality: measures against EBU Tech 3341, ITU-T P.56 and known signals',
  { skip: python ? false : 'python3 with numpy and scipy is not installed' }, () => {
    const { status, stderr } = spawnSync(python, ['-B', join(import.meta.dirname, 'quality_measures.py')], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
