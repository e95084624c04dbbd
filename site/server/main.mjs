#!/usr/bin/env node
// Serves the built site. PORT (8080) and HOST (localhost) come from the environment.
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';

const folder = fileURLToPath(new URL('../../build/site', import.meta.url));
const port = Number(process.env.PORT ?? 8080);
const host = process.env.HOST ?? 'localhost';

function fail(text) {
  console.error(`earshot: ${text}`);
  process.exit(1);
}
if (!Number.isInteger(port) || port < 0 || port > 65535) fail(`PORT is "${process.env.PORT}": it must be a number from 0 to 65535`);
if (!existsSync(`${folder}/index.html`)) fail('the site is not built: run "npm start", which builds and serves it');

const files = sirv(folder, {
  dev: true, // reads the folder at each request, so that a rebuild shows without a restart
  etag: true,
  setHeaders(response, path) {
    if (path.endsWith('.wasm')) response.setHeader('Content-Type', 'application/wasm');
    response.setHeader('X-Content-Type-Options', 'nosniff');
  },
});
const server = createServer((request, response) =>
  files(request, response, () => {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end('There is no such page here.\n');
  }),
);
server.on('error', (error) => {
  if (error.code === 'EADDRINUSE') fail(`port ${port} is taken: stop the other program, or choose another port with PORT=8081 npm start`);
  if (error.code === 'EACCES') fail(`port ${port} needs more rights: choose one above 1023 with PORT=8081 npm start`);
  fail(error.message);
});
server.listen(port, host, () => console.log(`Earshot is at http://${host}:${server.address().port}`));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.close(() => process.exit(0)) && server.closeAllConnections());
