import type { Picture } from '../video-protocol.js';
import { i420Bytes } from '../wasm/i420.js';
import type { Vp8Picture } from '../wasm/vp8-decoder.js';

export interface PictureMeaning {
  /** µs */
  readonly timestamp: number;
  /** µs */
  readonly duration: number | null;
  readonly colorSpace: VideoColorSpaceInit;
  /** Width over height of the picture as shown; null: square pixels. */
  readonly displayAspect: number | null;
}

/** A decoded picture as a VideoFrame, or as a plain picture where there is none. Copies the pixels. */
export function toPicture(picture: Vp8Picture, { timestamp, duration, colorSpace, displayAspect }: PictureMeaning): Picture {
  const { width, height, bytes } = picture;
  const format = 'I420';
  if (typeof VideoFrame === 'undefined') {
    return { format, codedWidth: width, codedHeight: height, colorSpace, data: bytes.slice() as Uint8Array<ArrayBuffer> };
  }
  const odd = width % 2 !== 0 || height % 2 !== 0;
  return new VideoFrame(odd ? evenSided(picture) : (bytes as Uint8Array<ArrayBuffer>), {
    format,
    codedWidth: width + (width % 2),
    codedHeight: height + (height % 2),
    visibleRect: { x: 0, y: 0, width, height },
    timestamp,
    colorSpace,
    ...(duration !== null && { duration }),
    ...(displayAspect !== null && { displayWidth: Math.max(1, Math.round(height * displayAspect)), displayHeight: height }),
  });
}

/** The picture with a last column and row more, which Firefox wants of the luminance. */
function evenSided({ width, height, bytes }: Vp8Picture): Uint8Array<ArrayBuffer> {
  const [evenWidth, evenHeight] = [width + (width % 2), height + (height % 2)];
  const even = new Uint8Array(i420Bytes(evenWidth, evenHeight));
  for (let y = 0; y < evenHeight; y++) {
    const row = Math.min(y, height - 1) * width;
    even.set(bytes.subarray(row, row + width), y * evenWidth);
    if (evenWidth > width) even[(y + 1) * evenWidth - 1] = bytes[row + width - 1]!;
  }
  even.set(bytes.subarray(width * height), evenWidth * evenHeight);
  return even;
}
