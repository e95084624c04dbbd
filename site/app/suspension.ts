import type { MessageLine } from './messages';

/** A browser that lets the sound run takes so long to start it at most, ms. */
const startMs = 1000;

/** A suspended context is silence without a reason: says what to do, and does it at the next gesture. */
export function watchSuspension(context: AudioContext, message: MessageLine): void {
  const paused = () => context.state !== 'running' && context.state !== 'closed';
  let timer = 0;
  const check = () => {
    clearTimeout(timer);
    if (paused()) timer = window.setTimeout(tell, startMs);
  };
  const tell = () => {
    if (!paused()) return;
    message.show('The browser has paused the sound. Press any button or key on this page to go on.', 'error');
    const resume = () => void context.resume().then(() => message.clear());
    addEventListener('pointerdown', resume, { once: true });
    addEventListener('keydown', resume, { once: true });
  };
  context.addEventListener('statechange', check);
  check();
}
