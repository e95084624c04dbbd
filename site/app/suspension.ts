import type { MessageLine } from './messages';

/** A browser that lets the sound run takes so long to start it at most, ms. */
const startMs = 1000;

const told = 'The browser has paused the sound. Press any button or key on this page to go on.';

/** A suspended context is silence without a reason: says what to do, does it at the next gesture, and takes it back when it runs. */
export function watchSuspension(context: AudioContext, message: MessageLine): void {
  const paused = () => context.state !== 'running' && context.state !== 'closed';
  let timer = 0;
  let before: string | undefined;
  const check = () => {
    clearTimeout(timer);
    if (paused()) {
      timer = window.setTimeout(tell, startMs);
    } else if (before !== undefined) {
      // Something said since then stays.
      if (message.text === told && before) message.show(before);
      else if (message.text === told) message.clear();
      before = undefined;
    }
  };
  const tell = () => {
    if (!paused() || before !== undefined) return;
    before = message.text;
    message.show(told, 'error');
    const resume = () => void context.resume();
    addEventListener('pointerdown', resume, { once: true });
    addEventListener('keydown', resume, { once: true });
  };
  context.addEventListener('statechange', check);
  check();
}
