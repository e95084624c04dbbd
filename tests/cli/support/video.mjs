// Pictures, Y4M and IVF for the tests, read and written apart from the code under test.
import { readFileSync, writeFileSync } from 'node:fs';

/** Planes of an I420 picture, Y first. */
export const planeSizes = (width, height) => [[width, height], [Math.ceil(width / 2), Math.ceil(height / 2)], [Math.ceil(width / 2), Math.ceil(height / 2)]];

/** A picture at time `t`: a pattern that moves to the left before one that stays. */
export function picture(width, height, t) {
  return Buffer.concat(planeSizes(width, height).map(([w, h], plane) => {
    const bytes = Buffer.alloc(w * h);
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const moved = x + 2 * t;
        bytes[y * w + x] = x < w / 4 ? 40 + ((x * y) % 160) : 128 + 60 * Math.sin(moved / 9 + plane) + 40 * Math.cos((y + moved) / 5);
      }
    }
    return bytes;
  }));
}

export function y4mBytes(width, height, pictures, parameters = 'F30:1 Ip C420jpeg') {
  const frames = pictures.flatMap((bytes) => [Buffer.from('FRAME\n'), bytes]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} ${parameters}\n`), ...frames]);
}

export function writeY4m(path, width, height, numFrames) {
  const pictures = Array.from({ length: numFrames }, (_, t) => picture(width, height, t));
  writeFileSync(path, y4mBytes(width, height, pictures));
  return pictures;
}

/** A plain Y4M file of 4:2:0 pictures. */
export function readY4m(path) {
  const file = readFileSync(path);
  const end = file.indexOf('\n');
  const header = file.toString('latin1', 0, end);
  const number = (tag) => Number(new RegExp(` ${tag}(\\d+)`).exec(header)[1]);
  const [width, height] = [number('W'), number('H')];
  const size = planeSizes(width, height).reduce((sum, [w, h]) => sum + w * h, 0);
  const pictures = [];
  for (let at = end + 1; at < file.length; at += 6 + size) {
    if (file.toString('latin1', at, at + 6) !== 'FRAME\n') throw new Error(`${path}: no FRAME at ${at}`);
    pictures.push(file.subarray(at + 6, at + 6 + size));
  }
  return { header, width, height, pictures };
}

/** Header fields and frames of an IVF file. */
export function readIvf(path) {
  const file = readFileSync(path);
  const frames = [];
  for (let at = 32; at < file.length; at += 12 + frames.at(-1).bytes.length) {
    const size = file.readUInt32LE(at);
    frames.push({ time: Number(file.readBigUInt64LE(at + 4)), bytes: file.subarray(at + 12, at + 12 + size) });
  }
  return {
    signature: file.toString('latin1', 0, 4),
    codec: file.toString('latin1', 8, 12),
    width: file.readUInt16LE(12),
    height: file.readUInt16LE(14),
    rate: [file.readUInt32LE(16), file.readUInt32LE(20)],
    count: file.readUInt32LE(24),
    frames,
  };
}

export function ivfBytes(width, height, frames) {
  const header = Buffer.alloc(32);
  header.write('DKIF');
  header.writeUInt16LE(32, 6);
  header.write('VP80', 8);
  header.writeUInt16LE(width, 12);
  header.writeUInt16LE(height, 14);
  header.writeUInt32LE(30, 16);
  header.writeUInt32LE(1, 20);
  header.writeUInt32LE(frames.length, 24);
  const parts = frames.flatMap((bytes, time) => {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(bytes.length, 0);
    head.writeUInt32LE(time, 4);
    return [head, bytes];
  });
  return Buffer.concat([header, ...parts]);
}

/** PSNR of the luminance over all pictures, dB. */
export function psnrY(width, height, sources, results) {
  let sum = 0;
  sources.forEach((source, i) => {
    for (let k = 0; k < width * height; k++) sum += (source[k] - results[i][k]) ** 2;
  });
  return 10 * Math.log10((255 ** 2 * width * height * sources.length) / sum);
}
