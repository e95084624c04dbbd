/** An EncodedVideoChunk, of the browser or shaped like one. */
export interface VideoChunk {
  readonly type: 'key' | 'delta';
  /** µs */
  readonly timestamp: number;
  /** µs */
  readonly duration: number | null;
  readonly byteLength: number;
  copyTo(destination: AllowSharedBufferSource): void;
}

/** What stands for EncodedVideoChunk where the browser has none. */
class PlainChunk implements VideoChunk {
  readonly #data: Uint8Array;

  constructor(
    readonly type: 'key' | 'delta',
    readonly timestamp: number,
    readonly duration: number | null,
    data: Uint8Array,
  ) {
    this.#data = data;
  }

  get byteLength(): number {
    return this.#data.byteLength;
  }

  copyTo(destination: AllowSharedBufferSource): void {
    const target = ArrayBuffer.isView(destination)
      ? new Uint8Array(destination.buffer, destination.byteOffset, destination.byteLength)
      : new Uint8Array(destination);
    if (target.byteLength < this.byteLength) throw new TypeError(`the chunk has ${this.byteLength} bytes, the destination ${target.byteLength}`);
    target.set(this.#data);
  }
}

export function makeChunk(type: 'key' | 'delta', timestamp: number, duration: number | null, data: Uint8Array<ArrayBuffer>): VideoChunk {
  if (typeof EncodedVideoChunk === 'undefined') return new PlainChunk(type, timestamp, duration, data);
  return new EncodedVideoChunk({ type, timestamp, data, ...(duration !== null && { duration }) });
}

export function isChunk(value: unknown): value is VideoChunk {
  const chunk = value as Partial<VideoChunk> | null;
  return (
    typeof chunk === 'object' &&
    (chunk?.type === 'key' || chunk?.type === 'delta') &&
    typeof chunk.timestamp === 'number' &&
    typeof chunk.byteLength === 'number' &&
    typeof chunk.copyTo === 'function'
  );
}
