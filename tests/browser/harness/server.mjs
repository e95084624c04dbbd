/**
 * The web server of the tests: the test pages, the built library, the recordings; takes what pages record back in. Optionally
 * cross-origin isolated, and with modules that trap on purpose (wasm-fault.mjs).
 */
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

import { trapAfter } from './wasm-fault.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MOUNTS = [
  ['/dist/', join(ROOT, 'dist')],
  ['/data/', join(ROOT, 'tests/data')],
  ['/', join(ROOT, 'tests/browser/pages')],
];
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.opus': 'audio/ogg',
};
const ISOLATION = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

export class TestServer {
  #server;
  #recordings;

  /**
   * @param {object} options
   * @param {object[]} options.recordings   where recordings go: `{ sampleRate, channels: Float64Array[] }`; their index is their id
   * @param {boolean} [options.isolated]    send COOP and COEP
   */
  static async start({ recordings, isolated = false }) {
    const server = new TestServer(recordings, isolated ? ISOLATION : {});
    await new Promise((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** Use `start`. */
  constructor(recordings, headers) {
    this.#recordings = recordings;
    this.#server = createServer((request, response) => {
      for (const [name, value] of Object.entries({ ...headers, 'cache-control': 'no-store' })) response.setHeader(name, value);
      const url = new URL(request.url, 'http://localhost');
      if (request.method === 'POST' && url.pathname === '/recording') this.#keep(url, request, response);
      else this.#serve(decodeURIComponent(url.pathname), response);
    });
  }

  get origin() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(path, response) {
    const faulty = /^\/faulty\/(\w+)\/(\d+)(\/.*)$/.exec(path);
    const wanted = faulty ? `/dist${faulty[3]}` : path;
    const [prefix, folder] = MOUNTS.find(([mount]) => wanted.startsWith(mount));
    const file = normalize(join(folder, wanted.slice(prefix.length)));
    if (!file.startsWith(folder) || !existsSync(file) || !extname(file)) {
      response.writeHead(404).end();
      return;
    }
    let body = readFileSync(file);
    if (faulty && file.endsWith('.wasm')) body = trapAfter(body, faulty[1], Number(faulty[2]));
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body);
  }

  // Planar float32, all channels of equal length.
  async #keep(url, request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const numChannels = Number(url.searchParams.get('channels'));
    const length = samples.length / numChannels;
    const channels = Array.from({ length: numChannels }, (_, c) => Float64Array.from(samples.subarray(c * length, (c + 1) * length)));
    this.#recordings.push({ sampleRate: Number(url.searchParams.get('rate')), channels });
    response.end(String(this.#recordings.length - 1));
  }
}
