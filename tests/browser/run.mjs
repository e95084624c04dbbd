#!/usr/bin/env node
/**
 * The browser tests. usage: node tests/browser/run.mjs [--browser chromium|firefox] [--grep WORDS] [--repeat N]
 * One line per test; the last is "N passed, N failed"; the exit code is 1 when a test failed, 2 when none could run.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';

import { writeWav } from './analysis/wav.mjs';
import { noisySpeech } from '../data/noisy-speech.mjs';
import { launch } from './harness/browsers.mjs';
import { isolationProblem, mediaAddress, runIsolated } from './harness/isolation.mjs';
import { TestServer } from './harness/server.mjs';
import { registered } from './harness/suite.mjs';
import { UdpProxy } from './harness/udp-proxy.mjs';

const FAILURES = fileURLToPath(new URL('../../build/browser-failures', import.meta.url));
const BROWSERS = ['chromium', 'firefox'];
/** A test that takes longer hangs. The longest takes a third of it. */
const TEST_LIMIT_MS = 60000;

const USAGE = 'usage: node tests/browser/run.mjs [--browser chromium|firefox] [--grep WORDS] [--repeat N]';

function options() {
  try {
    const { values } = parseArgs({
      options: {
        browser: { type: 'string', multiple: true },
        grep: { type: 'string', default: '' },
        repeat: { type: 'string', default: '1' },
        isolated: { type: 'boolean', default: false },
      },
    });
    const browsers = values.browser ?? BROWSERS;
    const unknown = browsers.find((name) => !BROWSERS.includes(name));
    if (unknown) throw new Error(`unknown browser "${unknown}"`);
    if (!(Number(values.repeat) >= 1)) throw new Error('--repeat takes a number of at least 1');
    return { ...values, browsers, repeat: Number(values.repeat) };
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

/** Runs this very command inside namespaces, or says why the tests run, or cannot run, without. */
async function isolate({ browsers }) {
  const problem = isolationProblem();
  if (!problem) {
    process.exit(await runIsolated([process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2), '--isolated']));
  }
  console.log(`no network namespace (${problem}): the calls use the network address of this machine`);
  if (browsers.includes('firefox') && !mediaAddress()) {
    console.error('Firefox needs an address other than loopback: connect a network, or run as root or with user namespaces enabled');
    process.exit(2);
  }
}

async function withLimit(promise, limitMs) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a failed test judged, as files. */
function keepForListening(recordings, name) {
  mkdirSync(FAILURES, { recursive: true });
  recordings.forEach(({ sampleRate, channels }, index) =>
    channels.forEach((samples, channel) => {
      const file = `${FAILURES}/${name.replace(/\W+/g, '-')}-${index + 1}-${channel + 1}.wav`;
      writeWav(file, samples, sampleRate);
      console.log(`       recorded: ${file}`);
    }),
  );
}

async function runTest(test, shared) {
  const opened = [];
  const recorded = [];
  const closing = [];
  const notes = [];
  const open = async (path, { isolated = false, refuseMicrophone, echoAtRate, ...viewport } = {}) => {
    const special = refuseMicrophone || echoAtRate;
    const browser = special ? await launch(shared.context.browser, shared.context.speech.noisy, { refuseMicrophone, echoAtRate }) : shared.browser;
    if (special) closing.push(browser);
    const page = await browser.newPage(new URL(path, shared.servers[isolated ? 'isolated' : 'plain'].origin).href, viewport);
    opened.push(page);
    if (path.startsWith('/call.html')) {
      await page.evaluate(async () => {
        while (!window.harness) await new Promise((resolve) => setTimeout(resolve, 10));
      });
    }
    return page;
  };
  const execute = async () => {
    const page = await open('/call.html');
    await test.run({
      ...shared.context,
      page,
      open,
      proxy: async (impairments) => {
        const proxy = await UdpProxy.create({ address: mediaAddress() ?? '127.0.0.1', ...impairments });
        closing.push(proxy);
        return proxy;
      },
      recording: (id) => {
        recorded.push(shared.recordings[id]);
        return shared.recordings[id];
      },
      note: (text) => notes.push(text),
    });
  };
  const started = performance.now();
  let failure;
  try {
    await withLimit(execute(), test.limitMs ?? TEST_LIMIT_MS);
  } catch (error) {
    failure = error;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const note = notes.length ? ` [${notes.join(', ')}]` : '';
  console.log(`${failure ? 'FAIL' : 'ok  '} ${shared.context.browser}: ${test.name}${note} (${seconds} s)`);
  if (failure) {
    console.log(`       ${String(failure.stack ?? failure).replaceAll('\n', '\n       ')}`);
    for (const line of opened.flatMap(({ log }) => log)) console.log(`     | ${line}`);
    keepForListening(recorded, `${shared.context.browser}-${test.name}`);
  }
  for (const page of opened) await withLimit(page.close(), 10000).catch(() => {});
  for (const one of closing) await one.close();
  return !failure;
}

async function runBrowser(name, tests, repeat) {
  const speech = noisySpeech();
  const recordings = [];
  const servers = {
    plain: await TestServer.start({ recordings }),
    isolated: await TestServer.start({ recordings, isolated: true }),
  };
  const browser = await launch(name, speech.noisy);
  console.log(`# ${name} ${browser.version}`);
  const results = [];
  try {
    for (let round = 0; round < repeat; ++round) {
      for (const test of tests) {
        const context = { browser: name, origin: servers.plain.origin, speech };
        results.push(await runTest(test, { browser, servers, recordings, context }));
      }
    }
  } finally {
    await browser.close();
    for (const server of Object.values(servers)) await server.close();
  }
  return results;
}

const chosen = options();
if (!chosen.isolated) await isolate(chosen);

const here = new URL('.', import.meta.url);
for (const file of readdirSync(here).filter((entry) => entry.endsWith('.test.mjs')).sort()) await import(new URL(file, here));

const results = [];
let broken = false;
for (const name of chosen.browsers) {
  const tests = registered.filter((test) => test.browsers.includes(name) && test.name.includes(chosen.grep));
  try {
    if (tests.length) results.push(...(await runBrowser(name, tests, chosen.repeat)));
  } catch (error) {
    console.log(`FAIL ${name}: could not be run: ${error.message}`);
    broken = true;
  }
}
const passed = results.filter(Boolean).length;
const failed = results.length - passed + (broken ? 1 : 0);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : results.length ? 0 : 2);
