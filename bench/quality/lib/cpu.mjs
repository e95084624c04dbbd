// Share of a core: what a minute of sound costs beyond what a moment costs, so that starting, compiling and warming up do not
// count; systems take turns and the median of their rounds counts.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../../lib/rounds.mjs';
import { step } from '../../../tools/lib/steps.mjs';
import { place } from './work.mjs';

const rounds = 3;
const lengths = { minute: 60, moment: 4 }; // seconds
const headerBytes = 44; // as the mixtures are written

/** `file`: the sound of WAV files one after the other, repeated to fill `seconds`. */
function writeLoop(file, files, seconds) {
  const wavBytes = seconds * 48000 * 2;
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
    for (const [name, seconds] of Object.entries(lengths)) writeLoop(join(folder, `${name}.wav`), files, seconds);
    const cpuOf = async (system, name) => (await system.run(folder, join(folder, 'out'), [name])).corePercent[0] * lengths[name];
    return await step(`Share of a core, ${rounds} rounds of ${lengths.minute} s`, async () => {
      const shares = Object.fromEntries(systems.map(({ name }) => [name, []]));
      for (let round = 0; round < rounds; round += 1) {
        for (const system of systems) {
          const spent = await cpuOf(system, 'minute') - await cpuOf(system, 'moment');
          shares[system.name].push(spent / (lengths.minute - lengths.moment));
        }
      }
      return Object.fromEntries(Object.entries(shares).map(([name, values]) => [name, Number(median(values).toFixed(2))]));
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
