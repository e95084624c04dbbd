// Shared by the tests of the tools: a folder of their own, a fake mirror, and the tools' console output.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** An empty folder that lives as long as the test file's process. */
export function scratchFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-tools-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const sha256 = (content) => createHash('sha256').update(content).digest('hex');

/**
 * A mirror on this machine.
 * @param {(path: string, request: number) => {status?: number, body?: Buffer | string, cut?: boolean}} answer
 *   by path and the number of the request for it, from 1; cut: break the connection in the middle of the body
 */
export async function fakeMirror(answer) {
  const requests = new Map();
  const server = createServer((request, response) => {
    const count = (requests.get(request.url) ?? 0) + 1;
    requests.set(request.url, count);
    const { status = 200, body = '', cut = false } = answer(request.url, count);
    if (cut) {
      response.writeHead(status, { 'Content-Length': String(body.length * 2) });
      response.write(body, () => response.destroy());
      return;
    }
    response.writeHead(status);
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}/debian`, requests };
}

/** Runs `work` with console.log collected and environment variables set. */
export async function observed(environment, work) {
  const lines = [];
  const log = console.log;
  const before = Object.fromEntries(Object.keys(environment).map((name) => [name, process.env[name]]));
  const set = (values) => Object.entries(values).forEach(([name, value]) => (value === undefined ? delete process.env[name] : (process.env[name] = value)));
  console.log = (...parts) => lines.push(parts.join(' '));
  set(environment);
  try {
    return { value: await work(), lines };
  } catch (error) {
    return { error, lines };
  } finally {
    console.log = log;
    set(before);
  }
}
