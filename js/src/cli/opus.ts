import { type Command } from 'commander';
import { addOpusDecode } from './opus-decode.js';
import { addOpusEncode } from './opus-encode.js';

export function addOpus(program: Command): void {
  const opus = program.command('opus').description('WAV to Ogg Opus (RFC 7845) and back');
  addOpusEncode(opus);
  addOpusDecode(opus);
}
