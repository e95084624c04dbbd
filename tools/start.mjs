// npm start: from a fresh clone to the page at http://localhost:8080.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildPages } from './build.mjs';
import { runMain } from './lib/errors.mjs';
import { root } from './lib/paths.mjs';
import { setUp } from './setup.mjs';

await runMain(async () => {
  await setUp('build');
  await buildPages({ tests: false });
  const server = spawn(process.execPath, [join(root, 'site/server/main.mjs')], { stdio: 'inherit' });
  // Ctrl-C reaches the server through the terminal; a signal sent to this process alone has to be passed on.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
  return new Promise((resolve) => server.on('close', (code) => resolve(code ?? 0)));
});
