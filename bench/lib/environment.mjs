// What a result was measured on, in words that say nothing about whose machine it was.
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

export function environment() {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${cpu}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, `
    + `Node ${process.versions.node} (V8 ${process.versions.v8})`;
}
