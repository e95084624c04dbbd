// The page's switches as one typed object.
import type { NoiseSuppressionLevel } from 'earshot';
import { checked, choice, element, range } from './dom';
import type { CallSettings, Stage } from './loopback-call';

const levels: readonly NoiseSuppressionLevel[] = ['off', 'low', 'moderate', 'high', 'max'];

/** The switches as they stand. */
export function readSettings(): CallSettings {
  return {
    suppressor: choice('suppressor') as Stage,
    strength: levels[range('strength')]!,
    gain: choice('gain') as Stage,
    codec: choice('codec') as 'ours' | 'native',
    playout: choice('playout') as 'ours' | 'native',
    fec: checked('fec'),
    deep: checked('deep'),
    loss: range('loss') / 100,
    jitterMs: range('jitter'),
  };
}

/** What the person wants to hear. */
export const readListen = () => choice('listen') as 'after' | 'before' | 'nothing';

/** Writes the values of the sliders beside them. */
export function showSliderValues(settings: CallSettings): void {
  element('strength-value').textContent = settings.strength;
  element('loss-value').textContent = `${Math.round(settings.loss * 100)} %`;
  element('jitter-value').textContent = `${settings.jitterMs} ms`;
}

/** The browser's own suppressor and gain control exist on a microphone only. */
export function offerNativeProcessing(offered: boolean): void {
  for (const name of ['suppressor', 'gain']) {
    const native = document.querySelector<HTMLInputElement>(`input[name="${name}"][value="native"]`)!;
    native.disabled = !offered;
    if (!offered && native.checked) document.querySelector<HTMLInputElement>(`input[name="${name}"][value="ours"]`)!.checked = true;
  }
  element('native-hint').hidden = offered;
}
