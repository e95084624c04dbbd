import { Argument, type Command } from 'commander';
import { readFileSync } from 'node:fs';
import { G711, type G711Exports } from '../wasm/g711.js';
import { instantiate } from '../wasm/loader.js';
import { fileError, InputError } from './input-error.js';
import { loadModule } from './modules.js';
import { writeFile } from './output-file.js';
import { readWav } from './wav-reader.js';
import { wavHeader } from './wav-writer.js';

type Law = 'alaw' | 'ulaw';

/** G.711 is telephony: one channel at this rate. */
const RATE = 8000;
/** Samples converted at a time: half of what the module's memory holds with room to spare. */
const BLOCK_SAMPLES = 65536;

export function addG711(program: Command): void {
  const law = () => new Argument('<law>', 'A-law or µ-law').choices(['alaw', 'ulaw']);
  const g711 = program.command('g711').description('ITU-T G.711, 64 kbit/s telephony');
  g711
    .command('encode')
    .description('16-bit sound to one byte a sample')
    .addArgument(law())
    .argument('<IN>', 'a WAV file, 8 kHz mono 16 bit; under a name that does not end in .wav also bare little-endian samples')
    .argument('<OUT>', 'bare codes, such as OUT.al or OUT.ul')
    .action((kind: Law, input: string, output: string) => {
      if (isWavName(output)) throw new InputError(`${output}: g711 encode writes bare codes; give a name such as .al or .ul`);
      const pcm = readSamples(input);
      const codec = makeCodec(kind);
      writeFile(output, (file) => {
        for (let at = 0; at < pcm.length; at += BLOCK_SAMPLES) file.write(codec.encode(pcm.subarray(at, at + BLOCK_SAMPLES)));
      });
    });
  g711
    .command('decode')
    .description('one byte a sample to 16-bit sound')
    .addArgument(law())
    .argument('<IN>', 'bare codes')
    .argument('<OUT>', 'a WAV file, 8 kHz mono 16 bit; under a name that does not end in .wav bare little-endian samples')
    .action((kind: Law, input: string, output: string) => {
      const codes = readBytes(input);
      if (isWav(codes)) throw new InputError(`${input} is a WAV file; g711 decode takes bare codes`);
      const codec = makeCodec(kind);
      writeFile(output, (file) => {
        if (isWavName(output)) file.write(wavHeader({ sampleRate: RATE, numChannels: 1, encoding: 'pcm16' }, codes.length, output));
        for (let at = 0; at < codes.length; at += BLOCK_SAMPLES) {
          const pcm = codec.decode(codes.subarray(at, at + BLOCK_SAMPLES));
          file.write(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength));
        }
      });
    });
}

const isWavName = (path: string) => /\.wav$/i.test(path);
const isWav = (bytes: Uint8Array) => bytes.length >= 4 && String.fromCharCode(...bytes.subarray(0, 4)) === 'RIFF';

function makeCodec(law: Law): G711 {
  return new G711(instantiate<G711Exports>(loadModule('audio')), law, BLOCK_SAMPLES);
}

function readBytes(path: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw fileError('read', path, error);
  }
  if (bytes.length === 0) throw new InputError(`${path} is empty`);
  return bytes;
}

function readSamples(path: string): Int16Array {
  if (isWavName(path) || isWav(readBytes(path))) {
    return readWav(path, (wav) => {
      const { sampleRate, numChannels, encoding } = wav;
      if (sampleRate !== RATE || numChannels !== 1 || encoding !== 'pcm16') {
        throw new InputError(`${path} is ${encoding}, ${sampleRate} Hz, channels: ${numChannels}; G.711 takes 8000 Hz mono 16 bit: convert it first`);
      }
      return samplesOf(wav.readBytes());
    });
  }
  const bytes = readBytes(path);
  if (bytes.length % 2 !== 0) throw new InputError(`${path} has an odd number of bytes; bare samples have 16 bits`);
  return samplesOf(bytes);
}

/** Little-endian samples, copied so that they are aligned. */
function samplesOf(bytes: Uint8Array): Int16Array {
  return new Int16Array(bytes.slice().buffer);
}
