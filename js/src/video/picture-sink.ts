import { writtenTrack } from './breakout-box.js';

/** A track of decoded pictures. */
export interface PictureSink {
  readonly track: MediaStreamTrack;
  /** Where the worker writes the pictures; undefined where `draw()` takes them. */
  readonly writable: WritableStream<VideoFrame> | undefined;
  /** Shows `picture` and closes it. */
  draw(picture: VideoFrame): void;
  close(): void;
}

export function pictureSink(): PictureSink {
  const track = writtenTrack();
  if (!track) return new CanvasSink();
  return { track, writable: track.writable, draw: (picture) => picture.close(), close: () => track.stop() };
}

class CanvasSink implements PictureSink {
  readonly track: MediaStreamTrack;
  readonly writable = undefined;
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
