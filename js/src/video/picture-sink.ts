import { writtenTrack } from './breakout-box.js';
import { ELEMENT_DELAY } from './picture-source.js';

/** A track of decoded pictures. */
export interface PictureSink {
  readonly track: MediaStreamTrack;
  /** Where the worker writes the pictures; undefined where `draw()` takes them. */
  readonly writable: WritableStream<VideoFrame> | undefined;
  /** From a picture to what an element shows of the track, as far as it is known, ms. */
  readonly delay: number;
  /** Shows `picture` and closes it. */
  draw(picture: VideoFrame): void;
  close(): void;
}

export function pictureSink(): PictureSink {
  const track = writtenTrack();
  if (!track) return new CanvasSink();
  return { track, writable: track.writable, delay: 0, draw: (picture) => picture.close(), close: () => track.stop() };
}

class CanvasSink implements PictureSink {
  readonly track: MediaStreamTrack;
  readonly writable = undefined;
  readonly delay = ELEMENT_DELAY;
  readonly #canvas = document.createElement('canvas');
  // Each picture is read by the track: a canvas in the graphics processor would have the page wait for it.
  readonly #context = this.#canvas.getContext('2d', { alpha: false, willReadFrequently: true })!;

  constructor() {
    this.track = this.#canvas.captureStream().getVideoTracks()[0]!;
  }

  draw(picture: VideoFrame): void {
    const { displayWidth: width, displayHeight: height } = picture;
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    this.#context.drawImage(picture, 0, 0);
    picture.close();
  }

  close(): void {
    this.track.stop();
  }
}
