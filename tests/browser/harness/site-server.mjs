/** The site as `npm start` serves it: its own server, in a process of its own, on a free port. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../site/server/main.mjs', import.meta.url));

/** @returns {Promise<{ origin: string, close(): void }>} */
export async function startSite() {
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, PORT: '0', HOST: '127.0.0.1' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const origin = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      output += chunk;
      const [address] = /http:\/\/\S+/.exec(output) ?? [];
      if (address) resolve(address);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the site's server ended: ${output.trim()}`)));
  });
  return { origin, close: () => child.kill() };
}
