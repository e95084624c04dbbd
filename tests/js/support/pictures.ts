import { vi } from 'vitest';

/** A VideoFrame without a picture, of which it is known whether it was closed. */
export class FakePicture {
  /** Pictures that nobody has closed. */
  static open = 0;
  readonly timestamp: number;
  readonly displayWidth: number;
  readonly displayHeight: number;
  closed = false;

  constructor(
    /** What it shows. */
    readonly source: unknown,
    init: { timestamp?: number; codedWidth?: number; codedHeight?: number } = {},
  ) {
    FakePicture.open++;
    this.timestamp = init.timestamp ?? 0;
    this.displayWidth = init.codedWidth ?? 640;
    this.displayHeight = init.codedHeight ?? 360;
  }

  clone(): FakePicture {
    if (this.closed) throw new DOMException('closed', 'InvalidStateError');
    return new FakePicture(this.source, { timestamp: this.timestamp, codedWidth: this.displayWidth, codedHeight: this.displayHeight });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    FakePicture.open--;
  }
}

export const asPicture = (picture: FakePicture) => picture as unknown as VideoFrame;
export const asReadable = (stream: ReadableStream<FakePicture>) => stream as unknown as ReadableStream<VideoFrame>;
export const asWritable = (stream: WritableStream<FakePicture>) => stream as unknown as WritableStream<VideoFrame>;

/** Puts the fake in place of VideoFrame, with none open. */
export function fakePictures(): void {
  FakePicture.open = 0;
  vi.stubGlobal('VideoFrame', FakePicture);
}

/** A stream to which a test gives pictures one by one. */
export function pictureStream() {
  let controller!: ReadableStreamDefaultController<FakePicture>;
  const stream = { cancelled: false, readable: undefined as unknown as ReadableStream<FakePicture>, give: (picture: FakePicture) => controller.enqueue(picture), end: () => controller.close() };
  stream.readable = new ReadableStream({ start: (one) => void (controller = one), cancel: () => void (stream.cancelled = true) });
  return stream;
}

/** A stream that closes what is written to it, as a track does, and remembers what that was. */
export function pictureSink() {
  const written: FakePicture[] = [];
  const writable = new WritableStream<FakePicture>({
    write(picture) {
      written.push(picture);
      picture.close();
    },
  });
  return { written, writable };
}
