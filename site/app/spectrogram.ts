// A scrolling spectrogram on a canvas: frequency on a mel axis, level as colour.

const topHz = 16_000;
const floorDb = -110;
const ceilingDb = -25;

const mel = (hz: number) => 2595 * Math.log10(1 + hz / 700);
const hertz = (m: number) => 700 * (10 ** (m / 2595) - 1);

/** 256 colours from near black through purple and orange to pale yellow, as RGBA bytes; luminance rises throughout. */
function palette(): Uint8ClampedArray {
  const stops = [
    [0, 11, 10, 18],
    [0.3, 74, 26, 110],
    [0.55, 178, 52, 98],
    [0.8, 247, 142, 62],
    [1, 252, 250, 190],
  ] as const;
  const out = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const t = i / 255;
    const upper = stops.findIndex((stop) => stop[0] >= t) || 1;
    const a = stops[upper - 1]!;
    const b = stops[upper]!;
    const mix = (t - a[0]) / (b[0] - a[0]);
    for (let c = 1; c <= 3; c++) out[i * 4 + c - 1] = a[c]! + (b[c]! - a[c]!) * mix;
    out[i * 4 + 3] = 255;
  }
  return out;
}

const colours = palette();

/** Draws the spectrum of an AnalyserNode, one column per call of draw(). */
export class Spectrogram {
  readonly #canvas: HTMLCanvasElement;
  readonly #drawing: CanvasRenderingContext2D;
  readonly #column: ImageData;
  #spectrum: Float32Array<ArrayBuffer> = new Float32Array(0);

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#drawing = canvas.getContext('2d', { willReadFrequently: false })!;
    this.#column = this.#drawing.createImageData(1, canvas.height);
  }

  draw(analyser: AnalyserNode): void {
    const { width, height } = this.#canvas;
    if (this.#spectrum.length !== analyser.frequencyBinCount) this.#spectrum = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(this.#spectrum);
    const binHz = analyser.context.sampleRate / analyser.fftSize;
    const top = mel(Math.min(topHz, analyser.context.sampleRate / 2));
    for (let y = 0; y < height; y++) {
      // The loudest bin of the row's band, so that a thin harmonic is not lost between rows.
      const low = Math.floor(hertz((top * (height - 1 - y)) / height) / binHz);
      const high = Math.max(low, Math.floor(hertz((top * (height - y)) / height) / binHz));
      let level = floorDb;
      for (let k = low; k <= high && k < this.#spectrum.length; k++) level = Math.max(level, this.#spectrum[k]!);
      const t = Math.max(0, Math.min(1, (level - floorDb) / (ceilingDb - floorDb)));
      const index = Math.round(t * 255) * 4;
      this.#column.data.set(colours.subarray(index, index + 4), y * 4);
    }
    this.#drawing.drawImage(this.#canvas, -1, 0);
    this.#drawing.putImageData(this.#column, width - 1, 0);
  }

  clear(): void {
    this.#drawing.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }
}
