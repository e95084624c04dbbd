/** `npx earshot`: the engine on files, on the same WebAssembly that pages load. */
import { Command, CommanderError } from 'commander';
import { addEnhance } from './enhance.js';
import { addG711 } from './g711.js';
import { addH264 } from './h264.js';
import { addInfo } from './info.js';
import { InputError } from './input-error.js';
import { addOpus } from './opus.js';
import { addReplay } from './replay.js';
import { addVp8 } from './vp8.js';

declare const __EARSHOT_VERSION__: string;

const program = new Command('earshot')
  .description('The Earshot media engine on files')
  .version(__EARSHOT_VERSION__)
  .showSuggestionAfterError(false)
  .exitOverride()
  .configureOutput({ writeErr: () => {} }); // what is wrong is printed below, as one line
addEnhance(program);
addOpus(program);
addG711(program);
addVp8(program);
addH264(program);
addReplay(program);
addInfo(program);

/** Wrong input ends with 2, as `grep` and `diff` do; anything else is a fault of ours and ends with 1. */
async function run(): Promise<number> {
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help, --version
    const message = error instanceof Error ? error.message : String(error);
    // The message may quote a file that is not text at all.
    const oneLine = message.replace(/^error: /, '').replace(/[\s\p{Cc}\ufffd]+/gu, ' ').trim();
    console.error(`earshot: ${oneLine === '(outputHelp)' ? 'give a command; earshot --help lists them' : oneLine}`);
    return error instanceof InputError || error instanceof CommanderError ? 2 : 1;
  }
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error; // a reader such as `head` may leave early
});
process.exitCode = await run();
