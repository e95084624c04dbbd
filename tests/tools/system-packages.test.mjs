import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isPresent, planPackages } from '../../tools/lib/system-packages.mjs';
import { scratchFolder } from './support.mjs';

const lacking = (...programs) => (program) => !programs.includes(program);

test('nothing missing, nothing to do', () => {
  assert.equal(planPackages(['build', 'test'], { present: () => true, isRoot: true, isDebian: true }).action, 'none');
});

test('root on Debian: the packages of the missing programs are installed', () => {
  const plan = planPackages(['build'], { present: lacking('ninja', 'c++'), isRoot: true, isDebian: true });
  assert.equal(plan.action, 'install');
  assert.deepEqual(plan.packages, ['ninja-build', 'g++']);
});

test('not root: one message with the exact command', () => {
  const plan = planPackages(['build', 'test'], { present: lacking('cmake', 'pactl'), isRoot: false, isDebian: true });
  assert.equal(plan.action, 'tell');
  assert.match(plan.message, /^  sudo apt-get update && sudo apt-get install --no-install-recommends -y cmake pulseaudio-utils$/m);
});

test('another system: the programs are named', () => {
  const plan = planPackages(['build'], { present: lacking('ninja'), isRoot: true, isDebian: false });
  assert.equal(plan.action, 'tell');
  assert.match(plan.message, /^These programs are missing: ninja\./);
});

test('a page can be built without the programs that only the tests use', () => {
  assert.equal(planPackages(['build'], { present: lacking('chromium', 'clang-tidy'), isRoot: false, isDebian: true }).action, 'none');
});

test('a program counts as present only when it can be run', () => {
  const folder = scratchFolder();
  const program = join(folder, 'tool');
  writeFileSync(program, '#!/bin/sh\n');
  chmodSync(program, 0o644);
  assert.equal(isPresent('tool', folder), false);
  chmodSync(program, 0o755);
  assert.equal(isPresent('tool', `/nowhere:${folder}`), true);
  assert.equal(isPresent(program), true);
});
