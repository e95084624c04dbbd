import { type Command } from 'commander';
import { addVp8Decode } from './vp8-decode.js';
import { addVp8Encode } from './vp8-encode.js';

export function addVp8(program: Command): void {
  const vp8 = program.command('vp8').description('uncompressed video (Y4M) to VP8 (RFC 6386, IVF) and back');
  addVp8Encode(vp8);
  addVp8Decode(vp8);
}
