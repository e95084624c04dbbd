#!/usr/bin/env node
/**
 * npm run bench:browser: what Earshot costs inside a real call, side by side with the browser's own path.
 * usage: node bench/browser/run.mjs [--browser chromium|firefox] [--seconds 60]
 * Delay, underruns and CPU; writes bench/results/browser.json.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';

import { launch } from '../../tests/browser/harness/browsers.mjs';
import { isolationProblem, mediaAddress, runIsolated } from '../../tests/browser/harness/isolation.mjs';
import { TestServer } from '../../tests/browser/harness/server.mjs';
import { UdpProxy } from '../../tests/browser/harness/udp-proxy.mjs';
import { noisySpeech } from '../../tests/data/noisy-speech.mjs';
import { browserCpuSeconds } from './cpu-time.mjs';
import { CHIRP, delays, PATTERN } from './delay.mjs';

const RESULTS = fileURLToPath(new URL('../results/browser.json', import.meta.url));
const DELAY_SECONDS = 15;
const LOAD_SECONDS = 20;

const { values: options } = parseArgs({
  options: {
    browser: { type: 'string', multiple: true, default: ['chromium', 'firefox'] },
    seconds: { type: 'string', default: '60' },
    isolated: { type: 'boolean', default: false },
  },
});

if (!options.isolated && !isolationProblem()) {
  process.exit(await runIsolated([process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2), '--isolated']));
}

/** What a page does for one measurement: makes calls of each kind from one source in one context. */
async function startCalls({ kinds, candidates, chirp, pattern, settle }) {
  const Earshot = kinds.some((kind) => kind !== 'native') && (await harness.loadLibrary());
  const context = await harness.audioContext({ sampleRate: 48000, latencyHint: 'interactive' });
  let source;
  if (pattern) {
    const buffer = new AudioBuffer({ length: Math.round(pattern.seconds * 48000), sampleRate: 48000 });
    const samples = buffer.getChannelData(0);
    const length = Math.round(chirp.seconds * 48000);
    for (const start of pattern.starts) {
      for (let n = 0; n < length; ++n) {
        const t = n / 48000;
        const sweep = (chirp.toHertz - chirp.fromHertz) / chirp.seconds;
        const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length);
        const phase = 2 * Math.PI * (chirp.fromHertz * t + 0.5 * sweep * t * t);
        samples[Math.round(start * 48000) + n] = chirp.amplitude * window * Math.sin(phase);
      }
    }
    source = new AudioBufferSourceNode(context, { buffer, loop: true });
    source.start();
  } else {
    source = await harness.fileSource(context, '/data/clean-speech.wav');
  }

  const start = {
    native: async (proxy) => {
      const { receiver } = await harness.call({ track: harness.trackOf(source), proxy });
      return harness.nativeOutput(context, receiver.track);
    },
    codec: async (proxy, track = harness.trackOf(source)) => {
      let sender, receiver;
      await harness.call({
        track,
        proxy,
        onSender: (one) => (sender = Earshot.attachSender(one)),
        onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { audioContext: context })),
      });
      await Promise.all([sender.ready, receiver.ready]);
      (window.attachments ??= []).push(sender, receiver);
      return receiver.node;
    },
    whole: async (proxy) => {
      const enhancer = await Earshot.enhance(harness.trackOf(source), { audioContext: context });
      await enhancer.ready;
      (window.attachments ??= []).push(enhancer);
      return start.codec(proxy, enhancer.track);
    },
  };
  const outputs = [];
  for (const [index, kind] of kinds.entries()) outputs.push(await start[kind](candidates[index]));
  // As on a loudspeaker: a node nobody hears need not be rendered.
  for (const output of outputs) output.connect(context.destination);
  await harness.sleep(settle);
  window.scene = { context, source, outputs };
}

/** Runs `measure` in a fresh page in which calls of `kinds` are up. */
async function withCalls({ browser, server, recordings }, kinds, { pattern, settle = 3 }, measure) {
  const proxies = [];
  for (const _ of kinds) proxies.push(await UdpProxy.create({ address: mediaAddress() ?? '127.0.0.1' }));
  const page = await browser.newPage(`${server.origin}/call.html`);
  try {
    await page.evaluate(async () => {
      while (!window.harness) await new Promise((resolve) => setTimeout(resolve, 10));
    });
    await page.evaluate(startCalls, { kinds, candidates: proxies.map(({ candidates }) => candidates), chirp: CHIRP, pattern, settle });
    return await measure(page, recordings);
  } finally {
    await page.close();
    for (const proxy of proxies) proxy.close();
  }
}

/** Delay of `kind` and of the native call in the same page at the same time. */
function measureDelay(scene, kind) {
  return withCalls(scene, ['native', kind], { pattern: PATTERN }, async (page, recordings) => {
    const id = await page.evaluate(
      (seconds) => harness.record(scene.context, [scene.source, ...scene.outputs], seconds),
      DELAY_SECONDS,
    );
    const parts = await page.evaluate(async () => {
      const [sender, receiver] = await Promise.all(window.attachments.slice(-2).map((one) => one.getStats()));
      const capture = window.attachments.length > 2 ? 1000 * window.attachments[0].node.latency : 0;
      return { captureMs: capture, senderQueueMs: sender.queuedTime, playoutMs: receiver.currentDelay, playoutTargetMs: receiver.targetDelay };
    });
    const [native, ours] = [delays(recordings[id], 1), delays(recordings[id], 2)];
    return { native, ours, differenceMs: ours.medianMs - native.medianMs, parts };
  });
}

/**
 * Share of a core the browser uses, and interruptions of the audio output: counted by the browser, or seen as context time
 * lost against the wall clock.
 */
function measureLoad(scene, kinds, seconds) {
  return withCalls(scene, kinds, {}, async (page) => {
    const before = { cpu: browserCpuSeconds(), wall: performance.now() };
    const result = await page.evaluate(async (seconds) => {
      const { context } = scene;
      const underruns = () => context.playbackStats?.underrunEvents ?? null;
      const before = { underruns: underruns(), time: context.currentTime, wall: performance.now() };
      await harness.sleep(seconds);
      const elapsed = context.currentTime - before.time;
      const lostContextMs = performance.now() - before.wall - 1000 * elapsed;
      const playout = await window.attachments?.at(-1).getStats();
      return {
        seconds,
        underruns: underruns() === null ? null : underruns() - before.underruns,
        lostContextMs: Math.round(lostContextMs),
        ...(playout && {
          interruptions: playout.interruptions,
          concealedShare: playout.concealedSamples / playout.totalSamplesReceived,
          playoutDelayMs: playout.currentDelay,
        }),
      };
    }, seconds);
    const cpuPercent = (1e5 * (browserCpuSeconds() - before.cpu)) / (performance.now() - before.wall);
    return { cpuPercent, ...result };
  });
}

async function measure(name) {
  const recordings = [];
  const server = await TestServer.start({ recordings });
  const browser = await launch(name, noisySpeech().noisy);
  const scene = { browser, server, recordings };
  try {
    const result = { version: browser.version };
    result.delay = { codec: await measureDelay(scene, 'codec'), whole: await measureDelay(scene, 'whole') };
    result.load = {
      idle: await measureLoad(scene, [], LOAD_SECONDS),
      native: await measureLoad(scene, ['native'], LOAD_SECONDS),
      whole: await measureLoad(scene, ['whole'], Number(options.seconds)),
    };
    return result;
  } finally {
    await browser.close();
    await server.close();
  }
}

const round = (value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);

const report = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {};
for (const name of options.browser) {
  console.log(`# ${name}`);
  const result = await measure(name);
  report[name] = {
    command: `npm run bench:browser -- --browser ${name}`,
    date: new Date().toISOString().slice(0, 10),
    cpu: `${cpus().length} × ${cpus()[0].model}`,
    loadAverage: round(loadavg()[0]),
    ...result,
  };
  for (const [path, { native, ours, differenceMs }] of Object.entries(result.delay)) {
    console.log(`delay, ${path}: native ${native.medianMs.toFixed(1)} ms, ours ${ours.medianMs.toFixed(1)} ms, difference ${differenceMs.toFixed(1)} ms`);
  }
  const { idle, native, whole } = result.load;
  console.log(`CPU, % of a core: idle page ${idle.cpuPercent.toFixed(1)}, native call ${native.cpuPercent.toFixed(1)}, whole path ${whole.cpuPercent.toFixed(1)}`);
  console.log(`underruns in ${whole.seconds} s: ${whole.underruns ?? 'not counted by this browser'}; context time lost: ${whole.lostContextMs} ms; interruptions: ${whole.interruptions}`);
  writeFileSync(RESULTS, `${JSON.stringify(report, (_, value) => round(value), 2)}\n`);
}
process.exit(0);
