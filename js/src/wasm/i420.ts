/** Bytes of an I420 picture: luminance, then both chroma planes with half its sides, rounded up. */
export function i420Bytes(width: number, height: number): number {
  return width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
}
