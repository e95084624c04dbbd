import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, describe, it } from 'node:test';

import { NetworkModel } from '../harness/network-model.mjs';
import { isRtp, UdpProxy } from '../harness/udp-proxy.mjs';

const fates = (impairment, count, seed = 7, bytes = 100) => {
  const model = new NetworkModel(impairment, seed);
  return Array.from({ length: count }, (_, i) => model.pass(20 * i, bytes));
};
const lossOf = (times) => times.filter((t) => t === undefined).length / times.length;

describe('NetworkModel', () => {
  it('passes everything at once without an impairment', () => {
    assert.deepEqual(fates({}, 3), [0, 20, 40]);
  });

  it('meets the same fate with the same seed and another with another', () => {
    const impairment = { loss: 0.2, burst: 3, jitterMs: 15, reorder: 0.1 };
    assert.deepEqual(fates(impairment, 500, 1), fates(impairment, 500, 1));
    assert.notDeepEqual(fates(impairment, 500, 1), fates(impairment, 500, 2));
  });

  it('loses the asked share, alone or in bursts', () => {
    for (const burst of [1, 4]) {
      // Standard deviation of the share: √(p(1−p)/n), widened by about √(2·burst) when losses come in bursts.
      const bound = 4 * Math.sqrt((0.05 * 0.95 * 2 * burst) / 40000);
      assert.ok(Math.abs(lossOf(fates({ loss: 0.05, burst }, 40000)) - 0.05) < bound);
    }
    assert.equal(lossOf(fates({ loss: 1 }, 100)), 1);
  });

  it('loses in runs of the asked mean length', () => {
    const times = fates({ loss: 0.1, burst: 4 }, 40000);
    const runs = times.map((t) => (t === undefined ? 'x' : ' ')).join('').match(/x+/g);
    const mean = runs.reduce((sum, run) => sum + run.length, 0) / runs.length;
    assert.ok(Math.abs(mean - 4) < 0.5, `mean run ${mean}`);
  });

  it('keeps the order under jitter and leaves it where packets are held back', () => {
    const ordered = fates({ jitterMs: 100 }, 1000);
    assert.ok(ordered.every((t, i) => i === 0 || t >= ordered[i - 1]));
    const late = fates({ reorder: 0.1, reorderMs: 50 }, 1000).filter((t, i) => t === 20 * i + 50).length;
    assert.ok(late > 60 && late < 140, `${late} held back`);
  });

  it('delays by the constant plus at most the jitter', () => {
    const delays = fates({ delayMs: 40, jitterMs: 10 }, 1000).map((t, i) => t - 20 * i);
    assert.ok(Math.min(...delays) >= 40 && Math.max(...delays) <= 50);
    assert.ok(Math.max(...delays) - Math.min(...delays) > 8);
  });

  it('lets no more than the bottleneck rate through and drops what its queue cannot hold', () => {
    // 100 bytes every 20 ms are 40 kbit/s against 20 kbit/s: a packet leaves each 40 ms, half are dropped once the queue is full.
    const times = fates({ rateKbps: 20, queueMs: 200 }, 1000);
    const passed = times.filter((t) => t !== undefined);
    assert.ok(passed.every((t, i) => i === 0 || t - passed[i - 1] >= 40 - 1e-9));
    assert.ok(times.every((t, i) => t === undefined || t - 20 * i <= 200 + 40));
    assert.ok(Math.abs(lossOf(times) - 0.5) < 0.02);
  });

  it('makes control packets wait behind the others, but loses none', () => {
    const model = new NetworkModel({ rateKbps: 20, queueMs: 200, loss: 1 / 3 });
    let now = 0;
    const times = Array.from({ length: 300 }, (_, i) => (i % 10 === 9 ? model.passControl((now += 20), 100) : model.pass((now += 20), 100)));
    const control = times.filter((_, i) => i % 10 === 9);
    assert.ok(control.every((time) => time !== undefined));
    const passed = times.filter((time) => time !== undefined);
    assert.ok(passed.every((time, i) => i === 0 || time - passed[i - 1] >= 40 - 1e-9));
    const open = new NetworkModel({ delayMs: 50 });
    assert.equal(open.passControl(7, 100), 7);
  });

  it('refuses shares outside [0, 1]', () => {
    assert.throws(() => new NetworkModel({ loss: 1.5 }), RangeError);
    assert.throws(() => new NetworkModel({ loss: 0.5, burst: 0 }), RangeError);
  });
});

describe('UdpProxy', () => {
  const open = [];
  after(() => open.forEach((socket) => socket.close()));

  async function peer() {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    open.push(socket);
    const received = [];
    socket.on('message', (message) => received.push(message));
    return { received, send: (message, { port, address }) => socket.send(message, port, address) };
  }
  const stun = Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0]);
  const rtcp = Buffer.from([0x80, 200, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0]);
  const rtp = (sequenceNumber) => {
    const packet = Buffer.alloc(20, 1);
    packet.set([0x80, 111, sequenceNumber >> 8, sequenceNumber & 255]);
    return packet;
  };
  const until = async (condition) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  async function connect(options) {
    const proxy = await UdpProxy.create({ address: '127.0.0.1', ...options });
    open.push(proxy);
    const [a, b] = [await peer(), await peer()];
    b.send(stun, proxy.candidates.b);
    // B is known once something sent by A comes out there.
    while (b.received.length === 0) {
      a.send(stun, proxy.candidates.a);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    b.received.length = 0;
    return { proxy, a, b };
  }

  it('tells RTP from everything else on the port', () => {
    assert.ok(isRtp(rtp(1)));
    assert.ok(!isRtp(rtcp) && !isRtp(stun) && !isRtp(Buffer.from([22, 254, 253])) && !isRtp(Buffer.alloc(0)));
    assert.ok(!isRtp(Buffer.from([0x80, 111])));
  });

  it('carries datagrams both ways unchanged', async () => {
    const { proxy, a, b } = await connect({});
    a.received.length = 0;
    a.send(rtp(5), proxy.candidates.a);
    b.send(rtp(6), proxy.candidates.b);
    await until(() => b.received.some(isRtp) && a.received.some(isRtp));
    assert.deepEqual(b.received.find(isRtp), rtp(5));
    assert.deepEqual(a.received.find(isRtp), rtp(6));
  });

  it('drops nothing but RTP, and counts what it drops', async () => {
    const { proxy, a, b } = await connect({ forth: { loss: 1 } });
    for (let i = 0; i < 10; ++i) a.send(rtp(i), proxy.candidates.a);
    a.send(rtcp, proxy.candidates.a);
    await until(() => b.received.some((message) => message.equals(rtcp)));
    await until(() => proxy.forth.received === 10);
    assert.ok(!b.received.some(isRtp));
    assert.equal(proxy.forth.dropped, 10);
    assert.deepEqual(proxy.forth.packets.map((packet) => packet.sequenceNumber), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('counts exactly what did not come out', async () => {
    const { proxy, a, b } = await connect({ forth: { loss: 0.3 }, seed: 3 });
    for (let i = 0; i < 200; ++i) {
      a.send(rtp(i), proxy.candidates.a);
      if (i % 20 === 19) await until(() => proxy.forth.received === i + 1);
    }
    await until(() => b.received.filter(isRtp).length === proxy.forth.forwarded);
    const dropped = proxy.forth.packets.filter((packet) => packet.dropped).map((packet) => packet.sequenceNumber);
    const missing = Array.from({ length: 200 }, (_, i) => i).filter((i) => !b.received.some((m) => isRtp(m) && m.readUInt16BE(2) === i));
    assert.deepEqual(dropped, missing);
    assert.equal(proxy.forth.dropped, missing.length);
    assert.ok(missing.length > 30 && missing.length < 90);
  });

  it('counts what never came, across the wrap and until it comes late', async () => {
    const { proxy, a } = await connect({});
    const send = async (...numbers) => {
      const before = proxy.forth.received;
      for (const number of numbers) a.send(rtp(number), proxy.candidates.a);
      await until(() => proxy.forth.received === before + numbers.length);
    };
    await send(65533, 65534, 1, 2);
    assert.deepEqual([proxy.forth.missing, proxy.forth.lost, proxy.forth.dropped], [2, 2, 0]);
    await send(0, 4);
    assert.equal(proxy.forth.missing, 2);
    await send(65535, 3);
    assert.equal(proxy.forth.missing, 0);
    proxy.forth.impair({ loss: 1 });
    await send(5, 8);
    assert.deepEqual([proxy.forth.missing, proxy.forth.lost, proxy.forth.dropped], [2, 4, 2]);
  });
});
