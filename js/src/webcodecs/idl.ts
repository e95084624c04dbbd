/** Conversions of WebIDL: what a browser does with the members of a dictionary before it looks at their sense. */

type Members = Readonly<Record<string, unknown>>;

/** The dictionary, or a TypeError. */
export function dictionary(value: unknown, name: string): Members {
  if (typeof value === 'object' && value !== null) return value as Members;
  throw new TypeError(`${name} is not an object`);
}

/** `[EnforceRange] unsigned long` (or `long long`, for `max`). */
export function unsigned(members: Members, name: string, max = 2 ** 32 - 1): number | undefined {
  const value = members[name];
  if (value === undefined) return undefined;
  const number = Math.trunc(Number(value));
  if (number >= 0 && number <= max) return number;
  throw new TypeError(`${name} is ${String(value)}, not a whole number from 0 to ${max}`);
}

/** `double`. */
export function double(members: Members, name: string): number | undefined {
  const value = members[name];
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw new TypeError(`${name} is ${String(value)}, not a number`);
}

export function text(members: Members, name: string): string | undefined {
  const value = members[name];
  return value === undefined ? undefined : String(value);
}

/** A copy of the bytes of an `AllowSharedBufferSource`. */
export function bytes(members: Members, name: string): Uint8Array<ArrayBuffer> | undefined {
  const value = members[name];
  if (value === undefined) return undefined;
  if (ArrayBuffer.isView(value)) return new Uint8Array(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  if (value instanceof ArrayBuffer || (typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer)) return new Uint8Array(value).slice();
  throw new TypeError(`${name} is no buffer`);
}

export function flag(members: Members, name: string): boolean | undefined {
  const value = members[name];
  return value === undefined ? undefined : Boolean(value);
}

/** An enumeration, whose default is its first value. */
export function oneOf<const Values extends readonly [string, ...string[]]>(members: Members, name: string, values: Values): Values[number] {
  const value = members[name];
  if (value === undefined) return values[0];
  const found = values.find((one) => one === String(value));
  if (found !== undefined) return found;
  throw new TypeError(`${name} is "${String(value)}", not one of ${values.map((one) => `"${one}"`).join(', ')}`);
}

/** A member that has to be there. */
export function required<Value>(value: Value | undefined, name: string): Value {
  if (value !== undefined) return value;
  throw new TypeError(`${name} is missing`);
}

/** What is left when members without a value are left out. */
export function present<Dictionary extends object>(members: Dictionary): Dictionary {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Dictionary;
}
