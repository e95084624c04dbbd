import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildLibrary, readLock } from '../../tools/lib/third-party.mjs';
import { observed, scratchFolder } from './support.mjs';

/** A tarball of a CMake project that installs one header, and whose build fails when told to. */
function tarball(folder) {
  mkdirSync(join(folder, 'lib-1.0'));
  writeFileSync(join(folder, 'lib-1.0/lib.h'), '#pragma once\n');
  writeFileSync(join(folder, 'lib-1.0/CMakeLists.txt'), `cmake_minimum_required(VERSION 3.20)
project(lib LANGUAGES NONE)
if(BREAK)
  add_custom_target(broken ALL COMMAND "\${CMAKE_COMMAND}" -E false)
endif()
install(FILES lib.h DESTINATION include)
`);
  execFileSync('tar', ['czf', join(folder, 'lib.tar.gz'), '-C', folder, 'lib-1.0']);
  return join(folder, 'lib.tar.gz');
}

test('a build that stops half-way leaves no prefix; the next one succeeds and leaves nothing else', async () => {
  const folder = scratchFolder();
  const source = tarball(folder);
  const prefix = join(folder, 'third-party/lib-1.0-native');
  const build = (options) => observed({}, () => buildLibrary({ source, options, prefix, log: 'tools-test-library' }));
  const broken = await build(['-DBREAK=ON']);
  assert.match(broken.error.message, /cmake failed/);
  assert.equal(existsSync(prefix), false);
  await build([]);
  assert.equal(readFileSync(join(prefix, 'include/lib.h'), 'utf8'), '#pragma once\n');
  assert.deepEqual(readdirSync(join(folder, 'third-party')), ['lib-1.0-native']);
});

test('a truncated tarball fails with the log of tar', async () => {
  const folder = scratchFolder();
  const source = tarball(folder);
  writeFileSync(source, readFileSync(source).subarray(0, 100));
  const { error } = await observed({}, () => buildLibrary({ source, options: [], prefix: join(folder, 'prefix'), log: 'tools-test-truncated' }));
  assert.match(error.message, /tar failed/);
});

test('the lock file pins every candidate by version, pool folder, file and hash', () => {
  for (const [name, { license, candidates }] of Object.entries(readLock())) {
    assert.ok(license, name);
    for (const { version, pool, file, sha256 } of candidates) {
      assert.match(pool, /^pool\/main\/(lib)?[a-z]\/[a-z0-9-]+$/);
      assert.ok(file.includes(`_${version}.orig.tar.`), file);
      assert.match(sha256, /^[0-9a-f]{64}$/);
    }
  }
});
