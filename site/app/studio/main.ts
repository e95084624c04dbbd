// The studio: a microphone, the sample or a file through the capture chain, with everything it does in sight.
import * as Earshot from 'earshot';
import { element } from '../dom';
import { explain, MessageLine } from '../messages';
import { RecordButton } from '../record-button';
import { openFile, openMicrophone, openSample, type Source } from '../source';
import { watchSuspension } from '../suspension';
import { readListen, readOptions, showMicrophones, showSliderValues } from './controls';
import { StudioPanel } from './panel';
import { StudioSession } from './session';

const sampleUrl = new URL('../assets/noisy-speech.opus', document.baseURI).href;
/** Two suppressors in a row only take more speech away. */
const nativeOff = { noiseSuppression: false, autoGainControl: false };
const message = new MessageLine(element('message'));
const panel = new StudioPanel();
const recorder = new RecordButton((error) => message.show(explain(error), 'error'));
const stopButton = element<HTMLButtonElement>('stop');

let session: StudioSession | undefined;
/** Counts starts and stops, so that what was asked for before another wish does not come true after it. */
let wish = 0;

async function start(open: (context: AudioContext) => Promise<Source>, text: string): Promise<void> {
  stop();
  const mine = ++wish;
  message.show('Starting …');
  stopButton.disabled = false;
  const context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
  let source: Source | undefined;
  try {
    source = await open(context);
    const started = await StudioSession.start(context, source, readOptions());
    if (mine !== wish) return started.stop();
    session = started;
    watch(started);
    started.monitor.listen(readListen());
    panel.start(started);
    recorder.enable({ before: started.monitor.before, after: started.monitor.after });
    element<HTMLInputElement>('mute').disabled = false;
    element('headphones').hidden = source.kind !== 'microphone';
    await showMicrophones(source.kind === 'microphone' ? started.enhancer.input : undefined);
    message.show(text);
    watchSuspension(context, message);
  } catch (error) {
    source?.stop();
    void context.close();
    if (mine !== wish) return;
    stop();
    message.show(explain(error), 'error');
  }
}

function watch({ enhancer }: StudioSession): void {
  enhancer.addEventListener('error', ({ error }) => message.show(explain(error), 'error'));
  enhancer.addEventListener('statechange', () => panel.showState(enhancer.state));
  enhancer.addEventListener('speakingwhilemuted', () => message.show('You are speaking, but you are muted.', 'error'));
  enhancer.addEventListener('inputended', () => {
    message.show('The microphone was unplugged or taken away. Choose another, or press “Use my microphone”.', 'error');
    void showMicrophones(enhancer.input);
  });
}

function stop(): void {
  wish++;
  recorder.disable();
  session?.stop();
  session = undefined;
  panel.stop();
  stopButton.disabled = true;
  const mute = element<HTMLInputElement>('mute');
  mute.checked = false;
  mute.disabled = true;
  element('microphone-choice').hidden = true;
}

async function changeMicrophone(deviceId: string): Promise<void> {
  const changed = session;
  if (!changed) return;
  let source: Source | undefined;
  try {
    source = await openMicrophone(nativeOff, deviceId);
    await changed.change(source);
    message.show('This is the other microphone: the enhanced sound went over without a gap.');
  } catch (error) {
    source?.stop();
    if (changed === session) message.show(explain(error), 'error');
  }
}

const playFile = (file: File | undefined) => {
  if (file) void start((context) => openFile(context, file), `Playing ${file.name} in a loop.`);
};

element('start-sample').addEventListener('click', () => void start((context) => openSample(context, sampleUrl), 'The sample is playing.'));
element('start-microphone').addEventListener('click', () => void start(() => openMicrophone(nativeOff), 'The microphone is open: speak.'));
stopButton.addEventListener('click', () => {
  stop();
  message.show('Stopped.');
});
element<HTMLSelectElement>('microphones').addEventListener('change', (event) => {
  void changeMicrophone((event.target as HTMLSelectElement).value);
});
element<HTMLInputElement>('file').addEventListener('change', (event) => playFile((event.target as HTMLInputElement).files?.[0]));
for (const type of ['dragover', 'drop'] as const) {
  document.addEventListener(type, (event) => {
    event.preventDefault(); // or the browser would leave the page for the file
    if (type === 'drop') playFile(event.dataTransfer?.files[0]);
  });
}
element<HTMLInputElement>('mute').addEventListener('input', (event) => {
  if (session) session.enhancer.track.enabled = !(event.target as HTMLInputElement).checked;
  message.clear();
});
for (const input of document.querySelectorAll<HTMLInputElement>('#options input, #listen input')) {
  input.addEventListener('input', () => {
    showSliderValues();
    session?.enhancer.update(readOptions());
    session?.monitor.listen(readListen());
  });
}

showSliderValues();
element('version').textContent = `Earshot ${Earshot.version}.`;
void Earshot.support().then(({ enhance, secureContext }) => {
  if (enhance) return;
  message.show(
    secureContext
      ? 'This browser lacks WebAssembly or AudioWorklet. Use a current Chrome, Edge, Firefox or Safari.'
      : 'Browsers give AudioWorklet and microphone only to pages from https:// or localhost. Open this page there.',
    'error',
  );
});
