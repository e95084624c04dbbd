// The loopback page: starts and stops the call, carries the switches to it, and shows what happens.
import * as Earshot from 'earshot';
import { offerNativeProcessing, readListen, readSettings, showSliderValues } from './controls';
import { element } from './dom';
import { LoopbackCall } from './loopback-call';
import { explain, MessageLine } from './messages';
import { Monitor } from './monitor';
import { RecordButton } from './record-button';
import { openMicrophone, openSample, type Source } from './source';
import { StatsPanel } from './stats-panel';
import { watchSuspension } from './suspension';
import { VideoPart } from './video-part';

const sampleUrl = new URL('assets/noisy-speech.opus', document.baseURI).href;
const message = new MessageLine(element('message'));
const panel = new StatsPanel();
const recorder = new RecordButton((error) => message.show(explain(error), 'error'));
const video = new VideoPart(message);

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
    recorder.enable({ source: monitor.before, 'far-end': monitor.after });
    message.show(kind === 'microphone' ? 'You are in the call: speak.' : 'The sample is playing through the call.');
    watchSuspension(context, message);
    video.join(call.video);
  } catch (error) {
    if (abandon !== mine) return;
    stop();
    message.show(explain(error), 'error');
  }
}

let abandon: (() => void) | undefined;

function stop(): void {
  recorder.disable();
  video.leave();
  session?.monitor.close();
  session = undefined;
  abandon?.();
  abandon = undefined;
  // Last: the parts of the call report their end while it is taken down.
  panel.stop();
  setStarted(false);
}

function setStarted(started: boolean): void {
  element<HTMLButtonElement>('stop').disabled = !started;
}

/** The browser's own processors belong to the capture: a change of theirs needs the microphone reopened. */
async function applySettings(event: Event): Promise<void> {
  const settings = readSettings();
  showSliderValues(settings);
  if (!session) return;
  session.call.apply(settings);
  const name = (event.target as HTMLInputElement).name;
  // The modules of a call are chosen when it begins.
  if (name === 'deep') return start(session.source.kind);
  if (session.source.kind === 'microphone' && (name === 'suppressor' || name === 'gain')) {
    const track = session.source.stream.getAudioTracks()[0]!;
    const wanted = nativeProcessing();
    const has = track.getSettings();
    if (has.noiseSuppression !== wanted.noiseSuppression || has.autoGainControl !== wanted.autoGainControl) await start('microphone');
  }
}

element('start-sample').addEventListener('click', () => void start('sample'));
element('start-microphone').addEventListener('click', () => void start('microphone'));
element('stop').addEventListener('click', () => {
  stop();
  message.show('The call has ended.');
});
for (const input of document.querySelectorAll('main input:not(#video-settings input)')) {
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
