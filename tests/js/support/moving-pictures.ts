const made = new Map<string, Uint8Array>();

/** I420 pictures for the codecs: a pattern that moves before one that stays. */
export function movingPicture(width: number, height: number, time: number): Uint8Array {
  const key = `${width}x${height} ${time}`;
  const picture = made.get(key) ?? paint(width, height, time);
  made.set(key, picture);
  return picture;
}

function paint(width: number, height: number, time: number): Uint8Array {
  const [chromaWidth, chromaHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const planes = [[width, height], [chromaWidth, chromaHeight], [chromaWidth, chromaHeight]] as const;
  const picture = new Uint8Array(planes.reduce((sum, [w, h]) => sum + w * h, 0));
  let at = 0;
  planes.forEach(([w, h], plane) => {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const moved = x + 2 * time;
        picture[at++] = x < w / 4 ? 40 + ((x * y) % 160) : 128 + 60 * Math.sin(moved / 9 + plane) + 40 * Math.cos((y + moved) / 5);
      }
    }
  });
  return picture;
}

/** Of the luminance, dB; the second picture may be without the last column and row of the first. */
export function psnrY(source: Uint8Array, sourceWidth: number, result: Uint8Array, width: number, height: number): number {
  let sum = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) sum += (source[y * sourceWidth + x]! - result[y * width + x]!) ** 2;
  }
  return 10 * Math.log10((255 ** 2 * width * height) / sum);
}
