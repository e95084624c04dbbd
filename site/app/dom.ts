// Access to the page's elements by their ids.

export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element #${id}`);
  return found as T;
}

/** The chosen value of a group of radio buttons. */
export const choice = (name: string) => document.querySelector<HTMLInputElement>(`input[name="${name}"]:checked`)!.value;

/** The number a slider stands at. */
export const range = (id: string) => element<HTMLInputElement>(id).valueAsNumber;

export const checked = (id: string) => element<HTMLInputElement>(id).checked;

/** A level in a meter and in words. */
export function showLevel(id: string, dbfs: number): void {
  element<HTMLMeterElement>(id).value = dbfs;
  element(`${id}-value`).textContent = dbfs <= -99 ? 'silent' : `${dbfs.toFixed(0)} dBFS`;
}

/** A number with its unit, or a dash for what is not one. */
export const fixed = (value: number, digits: number, unit: string) => (Number.isFinite(value) ? `${value.toFixed(digits)} ${unit}` : '–');
