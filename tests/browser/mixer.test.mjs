/** Several calls in one mix. */
import assert from 'node:assert/strict';

import { steadyToneDbfs } from './analysis/level.mjs';
import { test } from './harness/suite.mjs';

/** Levels of a tone that is there, and of one that is not: a voice codec takes some dB, and leaves some noise. */
const THERE_DBFS = -18;
const GONE_DBFS = -45;

test('a mixer plays several calls at their places, and lets people join, move and leave', {}, async (t) => {
  const proxies = [await t.proxy(), await t.proxy(), await t.proxy()];
  const { ids, states, packets } = await t.page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    const mixer = Earshot.createMixer({ audioContext: context });
    const join = async (hertz, proxy, options) => {
      let input;
      const onReceiver = (receiver) => (input = mixer.add(receiver, options));
      await harness.call({ track: harness.trackOf(harness.tone(context, hertz)), proxy, onReceiver });
      await input.ready;
      return input;
    };
    const sides = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    mixer.node.connect(sides);
    const outputs = [0, 1].map((side) => {
      const output = new GainNode(context);
      sides.connect(output, side);
      return output;
    });
    context.references.push(sides, outputs);
    const ids = {};
    const record = async (name) => {
      await harness.sleep(1.5);
      ids[name] = await harness.record(context, outputs, 1);
    };
    const [low, middle] = await Promise.all([join(400, candidates[0], { pan: -1 }), join(700, candidates[1], { pan: 1 })]);
    await record('two');
    const high = await join(1000, candidates[2], { pan: 1 });
    middle.pan = -1;
    await record('three');
    low.dispose();
    await record('left');
    const packets = (await Promise.all([low, middle, high].map((input) => input.getStats()))).map(({ packetsReceived }) => packetsReceived);
    const states = [mixer, low, middle, high].map(({ state }) => state);
    mixer.dispose();
    return { ids, states: [...states, high.state], packets };
  }, proxies.map(({ candidates }) => candidates));
  assert.deepEqual(states, ['running', 'closed', 'running', 'running', 'closed']);
  assert.ok(packets[0] === 0 && packets[1] > 50 && packets[2] > 50, `packets ${packets}`);
  const heard = (name, side) => {
    const { sampleRate, channels } = t.recording(ids[name]);
    return [400, 700, 1000].filter((hertz) => {
      const level = steadyToneDbfs(channels[side], sampleRate, hertz);
      assert.ok(level > THERE_DBFS || level < GONE_DBFS, `${name}, side ${side}: ${hertz} Hz at ${level.toFixed(0)} dBFS`);
      return level > THERE_DBFS;
    });
  };
  assert.deepEqual({ two: [heard('two', 0), heard('two', 1)] }, { two: [[400], [700]] });
  assert.deepEqual({ three: [heard('three', 0), heard('three', 1)] }, { three: [[400, 700], [1000]] });
  assert.deepEqual({ left: [heard('left', 0), heard('left', 1)] }, { left: [[700], [1000]] });
});
