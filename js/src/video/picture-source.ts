import { picturesOf } from './breakout-box.js';

/** From a canvas by its track to an element, in Firefox: half a picture of the track and what the element waits; ms. Measured. */
export const ELEMENT_DELAY = 26;

/** Takes the pictures of a track to the worker. */
export interface PictureSource {
  /** The worker has taken the last picture. */
  next(): void;
  close(): void;
}

/** Where pictures go: as a stream where the browser has one of them, else one by one. */
export interface PictureTaker {
  stream(readable: ReadableStream<VideoFrame>): void;
  picture(frame: VideoFrame): void;
}

/** Whether pictures come while the page is hidden as well. */
export function capturesHidden(): boolean {
  return 'MediaStreamTrackProcessor' in globalThis;
}

export function pictureSource(track: MediaStreamTrack, taker: PictureTaker): PictureSource {
  const readable = picturesOf(track);
  if (!readable) return new ElementSource(track, taker);
  taker.stream(readable);
  return { next() {}, close() {} };
}

/** A muted element plays the track; each picture it would show is taken. */
class ElementSource implements PictureSource {
  readonly #video = document.createElement('video');
  #request = 0;
  #free = true;
  #shown = false;

  constructor(
    track: MediaStreamTrack,
    private readonly taker: PictureTaker,
  ) {
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = new MediaStream([track]);
    // It plays as soon as the track lives; a refusal would be of a sound, and there is none.
    void this.#video.play().catch(() => {});
    this.#wait();
  }

  next(): void {
    this.#free = true;
    if (this.#shown) this.#take();
  }

  close(): void {
    this.#video.cancelVideoFrameCallback(this.#request);
    this.#video.srcObject = null;
  }

  #wait(): void {
    this.#request = this.#video.requestVideoFrameCallback(() => {
      this.#shown = true;
      if (this.#free) this.#take();
      this.#wait();
    });
  }

  #take(): void {
    this.#shown = this.#free = false;
    // Firefox gives all pictures of a live track the same time.
    this.taker.picture(new VideoFrame(this.#video, { timestamp: Math.round(1000 * performance.now()) }));
  }
}
