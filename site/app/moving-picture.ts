// A picture for people without a camera: drawn by the page, thirty times a second.
import type { VideoSize, VideoSource } from './video-source';

const frameRate = 30;
const sizes: Record<VideoSize, { width: number; height: number }> = {
  '360p': { width: 640, height: 360 },
  '720p': { width: 1280, height: 720 },
  own: { width: 1280, height: 800 },
};

export class MovingPicture implements VideoSource {
  readonly kind = 'drawing';
  readonly track: MediaStreamTrack;
  readonly #canvas = document.createElement('canvas');
  // Each picture is read by the track: a canvas in the graphics processor would have the page wait for it.
  readonly #context = this.#canvas.getContext('2d', { alpha: false, willReadFrequently: true })!;
  readonly #timer: number;

  constructor(size: VideoSize) {
    Object.assign(this.#canvas, sizes[size]);
    this.#draw();
    this.track = this.#canvas.captureStream(frameRate).getVideoTracks()[0]!;
    this.#timer = window.setInterval(() => this.#draw(), 1000 / frameRate);
  }

  resize(size: VideoSize): Promise<void> {
    Object.assign(this.#canvas, sizes[size]);
    this.#draw();
    return Promise.resolve();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.track.stop();
  }

  /** Hills that pass by, a sun that wanders and a clock: large areas, edges, texture and text, as an encoder meets them. */
  #draw(): void {
    const { width, height } = this.#canvas;
    const context = this.#context;
    const seconds = performance.now() / 1000;
    const sky = context.createLinearGradient(0, 0, 0, height);
    sky.addColorStop(0, '#12324a');
    sky.addColorStop(1, '#e0803a');
    context.fillStyle = sky;
    context.fillRect(0, 0, width, height);

    context.fillStyle = '#ffe2a0';
    context.beginPath();
    context.arc(width * (0.5 + 0.38 * Math.sin(seconds / 2)), height * (0.32 - 0.12 * Math.cos(seconds)), height / 9, 0, 2 * Math.PI);
    context.fill();

    for (const [depth, color] of ['#3d5a5b', '#1f7a70', '#0b4a4a'].entries()) this.#drawHills(depth, color, seconds);

    context.fillStyle = '#ffffff';
    context.font = `600 ${Math.round(height / 10)}px system-ui, sans-serif`;
    context.fillText(`${seconds.toFixed(2)} s`, width / 30, height / 7);
  }

  /** The nearer, the faster and the lower. */
  #drawHills(depth: number, color: string, seconds: number): void {
    const { width, height } = this.#canvas;
    const context = this.#context;
    const way = (seconds * (1 + depth)) / 4;
    context.fillStyle = color;
    context.beginPath();
    context.moveTo(0, height);
    for (let x = 0; x <= 1; x += 1 / 64) {
      const wave = Math.sin(7 * x + way) + 0.5 * Math.sin(17 * x + 2 * way) + 0.12 * Math.sin(90 * x + 9 * way);
      context.lineTo(x * width, height * (0.58 + 0.13 * depth + 0.06 * wave));
    }
    context.lineTo(width, height);
    context.fill();
  }
}
