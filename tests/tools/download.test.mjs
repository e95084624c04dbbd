import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { obtainSource } from '../../tools/lib/download.mjs';
import { fakeMirror, observed, scratchFolder, sha256 } from './support.mjs';

const newest = Buffer.from('the newest sources');
const older = Buffer.from('the older sources');
const candidates = [
  { version: '2.0', pool: 'pool/main/n/name', file: 'name_2.0.orig.tar.gz', sha256: sha256(newest) },
  { version: '1.0', pool: 'pool/main/n/name', file: 'name_1.0.orig.tar.gz', sha256: sha256(older) },
];
const newestPath = '/debian/pool/main/n/name/name_2.0.orig.tar.gz';

const obtain = (folder, environment) =>
  observed({ EARSHOT_SOURCES: undefined, EARSHOT_MIRROR: undefined, ...environment }, () => obtainSource('name', candidates, folder));

test('the newest version is fetched once and then served from the cache', async () => {
  const folder = scratchFolder();
  const mirror = await fakeMirror((path) => (path === newestPath ? { body: newest } : { status: 404 }));
  const { value } = await obtain(folder, { EARSHOT_MIRROR: mirror.url });
  assert.equal(value.version, '2.0');
  assert.deepEqual(readFileSync(value.path), newest);
  await obtain(folder, { EARSHOT_MIRROR: mirror.url });
  assert.equal(mirror.requests.get(newestPath), 1);
});

test('a version that left the mirror is replaced by the next, and that is said', async () => {
  const mirror = await fakeMirror((path) => (path === newestPath ? { status: 404 } : { body: older }));
  const { value, lines } = await obtain(scratchFolder(), { EARSHOT_MIRROR: mirror.url });
  assert.equal(value.version, '1.0');
  assert.match(lines.join('\n'), /name_2\.0\.orig\.tar\.gz is not on the mirror/);
});

test('a file:// mirror serves as well', async () => {
  const mirror = scratchFolder();
  mkdirSync(join(mirror, 'pool/main/n/name'), { recursive: true });
  writeFileSync(join(mirror, 'pool/main/n/name/name_1.0.orig.tar.gz'), older);
  const { value } = await obtain(scratchFolder(), { EARSHOT_MIRROR: pathToFileURL(mirror).href });
  assert.equal(value.version, '1.0');
});

test('a corrupted download is refused, said, and fetched again', async () => {
  const mirror = await fakeMirror((_path, count) => ({ body: count === 1 ? 'corrupted' : newest }));
  const { value, lines } = await obtain(scratchFolder(), { EARSHOT_MIRROR: mirror.url });
  assert.deepEqual(readFileSync(value.path), newest);
  assert.equal(mirror.requests.get(newestPath), 2);
  assert.match(lines.join('\n'), new RegExp(`refused: SHA-256 ${sha256('corrupted')} instead of ${sha256(newest)}; fetching it again`));
});

test('a download that stays corrupted ends in an error, and nothing of it is kept', async () => {
  const folder = scratchFolder();
  const mirror = await fakeMirror(() => ({ body: 'corrupted' }));
  const { error } = await obtain(folder, { EARSHOT_MIRROR: mirror.url });
  assert.match(error.message, /came twice with SHA-256/);
  assert.equal(mirror.requests.get(newestPath), 2);
  assert.equal(existsSync(join(folder, 'name_2.0.orig.tar.gz')), false);
});

test('a file that was damaged in the cache is fetched again', async () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'name_2.0.orig.tar.gz'), 'bit rot');
  const mirror = await fakeMirror(() => ({ body: newest }));
  const { value, lines } = await obtain(folder, { EARSHOT_MIRROR: mirror.url });
  assert.deepEqual(readFileSync(value.path), newest);
  assert.match(lines.join('\n'), /is damaged; fetching it again/);
});

test('an interrupted download leaves no file that looks whole, and the next run continues', async () => {
  const folder = scratchFolder();
  const mirror = await fakeMirror((_path, count) => ({ body: newest, cut: count === 1 }));
  const first = await obtain(folder, { EARSHOT_MIRROR: mirror.url });
  assert.match(first.error.message, /could not be downloaded/);
  assert.equal(existsSync(join(folder, 'name_2.0.orig.tar.gz')), false);
  const second = await obtain(folder, { EARSHOT_MIRROR: mirror.url });
  assert.deepEqual(readFileSync(second.value.path), newest);
});

test('without a network the error says so and does not fall back to an older version', async () => {
  const { error } = await obtain(scratchFolder(), { EARSHOT_MIRROR: 'http://127.0.0.1:1/debian' });
  assert.match(error.message, /name_2\.0\.orig\.tar\.gz could not be downloaded: .*Check the network/);
});

test("the user's own tarball is taken without any mirror, an older version too", async () => {
  const own = scratchFolder();
  writeFileSync(join(own, 'name_1.0.orig.tar.gz'), older);
  const { value } = await obtain(scratchFolder(), { EARSHOT_SOURCES: own, EARSHOT_MIRROR: 'http://127.0.0.1:1/debian' });
  assert.equal(value.version, '1.0');
});

test("the user's own tarball with a wrong hash is refused and named", async () => {
  const own = scratchFolder();
  writeFileSync(join(own, 'name_2.0.orig.tar.gz'), 'something else');
  const mirror = await fakeMirror(() => ({ body: newest }));
  const { value, lines } = await obtain(scratchFolder(), { EARSHOT_SOURCES: own, EARSHOT_MIRROR: mirror.url });
  assert.deepEqual(readFileSync(value.path), newest);
  assert.match(lines.join('\n'), new RegExp(`${own}/name_2\\.0\\.orig\\.tar\\.gz is refused`));
});

test('when no version can be had, the error lists what to bring', async () => {
  const mirror = await fakeMirror(() => ({ status: 404 }));
  const { error } = await obtain(scratchFolder(), { EARSHOT_MIRROR: mirror.url });
  assert.match(error.message, /none of its versions is on the mirror/);
  for (const { file, sha256: hash } of candidates) assert.ok(error.message.includes(`${file}  SHA-256 ${hash}`));
});
