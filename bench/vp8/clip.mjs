// The clips of bench/vp8.mjs: what a camera would give of a head before a wall, made from numbers. Settings are in the file's name, so
// that each is made once.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDir } from '../../tools/lib/paths.mjs';

/** bitrate: kbit/s; numFrames: so many that a pass takes long enough to be measured. */
export const formats = {
  '720p': { width: 1280, height: 720, bitrate: 1500, numFrames: 60 },
  '360p': { width: 640, height: 360, bitrate: 500, numFrames: 120 },
};
export const frameRate = 30;
export const speed = 6;
export const pictureBytes = ({ width, height }) => (width * height * 3) / 2;

/** Numbers from a fixed seed, evenly from 0 to 1. */
function makeRandom() {
  let state = 1;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** A smooth texture of sines, detailed enough to cost bits. */
function texture(x, y, scale) {
  return 26 * Math.sin(x / (9 * scale)) * Math.cos(y / (7 * scale)) + 14 * Math.sin((x + 2 * y) / (3 * scale)) + 8 * Math.sin((x * y) / (900 * scale));
}

/** The picture is laid out for 1280 columns. */
function fillPlane(plane, columns, t, base, noise) {
  const scale = 1280 / columns;
  const dx = (24 * Math.sin(t / 9)) / scale;
  const dy = (10 * Math.cos(t / 6)) / scale;
  const [cx, cy, rx, ry] = [640 / scale + dx, 400 / scale + dy, 210 / scale, 300 / scale];
  for (let i = 0; i < plane.length; i++) {
    const x = i % columns;
    const y = Math.floor(i / columns);
    const inside = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1;
    const value = inside ? base + 40 + texture(x - dx, y - dy, 1 / scale + 0.4) : base + 0.6 * texture(x, y, 2);
    plane[i] = Math.max(0, Math.min(255, value + noise()));
  }
}

/** Raw I420 pictures of one of the formats; returns the file. */
export function writeClip({ width, height, numFrames }) {
  const folder = join(buildDir, 'bench');
  const file = join(folder, `clip-${width}x${height}-${numFrames}.i420`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const random = makeRandom();
  const noise = () => 3 * (random() + random() - 1);
  const bytes = pictureBytes({ width, height });
  const clip = Buffer.alloc(bytes * numFrames);
  const luma = width * height;
  for (let t = 0; t < numFrames; t++) {
    const picture = clip.subarray(t * bytes, (t + 1) * bytes);
    fillPlane(picture.subarray(0, luma), width, t, 90, noise);
    fillPlane(picture.subarray(luma, luma * 1.25), width / 2, t, 110, noise);
    fillPlane(picture.subarray(luma * 1.25), width / 2, t, 120, noise);
  }
  writeFileSync(`${file}.part`, clip);
  renameSync(`${file}.part`, file);
  return file;
}
