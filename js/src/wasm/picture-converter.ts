import { ColorMatrix, ColorRange, PictureFormat, PictureParam } from './abi.js';
import { checked, created } from './heap.js';
import type { ModuleExports } from './loader.js';

/** The picture converter's exports of `earshot-video.wasm`. */
export interface PictureExports extends ModuleExports {
  picture_create(): number;
  picture_destroy(handle: number): void;
  picture_source(handle: number, format: number, width: number, height: number): number;
  picture_set(handle: number, param: number, value: number): number;
  picture_to_i420(handle: number, out: number, width: number, height: number): number;
  picture_to_rgba(handle: number, i420: number, width: number, height: number, format: number): number;
  picture_output(handle: number): number;
}

/** What the bytes of a picture mean. */
export interface PictureColor {
  readonly matrix: ColorMatrix;
  readonly range: ColorRange;
}

/** A part of a picture, whole pixels. */
export interface PictureRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Clockwise, degrees. */
export type PictureRotation = 0 | 90 | 180 | 270;

/** The number of a `VideoPixelFormat` of WebCodecs, or undefined for one that is not taken. */
export function pictureFormat(name: string): PictureFormat | undefined {
  return FORMATS.get(name);
}

const FORMATS: ReadonlyMap<string, PictureFormat> = new Map([
  ['I420', PictureFormat.I420],
  ['I420A', PictureFormat.I420A],
  ['I422', PictureFormat.I422],
  ['I444', PictureFormat.I444],
  ['NV12', PictureFormat.Nv12],
  ['NV21', PictureFormat.Nv21],
  ['RGBA', PictureFormat.Rgba],
  ['RGBX', PictureFormat.Rgbx],
  ['BGRA', PictureFormat.Bgra],
  ['BGRX', PictureFormat.Bgrx],
]);

/** Bytes of a picture of a format: planes one after another, rows without padding. */
export function pictureBytes(format: PictureFormat, width: number, height: number): number {
  const pixels = width * height;
  const [halfWidth, halfHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  switch (format) {
    case PictureFormat.I420:
    case PictureFormat.Nv12:
    case PictureFormat.Nv21:
      return pixels + 2 * halfWidth * halfHeight;
    case PictureFormat.I420A:
      return 2 * pixels + 2 * halfWidth * halfHeight;
    case PictureFormat.I422:
      return pixels + 2 * halfWidth * height;
    case PictureFormat.I444:
      return 3 * pixels;
    default:
      return 4 * pixels;
  }
}

/**
 * Pictures of any format and size to I420 of the size and colour space that is wanted, and I420 to RGBA. Everything begins as
 * BT.601, limited range, uncropped and upright.
 */
export class PictureConverter {
  readonly #exports: PictureExports;
  readonly #handle: number;

  constructor(exports: PictureExports) {
    this.#exports = exports;
    this.#handle = created(exports.picture_create(), 'picture_create');
  }

  /**
   * Where the next source picture goes, valid until the memory grows: fill it at once. The source stays for any number of
   * conversions, until the next call.
   */
  source(format: PictureFormat, width: number, height: number): Uint8Array {
    const pointer = created(this.#exports.picture_source(this.#handle, format, width, height), 'picture_source');
    return new Uint8Array(this.#exports.memory.buffer, pointer, pictureBytes(format, width, height));
  }

  /** What the bytes of sources mean, RGB aside, and of what `toRgb` reads. */
  setSourceColor({ matrix, range }: PictureColor): void {
    this.#set(PictureParam.SourceMatrix, matrix);
    this.#set(PictureParam.SourceRange, range);
  }

  /** What the bytes of the I420 made are to mean. */
  setTargetColor({ matrix, range }: PictureColor): void {
    this.#set(PictureParam.TargetMatrix, matrix);
    this.#set(PictureParam.TargetRange, range);
  }

  /** The part of the source that becomes the picture; null for all of it. */
  setCrop(crop: PictureRect | null): void {
    this.#set(PictureParam.CropX, crop?.x ?? 0);
    this.#set(PictureParam.CropY, crop?.y ?? 0);
    this.#set(PictureParam.CropWidth, crop?.width ?? 0);
    this.#set(PictureParam.CropHeight, crop?.height ?? 0);
  }

  /** How the picture is turned, and with `flip` mirrored afterwards, as `rotation` and `flip` of a VideoFrame say. */
  setOrientation(rotation: PictureRotation, flip = false): void {
    this.#set(PictureParam.Rotation, rotation);
    this.#set(PictureParam.Flip, Number(flip));
  }

  /**
   * The source to I420 of `width` × `height` (after turning) at the address `out` of the same memory, such as an encoder's input.
   * Returns the bytes written.
   */
  toI420(out: number, width: number, height: number): number {
    return checked(this.#exports.picture_to_i420(this.#handle, out, width, height), 'picture_to_i420');
  }

  /** I420 at an address of the same memory to `format`, one of RGB. The result is valid until the next call. */
  toRgb(i420: number, width: number, height: number, format = PictureFormat.Rgba): Uint8ClampedArray<ArrayBuffer> {
    const bytes = checked(this.#exports.picture_to_rgba(this.#handle, i420, width, height, format), 'picture_to_rgba');
    return new Uint8ClampedArray(this.#exports.memory.buffer as ArrayBuffer, this.#exports.picture_output(this.#handle), bytes);
  }

  dispose(): void {
    this.#exports.picture_destroy(this.#handle);
  }

  #set(param: PictureParam, value: number): void {
    checked(this.#exports.picture_set(this.#handle, param, value), 'picture_set');
  }
}
