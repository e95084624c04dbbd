/** What the browser itself decodes of a remote track, in a graph. */
export class RemoteSound {
  readonly output: AudioNode;
  readonly #element: HTMLAudioElement;

  constructor(context: AudioContext, track: MediaStreamTrack) {
    const stream = new MediaStream([track]);
    this.output = context.createMediaStreamSource(stream);
    // Chrome decodes a remote track for Web Audio only while an element plays it: https://crbug.com/121673.
    this.#element = new Audio();
    this.#element.muted = true;
    this.#element.srcObject = stream;
    void this.#element.play().catch(() => {});
  }

  close(): void {
    this.#element.srcObject = null;
    this.output.disconnect();
  }
}
