/** A busy machine is no reason for smaller pictures here. */
const STEADY = { degradationPreference: 'maintain-resolution' };

/** A one-way call of `clockTrack` with Earshot at the ends that are asked for, as `window.scene`. */
export async function start({ candidates, sender = STEADY, receiver = {}, picture = {}, assets, firstCodec }) {
  const Earshot = await harness.loadLibrary();
  if (assets) Earshot.configure(assets);
  const scene = (window.scene = { errors: [], Earshot });
  scene.picture = harness.video.clockTrack(picture);
  const attached = (end, attachment) => {
    scene[end] = attachment;
    attachment.addEventListener('error', ({ error }) => scene.errors.push({ end, code: error.code }));
  };
  scene.call = await harness.call({
    track: scene.picture.track,
    proxy: candidates,
    firstCodec,
    onSender: (one) => sender && attached('sender', Earshot.attachVideoSender(one, sender)),
    onReceiver: (one) => receiver && attached('receiver', Earshot.attachVideoReceiver(one, receiver)),
  });
  scene.video = harness.video.show(scene.receiver?.stream ?? scene.call.receiver.track);
}

/** Waits until these ends are in a state. */
export function until(state, ends = ['sender', 'receiver']) {
  return harness.until(() => ends.every((end) => scene[end].state === state));
}

/** Statistics of both ends, and what the browser itself says of its carrier. */
export async function report() {
  const [sender, receiver] = await Promise.all([scene.sender?.getStats(), scene.receiver?.getStats()]);
  const native = await harness.statistics(scene.call.caller, 'outbound-rtp');
  const nativeReceiver = await harness.statistics(scene.call.callee, 'inbound-rtp');
  return { sender, receiver, native, nativeReceiver, errors: scene.errors, states: [scene.sender?.state, scene.receiver?.state] };
}
