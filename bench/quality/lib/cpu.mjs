// Share of a core: one minute of sound in one file, so that starting a process weighs little; systems take turns and
// the median of their rounds counts.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../../lib/rounds.mjs';
import { step } from '../../../tools/lib/steps.mjs';
import { place } from './work.mjs';

const rounds = 3;
const seconds = 60;
const headerBytes = 44; // as the mixtures are written
const wavBytes = seconds * 48000 * 2;

/** `file`: the sound of WAV files one after the other, repeated to fill a minute. */
function writeMinute(file, files) {
  const sounds = files.slice(0, 12).map((each) => readFileSync(each));
  const header = Buffer.from(sounds[0].subarray(0, headerBytes));
  header.writeUInt32LE(wavBytes + headerBytes - 8, 4);
  header.writeUInt32LE(wavBytes, headerBytes - 4);
  const data = [];
  for (let i = 0, filled = 0; filled < wavBytes; i += 1) {
    data.push(sounds[i % sounds.length].subarray(headerBytes));
    filled += data.at(-1).length;
  }
  writeFileSync(file, Buffer.concat([header, Buffer.concat(data).subarray(0, wavBytes)]));
}

/**
 * @param {import('./systems.mjs').System[]} systems
 * @param {string[]} files 16-bit WAV at 48 kHz, mono
 * @returns {Promise<Record<string, number>>} % of a core by name
 */
export async function measureCpu(systems, files) {
  const folder = place(`cpu-${process.pid}`);
  mkdirSync(join(folder, 'out'), { recursive: true });
  try {
    writeMinute(join(folder, 'minute.wav'), files);
    return await step(`Share of a core, ${rounds} rounds of ${seconds} s`, async () => {
      const shares = Object.fromEntries(systems.map(({ name }) => [name, []]));
      for (let round = 0; round < rounds; round += 1) {
        for (const system of systems) {
          const { corePercent } = await system.run(folder, join(folder, 'out'), ['minute']);
          shares[system.name].push(corePercent[0]);
        }
      }
      return Object.fromEntries(Object.entries(shares).map(([name, values]) => [name, Number(median(values).toFixed(2))]));
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
