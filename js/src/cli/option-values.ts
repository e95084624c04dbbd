import { InvalidArgumentError } from 'commander';

/** A parser for a whole number from `low` to `high`. */
export function integer(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text) || value < low || value > high) throw new InvalidArgumentError(`It must be a whole number from ${low} to ${high}.`);
    return value;
  };
}
