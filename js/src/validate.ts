import { EarshotError, type EarshotModule } from './errors.js';

/** `value` if it is a finite number within [min, max]; throws an EarshotError that names the option. */
export function inRange(module: EarshotModule, option: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw invalid(module, option, value, `a number from ${min} to ${max}`);
}

export function isBoolean(module: EarshotModule, option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(module, option, value, 'true or false');
}

export function isChannelCount(module: EarshotModule, value: unknown): 1 | 2 {
  if (value === 1 || value === 2) return value;
  throw invalid(module, 'channelCount', value, '1 or 2');
}

export function oneOf<T extends string | number | boolean>(
  module: EarshotModule,
  option: string,
  value: unknown,
  allowed: readonly T[],
): T {
  if (allowed.includes(value as T)) return value as T;
  throw invalid(module, option, value, `one of ${allowed.join(', ')}`);
}

export function invalid(module: EarshotModule, option: string, value: unknown, wanted: string): EarshotError {
  return new EarshotError(
    'invalid-argument',
    module,
    `option ${option}`,
    `${option} is ${describe(value)}; it must be ${wanted}.`,
  );
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? (value.constructor?.name ?? 'object') : String(value);
}
