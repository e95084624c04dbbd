/** Where pictures are shown: a track's stream, or else the window. Ours are written one by one; the browser's pass as a stream. */
export class PictureOutput {
  #writable: WritableStream<VideoFrame> | undefined;
  #writer: WritableStreamDefaultWriter<VideoFrame> | undefined;
  #passing: AbortController | undefined;
  /** Resolves when nothing passes any more: an ended pipe keeps the stream for a moment. */
  #free: Promise<void> = Promise.resolve();

  constructor(private readonly post: (picture: VideoFrame) => void) {}

  connect(writable: WritableStream<VideoFrame>): void {
    this.#writable = writable;
  }

  /** Passes the pictures of `readable` until one is shown. */
  pass(readable: ReadableStream<VideoFrame>): void {
    this.stop();
    if (!this.#writable) return void readable.cancel().catch(() => {});
    this.#writer?.releaseLock();
    this.#writer = undefined;
    const writable = this.#writable;
    const { signal } = (this.#passing = new AbortController());
    this.#free = this.#free.then(() => readable.pipeTo(writable, { signal, preventAbort: true, preventClose: true })).catch(() => {});
  }

  /** Ends what `pass()` began. */
  stop(): void {
    this.#passing?.abort();
    this.#passing = undefined;
  }

  /** Shows one picture, and closes it. */
  show(picture: VideoFrame): void {
    this.stop();
    if (!this.#writable) {
      // The message takes a copy.
      this.post(picture);
      return picture.close();
    }
    // The last picture that passed is still being written.
    if (!this.#writer && this.#writable.locked) return picture.close();
    this.#writer ??= this.#writable.getWriter();
    this.#writer.write(picture).catch(() => picture.close());
  }

  close(): void {
    this.stop();
    void (this.#writer ?? this.#writable)?.close().catch(() => {});
  }
}
