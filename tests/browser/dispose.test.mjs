/** After dispose() nothing of ours is left, and nothing of the page's is gone. */
import assert from 'node:assert/strict';

import { test } from './harness/suite.mjs';

test('dispose() leaves no running worklet, worker, track or context', {}, async (t) => {
  const proxy = await t.proxy();
  const seen = await t.page.evaluate(async (candidates) => {
    // What the library makes, seen from outside.
    const made = { contexts: [], workers: [] };
    window.AudioContext = class extends AudioContext {
      constructor(...options) {
        super(...options);
        made.contexts.push(this);
      }
    };
    window.Worker = class extends Worker {
      constructor(...options) {
        super(...options);
        made.workers.push(this);
      }

      terminate() {
        this.terminated = true;
        super.terminate();
      }
    };
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    await context.audioWorklet.addModule('/probe-processor.js');
    const probe = new AudioWorkletNode(context, 'probe');
    probe.connect(context.destination);
    const processCalls = () => new Promise((resolve) => {
      probe.port.onmessage = ({ data }) => resolve(data);
      probe.port.postMessage(null);
    });
    made.contexts.length = 0;

    const input = harness.trackOf(harness.tone(context, 400));
    // One enhancer in the page's context, where its processors can be counted, and one in the library's own.
    const enhancers = [await Earshot.enhance(input, { audioContext: context }), await Earshot.enhance(input)];
    let sender, receiver;
    const call = await harness.call({
      track: enhancers[0].track,
      proxy: candidates,
      onSender: (one) => (sender = Earshot.attachSender(one)),
      onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { audioContext: context })),
    });
    const played = receiver.stream.getAudioTracks()[0];
    await Promise.all([...enhancers, sender, receiver].map(({ ready }) => ready));
    await harness.sleep(0.5);
    const live = {
      calls: await processCalls(),
      contexts: made.contexts.map(({ state }) => state),
      workers: made.workers.map((worker) => Boolean(worker.terminated)),
    };

    for (const one of [...enhancers, sender, receiver]) one.dispose();
    call.close();
    // The library looks for closed connections a few times a second; a processor ends with its next render quantum.
    await harness.until(() => made.workers.every((worker) => worker.terminated) && made.contexts.every(({ state }) => state === 'closed'));
    await harness.sleep(0.5);
    const before = await processCalls();
    const timeBefore = context.currentTime;
    await harness.sleep(1);
    return {
      live,
      before,
      after: await processCalls(),
      contextRan: context.currentTime - timeBefore,
      contextState: context.state,
      input: input.readyState,
      tracks: [...enhancers.map(({ track }) => track), played].map(({ readyState }) => readyState),
      states: [...enhancers, sender, receiver].map(({ state }) => state),
    };
  }, proxy.candidates);

  // The counters count: all three processors were running, on the page's context, beside a live context and worker of ours.
  const ours = ['earshot-capture', 'earshot-tap', 'earshot-playout'];
  for (const name of ours) assert.ok(seen.live.calls[name] > 50, `${name} ran ${seen.live.calls[name]} times`);
  assert.deepEqual(seen.live.contexts, ['running']);
  assert.deepEqual(seen.live.workers, [false]);

  assert.deepEqual(seen.states, ['closed', 'closed', 'closed', 'closed']);
  assert.deepEqual(seen.tracks, ['ended', 'ended', 'ended']);
  for (const name of ours) assert.equal(seen.after[name], seen.before[name], `${name} is still called`);
  assert.equal(t.page.workers?.() ?? 0, 0);
  // The page's own things go on.
  assert.ok(seen.contextRan > 0.5 && seen.contextState === 'running');
  assert.equal(seen.input, 'live');
});
