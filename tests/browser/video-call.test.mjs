/** Video in a call: our VP8 in the browser's own connection. */
import assert from 'node:assert/strict';
import { test } from './harness/suite.mjs';

test('video of ours arrives', {}, async (t) => {
  const proxy = await t.proxy({ seed: 7 });
  const result = await t.page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    document.body.append(canvas);
    const context = canvas.getContext('2d');
    let n = 0;
    const draw = () => { context.fillStyle = `hsl(${n * 3 % 360} 80% 50%)`; context.fillRect(0, 0, 640, 360); context.fillStyle = 'white'; context.fillRect((n * 7) % 600, 100, 40, 40); n++; };
    draw();
    setInterval(draw, 33);
    const track = canvas.captureStream(30).getVideoTracks()[0];
    let sender, receiver;
    const log = [];
    const call = await harness.call({ track, proxy: candidates,
      onSender: (one) => { sender = Earshot.attachVideoSender(one, {}); for (const e of ['statechange', 'error']) sender.addEventListener(e, (x) => log.push(['s', performance.now() | 0, e, sender.state, x.error?.message])); },
      onReceiver: (one) => { receiver = Earshot.attachVideoReceiver(one, {});  for (const e of ['statechange', 'error', 'trackchange']) receiver.addEventListener(e, (x) => log.push(['r', performance.now() | 0, e, receiver.state, x.error?.message])); } });
    const video = Object.assign(document.createElement('video'), { muted: true, srcObject: receiver.stream });
    document.body.append(video);
    video.play();
    const out = [];
    for (let i = 0; i < 10; i++) { await harness.sleep(1); out.push([video.videoWidth, video.videoHeight, video.currentTime]); }
    const stats = async (pc, type) => [...(await pc.getStats()).values()].filter((s) => s.type === type);
    return { log, out, s: await sender.getStats(), r: await receiver.getStats(), outbound: await stats(call.caller, 'outbound-rtp'), inbound: await stats(call.callee, 'inbound-rtp'), remote: await stats(call.caller, 'remote-inbound-rtp') };
  }, proxy.candidates);
  console.log(JSON.stringify(result, null, 1));
});
