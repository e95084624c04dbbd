// The studio's switches as options of Earshot.
import type { CaptureOptions, GainControlOptions } from 'earshot';
import { checked, choice, element, range } from '../dom';

/** Sliders of gain control: id of the element, option, unit. */
const gainSliders = [
  ['target-loudness', 'targetLoudness', 'LUFS'],
  ['max-gain', 'maxGain', 'dB'],
  ['initial-gain', 'initialGain', 'dB'],
  ['max-gain-change', 'maxGainChange', 'dB/s'],
  ['headroom', 'headroom', 'dB'],
  ['max-output-noise', 'maxOutputNoise', 'dBFS'],
] as const;

/** The named strengths a quarter of the range apart. */
const strengthNames = ['off', 'low', 'moderate', 'high', 'max'];

export function readOptions(): CaptureOptions {
  const gain: GainControlOptions = {};
  for (const [id, option] of gainSliders) gain[option] = range(id);
  return {
    noiseSuppression: range('strength') / 100,
    autoGainControl: checked('agc') ? gain : false,
    limiter: checked('limiter'),
    bypass: checked('bypass'),
  };
}

/** What the person wants to hear. */
export const readListen = () => choice('listen') as 'after' | 'before' | 'nothing';

/** Writes the values of the sliders beside them. */
export function showSliderValues(): void {
  const strength = range('strength');
  const name = strength % 25 === 0 ? ` (${strengthNames[strength / 25]})` : '';
  element('strength-value').textContent = `${strength} %${name}`;
  for (const [id, , unit] of gainSliders) {
    element(`${id}-value`).textContent = `${range(id).toString().replace('-', '−')} ${unit}`;
    element<HTMLInputElement>(id).disabled = !checked('agc');
  }
}

/** Fills the list of microphones, with the one in use chosen; without names until the person has allowed one. */
export async function showMicrophones(inUse: MediaStreamTrack | undefined): Promise<void> {
  const list = element<HTMLSelectElement>('microphones');
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  const microphones = devices.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '');
  list.replaceChildren(...microphones.map(({ deviceId, label }, i) => new Option(label || `Microphone ${i + 1}`, deviceId)));
  const used = inUse?.getSettings().deviceId;
  if (used) list.value = used;
  element('microphone-choice').hidden = !inUse || microphones.length === 0;
}
