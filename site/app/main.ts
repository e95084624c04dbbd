// The loopback page: starts and stops the call, carries the switches to it, and shows what happens.
import * as Earshot from 'earshot';
import { element, offerNativeProcessing, readListen, readSettings, showSliderValues } from './controls';
import { LoopbackCall } from './loopback-call';
import { explain, MessageLine } from './messages';
import { Monitor } from './monitor';
import { SideRecorder } from './recorder';
import { openMicrophone, openSample, type Source } from './source';
import { StatsPanel } from './stats-panel';

const sampleUrl = new URL('assets/noisy-speech.opus', document.baseURI).href;
const message = new MessageLine(element('message'));
const panel = new StatsPanel();
const recorder = new SideRecorder();

/** Everything that exists only while a call is up. */
interface Session {
  readonly context: AudioContext;
  readonly call: LoopbackCall;
  readonly monitor: Monitor;
  source: Source;
}
let session: Session | undefined;

const nativeProcessing = () => {
  const { suppressor, gain } = readSettings();
  return { noiseSuppression: suppressor === 'native', autoGainControl: gain === 'native' };
};

async function start(kind: Source['kind']): Promise<void> {
  stop();
  message.show(kind === 'microphone' ? 'Asking for the microphone …' : 'Starting the call …');
  setStarted(true);
  const context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
  const call = new LoopbackCall(context);
  const started = { call, context } as { call: LoopbackCall; context: AudioContext; source?: Source };
  abandon = () => {
    call.stop();
    started.source?.stop();
    void context.close();
  };
  const mine = abandon;
  try {
    offerNativeProcessing(kind === 'microphone');
    const source = kind === 'microphone' ? await openMicrophone(nativeProcessing()) : await openSample(context, sampleUrl);
    started.source = source;
    if (abandon !== mine) return source.stop();
    call.addEventListener('error', (event) => message.show(explain((event as Event & { error?: Error }).error), 'error'));
    call.addEventListener('statechange', () => panel.showStates(call.states));
    await call.start(source, readSettings());
    if (abandon !== mine) return;
    const monitor = new Monitor(context, source.stream, call.output);
    monitor.listen(readListen());
    session = { context, call, monitor, source };
    source.stream.getAudioTracks()[0]!.addEventListener('ended', () => {
      message.show('The microphone was unplugged or taken away. Press “Use my microphone” to go on with another.', 'error');
      stop();
    });
    panel.start(call, monitor);
    element('headphones').hidden = kind !== 'microphone';
    element<HTMLButtonElement>('record').disabled = !SideRecorder.supported;
    message.show(kind === 'microphone' ? 'You are in the call: speak.' : 'The sample is playing through the call.');
    watchSuspension(context);
  } catch (error) {
    if (abandon !== mine) return;
    stop();
    message.show(explain(error), 'error');
  }
}

let abandon: (() => void) | undefined;

function stop(): void {
  if (recorder.recording) void finishRecording();
  session?.monitor.close();
  session = undefined;
  abandon?.();
  abandon = undefined;
  // Last: the parts of the call report their end while it is taken down.
  panel.stop();
  setStarted(false);
  element<HTMLButtonElement>('record').disabled = true;
}

function setStarted(started: boolean): void {
  element<HTMLButtonElement>('stop').disabled = !started;
}

/** A suspended context is silence without a reason: say what to do. */
function watchSuspension(context: AudioContext): void {
  const check = () => {
    if (context.state === 'running' || context.state === 'closed') return;
    message.show('The browser has paused the sound. Press any button or key on this page to go on.', 'error');
    const resume = () => void context.resume().then(() => message.clear());
    addEventListener('pointerdown', resume, { once: true });
    addEventListener('keydown', resume, { once: true });
  };
  context.addEventListener('statechange', check);
  check();
}

/** The browser's own processors belong to the capture: a change of theirs needs the microphone reopened. */
async function applySettings(event: Event): Promise<void> {
  const settings = readSettings();
  showSliderValues(settings);
  if (!session) return;
  session.call.apply(settings);
  const name = (event.target as HTMLInputElement).name;
  if (session.source.kind === 'microphone' && (name === 'suppressor' || name === 'gain')) {
    const track = session.source.stream.getAudioTracks()[0]!;
    const wanted = nativeProcessing();
    const has = track.getSettings();
    if (has.noiseSuppression !== wanted.noiseSuppression || has.autoGainControl !== wanted.autoGainControl) await start('microphone');
  }
}

async function toggleRecording(): Promise<void> {
  if (recorder.recording) return finishRecording();
  if (!session) return;
  recorder.start({ source: session.monitor.before, 'far-end': session.monitor.after });
  const button = element('record');
  button.textContent = 'Stop recording';
  button.setAttribute('aria-pressed', 'true');
}

async function finishRecording(): Promise<void> {
  const button = element('record');
  button.textContent = 'Record';
  button.setAttribute('aria-pressed', 'false');
  const downloads = element('downloads');
  for (const link of downloads.querySelectorAll('a')) URL.revokeObjectURL(link.href);
  const files = await recorder.stop();
  downloads.replaceChildren(
    ...files.map((file) =>
      Object.assign(document.createElement('a'), { href: URL.createObjectURL(file), download: file.name, textContent: `Download ${file.name}` }),
    ),
  );
}

element('start-sample').addEventListener('click', () => void start('sample'));
element('start-microphone').addEventListener('click', () => void start('microphone'));
element('stop').addEventListener('click', () => {
  stop();
  message.show('The call has ended.');
});
element('record').addEventListener('click', () => void toggleRecording().catch((error) => message.show(explain(error), 'error')));
for (const input of document.querySelectorAll('main input')) {
  input.addEventListener('input', (event) => {
    if ((event.target as HTMLInputElement).name === 'listen') session?.monitor.listen(readListen());
    else void applySettings(event);
  });
}
offerNativeProcessing(true);
showSliderValues(readSettings());
element('version').textContent = `Earshot ${Earshot.version}.`;
void Earshot.support().then((report) => {
  if (!report.webAssembly || !report.audioWorklet || !report.peerConnection) {
    message.show('This browser lacks WebAssembly, AudioWorklet or WebRTC. Use a current Chrome, Edge, Firefox or Safari, over https:// or on localhost.', 'error');
  } else if (report.encodedTransform === 'none') {
    message.show('This browser has no encoded transforms: noise suppression and gain control work, the codec and jitter buffer stay the browser’s.');
  }
});
