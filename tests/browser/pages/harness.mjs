/** What the tests use inside the page, as `window.harness`. */
import * as video from './moving-picture.mjs';
import * as videoScene from './video-scene.mjs';

const RAW = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** The microphone without the browser's own processing. */
export function microphone() {
  return navigator.mediaDevices.getUserMedia({ audio: RAW });
}

/** Loads the library the way a page with a script tag does; resolves with the global `Earshot`. */
export async function loadLibrary(url = '/dist/earshot.js') {
  const script = document.createElement('script');
  script.src = url;
  document.head.append(script);
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${url} did not load: is the library built?`));
  });
  return window.Earshot;
}

/** A running context; `references` keeps its helper nodes from being collected. */
export async function audioContext(options) {
  const context = new AudioContext(options);
  await context.resume();
  await context.audioWorklet.addModule('/recorder-processor.js');
  context.references = [];
  return context;
}

/** A source node that plays a file of the server in a loop. */
export async function fileSource(context, url) {
  const bytes = await (await fetch(url)).arrayBuffer();
  const source = new AudioBufferSourceNode(context, { buffer: await context.decodeAudioData(bytes), loop: true });
  source.start();
  context.references.push(source);
  return source;
}

/** A sine at `hertz`; −12 dBFS unless told otherwise. */
export function tone(context, hertz, amplitude = 0.25) {
  const oscillator = new OscillatorNode(context, { frequency: hertz });
  const gain = new GainNode(context, { gain: amplitude });
  oscillator.connect(gain);
  oscillator.start();
  context.references.push(oscillator, gain);
  return gain;
}

/** A track that carries what `node` plays. */
export function trackOf(node, channelCount = 1) {
  const destination = new MediaStreamAudioDestinationNode(node.context, { channelCount });
  node.connect(destination);
  node.context.references.push(destination);
  return destination.stream.getAudioTracks()[0];
}

/** A node that plays a remote track as the browser decodes it. Chromium decodes only what an element plays too. */
export function nativeOutput(context, track) {
  const stream = new MediaStream([track]);
  const element = new Audio();
  element.srcObject = stream;
  element.muted = true;
  element.play();
  const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
  context.references.push(element, source);
  return source;
}

const withoutCandidates = ({ type, sdp }) => ({
  type,
  sdp: sdp.replace(/^a=(candidate:|end-of-candidates).*\r\n/gm, ''),
});

async function gathered(connection) {
  while (connection.iceGatheringState !== 'complete') {
    await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
  }
}

/**
 * One-way calls of the page with itself through a UDP proxy.
 *
 * @param {object} options
 * @param {MediaStreamTrack} options.track
 * @param {object} options.proxy                        candidates of a UdpProxy
 * @param {RTCConfiguration} [options.configuration]
 * @param {(sender: RTCRtpSender) => void} [options.onSender]        called before negotiation
 * @param {(receiver: RTCRtpReceiver) => void} [options.onReceiver]  called in the `track` event
 * @param {(sdp: string) => string} [options.munge]                  changes both descriptions as each peer gets them
 * @param {string} [options.firstCodec]                              MIME type of the codec to offer before all others
 * @param {string[]} [options.without]                               MIME types of codecs not to offer
 * @returns the connections with their sender and receiver; `prefer(mimeType)` negotiates anew with that codec first
 */
export async function call({ track, proxy, configuration, onSender = () => {}, onReceiver = () => {}, munge = (sdp) => sdp, firstCodec, without = [] }) {
  const [caller, callee] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  let receiver;
  callee.addEventListener('track', (event) => {
    receiver = event.receiver;
    onReceiver(receiver);
  });
  const sender = caller.addTrack(track, new MediaStream([track]));
  const offer = (first) => {
    const codecs = RTCRtpSender.getCapabilities(track.kind).codecs.filter(({ mimeType }) => !without.includes(mimeType));
    const isFirst = ({ mimeType }) => mimeType === first;
    caller.getTransceivers()[0].setCodecPreferences([...codecs.filter(isFirst), ...codecs.filter((codec) => !isFirst(codec))]);
  };
  if (firstCodec || without.length) offer(firstCodec);
  onSender(sender);

  const describe = async (from, to) => {
    await gathered(from);
    const { type, sdp } = withoutCandidates(from.localDescription);
    await to.setRemoteDescription({ type, sdp: munge(sdp) });
  };
  const negotiate = async () => {
    await caller.setLocalDescription();
    await describe(caller, callee);
    await callee.setLocalDescription();
    await describe(callee, caller);
  };
  await negotiate();
  for (const [connection, { address, port }] of [[caller, proxy.a], [callee, proxy.b]]) {
    await connection.addIceCandidate({
      candidate: `candidate:1 1 udp 2130706431 ${address} ${port} typ host`,
      sdpMid: connection.getTransceivers()[0].mid,
      sdpMLineIndex: 0,
    });
  }
  for (const connection of [caller, callee]) {
    while (connection.connectionState !== 'connected') {
      if (connection.connectionState === 'failed') throw new Error('the peers did not connect');
      await new Promise((resolve) => connection.addEventListener('connectionstatechange', resolve, { once: true }));
    }
  }
  return {
    caller, callee, sender, receiver,
    prefer(mimeType) {
      offer(mimeType);
      return negotiate();
    },
    close() {
      caller.close();
      callee.close();
    },
  };
}

/**
 * Records what nodes of one context play, all on its clock (mono: the first channel of each), and hands it to the test runner.
 * Resolves with the id under which the server keeps the recording.
 */
export async function record(context, nodes, seconds) {
  const recorder = new AudioWorkletNode(context, 'recorder', {
    numberOfInputs: nodes.length,
    numberOfOutputs: 1,
    channelCount: 1,
    channelCountMode: 'explicit',
    processorOptions: { frames: Math.round(seconds * context.sampleRate) },
  });
  nodes.forEach((node, index) => node.connect(recorder, 0, index));
  recorder.connect(context.destination);
  const channels = await new Promise((resolve) => (recorder.port.onmessage = ({ data }) => resolve(data)));
  nodes.forEach((node, index) => node.disconnect(recorder, 0, index));
  recorder.disconnect();
  return keep(channels, context.sampleRate);
}

/** Hands planar samples to the test runner; resolves with the id of the recording. */
export async function keep(channels, sampleRate) {
  const response = await fetch(`/recording?rate=${sampleRate}&channels=${channels.length}`, { method: 'POST', body: new Blob(channels) });
  return Number(await response.text());
}

/**
 * Renders a file of the server through a capture node, as fast as the machine can, in a context of its own at `sampleRate`.
 * Channel c of the node gets the file scaled by `gains[c]`. Resolves with the recording (the file, then each channel of the
 * output) and the node's latency in samples.
 */
export async function renderCapture({ Earshot, url, sampleRate, seconds, gains, options, context: contextOptions }) {
  const channelCount = gains.length;
  const context = new OfflineAudioContext({ numberOfChannels: channelCount, length: seconds * sampleRate, sampleRate, ...contextOptions });
  const node = await Earshot.createCaptureNode(context, { ...options, channelCount });
  const buffer = await context.decodeAudioData(await (await fetch(url)).arrayBuffer());
  const source = new AudioBufferSourceNode(context, { buffer });
  const sides = new ChannelMergerNode(context, { numberOfInputs: channelCount });
  gains.forEach((gain, c) => source.connect(new GainNode(context, { gain })).connect(sides, 0, c));
  sides.connect(node).connect(context.destination);
  source.start();
  const rendered = await context.startRendering();
  await node.ready;
  const output = gains.map((_, c) => rendered.getChannelData(c));
  const input = buffer.getChannelData(0).slice(0, rendered.length);
  return { id: await keep([input, ...output], sampleRate), latency: node.latency * sampleRate, quantum: context.renderQuantumSize };
}

/** Waits until `condition` gives something true, and returns it; the runner's own time limit ends a wait in vain. */
export async function until(condition) {
  for (;;) {
    const value = await condition();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

/** The one statistics entry of `type` of a connection. */
export async function statistics(connection, type) {
  return [...(await connection.getStats()).values()].find((entry) => entry.type === type);
}

window.harness = { microphone, loadLibrary, audioContext, fileSource, tone, trackOf, nativeOutput, call, record, keep, renderCapture, until, sleep, statistics, video, videoScene };
