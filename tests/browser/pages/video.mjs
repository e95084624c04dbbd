/** Pictures, and codecs shaped as WebCodecs run to their end, for the tests of video. */

/** A picture in I420: a pattern that moves, edges and a still part. */
export function pixels(width, height, time) {
  const [halfWidth, halfHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const data = new Uint8Array(width * height + 2 * halfWidth * halfHeight);
  let at = 0;
  for (const [w, h, kind] of [[width, height, 1], [halfWidth, halfHeight, 2], [halfWidth, halfHeight, 3]]) {
    const across = Float32Array.from({ length: w }, (_, x) => 110 + 50 * Math.sin((x + 3 * time) / (11 * kind)));
    for (let y = 0; y < h; y++) {
      const down = 30 * Math.cos((y - time) / 13);
      for (let x = 0; x < w; x++) {
        const still = 60 + ((x * y) >> 4) % 100;
        data[at++] = x < w / 4 ? still : kind === 1 && (x + 2 * time) % 64 < 8 ? 220 : across[x] + down;
      }
    }
  }
  return data;
}

/** It as a VideoFrame. Firefox takes even sides only, with a visible part. */
export function frameOf(width, height, time, timestamp = time * 33333) {
  const [evenWidth, evenHeight] = [width + (width % 2), height + (height % 2)];
  const data = pixels(evenWidth, evenHeight, time);
  return new VideoFrame(data, {
    format: 'I420', codedWidth: evenWidth, codedHeight: evenHeight, visibleRect: { x: 0, y: 0, width, height }, timestamp, duration: 33333,
  });
}

/** The luminance of a frame, without padding, and how it came; of a frame in RGB, or copied out in `format`, the green. */
export async function lumaOf(frame, format) {
  if (!('copyTo' in frame)) {
    return { width: frame.codedWidth, height: frame.codedHeight, timestamp: frame.timestamp, luma: frame.data.slice(0, frame.codedWidth * frame.codedHeight) };
  }
  const { width, height } = frame.visibleRect;
  const options = format ? { format } : {};
  const data = new Uint8Array(frame.allocationSize(options));
  const [{ offset, stride }] = await frame.copyTo(data, options);
  const rgb = /^(RGB|BGR)/.test(format ?? frame.format);
  const luma = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(offset + y * stride);
    for (let x = 0; x < width; x++) luma[y * width + x] = rgb ? row[4 * x + 1] : row[x];
  }
  const shape = { width, height, timestamp: frame.timestamp, format: frame.format, colorSpace: frame.colorSpace.toJSON(), duration: frame.duration };
  frame.close();
  return { ...shape, luma };
}

export function psnr(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return 10 * Math.log10((255 ** 2 * a.length) / sum);
}

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Encodes what `source(i)` returns, closing it; resolves with the outputs. */
export async function encodeAll(Encoder, config, count, source, keyFrames = []) {
  const outputs = [];
  let failure;
  const encoder = new Encoder({ output: (chunk, metadata) => outputs.push({ chunk, metadata }), error: (error) => (failure = error) });
  encoder.configure(config);
  for (let i = 0; i < count; i++) {
    const frame = source(i);
    encoder.encode(frame, { keyFrame: keyFrames.includes(i) });
    frame.close?.();
    while (encoder.encodeQueueSize > 4) await sleep(1);
  }
  await encoder.flush();
  if (failure) throw failure;
  encoder.close();
  return outputs;
}

/** Decodes chunks; resolves with what `lumaOf` says of the frames, copied out in `format`. */
export async function decodeAll(Decoder, config, chunks, format) {
  const pictures = [];
  let failure;
  const decoder = new Decoder({ output: (frame) => pictures.push(lumaOf(frame, format)), error: (error) => (failure = error) });
  decoder.configure(config);
  for (const chunk of chunks) {
    decoder.decode(chunk);
    while (decoder.decodeQueueSize > 4) await sleep(1);
  }
  await decoder.flush();
  if (failure) throw failure;
  decoder.close();
  return Promise.all(pictures);
}
