import { type Command } from 'commander';
import { addH264Decode } from './h264-decode.js';
import { addH264Encode } from './h264-encode.js';

export function addH264(program: Command): void {
  const h264 = program.command('h264').description('uncompressed video (Y4M) to H.264 (Annex B byte stream) and back');
  addH264Encode(h264);
  addH264Decode(h264);
}
