/** Moving pictures that say when they were drawn, and what an element shows of them. */

/** Bits of a picture's time, in two rows of blocks. */
const BITS = 24;
const COLUMNS = 12;

/** Milliseconds that the code can tell. */
const PERIOD = 2 ** BITS;

const now = () => Math.round(performance.now()) % PERIOD;

/**
 * A track of `width` × `height` at `frameRate`: things that move on a colourful ground, the upper third with the time of drawing, in bits
 * and their complement.
 */
export function clockTrack({ width = 640, height = 360, frameRate = 30, motion = 1 } = {}) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { alpha: false });
  document.body.append(canvas);
  const ground = texture(width, height);
  let frame = 0;
  const draw = () => {
    frame++;
    context.drawImage(ground, -((frame * motion) % width), 0);
    context.drawImage(ground, width - ((frame * motion) % width), 0);
    context.fillStyle = `hsl(${(frame * 2) % 360} 90% 50%)`;
    context.beginPath();
    context.arc(width / 2 + (width / 3) * Math.sin(frame / 9), 0.7 * height, height / 8, 0, 2 * Math.PI);
    context.fill();
    const time = now();
    const [w, h] = [width / COLUMNS, height / 12];
    for (let bit = 0; bit < BITS; bit++) {
      const on = (time >> bit) & 1;
      const [x, y] = [(bit % COLUMNS) * w, 2 * Math.floor(bit / COLUMNS) * h];
      context.fillStyle = on ? '#fff' : '#000';
      context.fillRect(x, y, w + 1, h + 1);
      context.fillStyle = on ? '#000' : '#fff';
      context.fillRect(x, y + h, w + 1, h + 1);
    }
  };
  draw();
  const timer = setInterval(draw, 1000 / frameRate);
  const track = canvas.captureStream(frameRate).getVideoTracks()[0];
  return { track, canvas, stop: () => clearInterval(timer) };
}

/** Patches of colour, always the same. */
function texture(width, height) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { alpha: false });
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  context.fillStyle = '#888';
  context.fillRect(0, 0, width, height);
  for (let i = 0; i < 200; i++) {
    context.fillStyle = `hsl(${360 * random()} ${40 + 40 * random()}% ${25 + 50 * random()}%)`;
    context.fillRect(width * random(), height * random(), (width / 6) * random(), (height / 6) * random());
  }
  return canvas;
}

/** Plays a stream or track in an element. */
export function show(streamOrTrack) {
  const stream = streamOrTrack instanceof MediaStream ? streamOrTrack : new MediaStream([streamOrTrack]);
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true, srcObject: stream });
  document.body.append(video);
  video.play().catch(() => {});
  return video;
}

/**
 * Watches what `video` shows for `seconds`: of each picture its size, when it was shown, its age in ms (null when its code is not one
 * that was drawn) and the colours of its centre column.
 */
export async function watch(video, seconds) {
  const seen = [];
  const end = performance.now() + 1000 * seconds;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  while (performance.now() < end) {
    const shown = await Promise.race([
      new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(true))),
      new Promise((resolve) => setTimeout(() => resolve(false), Math.max(0, end - performance.now()))),
    ]);
    if (!shown) break;
    const { videoWidth: width, videoHeight: height } = video;
    Object.assign(canvas, { width, height });
    context.drawImage(video, 0, 0);
    const at = performance.now();
    seen.push({ at, width, height, age: age(context, width, height), });
  }
  return seen;
}

/** How long ago a picture was drawn, ms; null when a block is not the complement of its other half. */
function age(context, width, height) {
  const [w, h] = [width / COLUMNS, height / 12];
  const light = (x, y) => {
    const { data } = context.getImageData(Math.floor(x), Math.floor(y), 1, 1);
    return data[0] + data[1] + data[2] > 382;
  };
  let time = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const [x, y] = [((bit % COLUMNS) + 0.5) * w, (2 * Math.floor(bit / COLUMNS) + 0.5) * h];
    const on = light(x, y);
    if (light(x, y + h) === on) return null;
    if (on) time |= 1 << bit;
  }
  return (now() - time + PERIOD) % PERIOD;
}

/** Mean colours of a grid of the picture: what to compare two pictures by. */
export function colours(source, columns = 8, rows = 6) {
  const canvas = Object.assign(document.createElement('canvas'), { width: columns, height: rows });
  const context = canvas.getContext('2d', { alpha: false });
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, 0, 0, columns, rows);
  return [...context.getImageData(0, 0, columns, rows).data];
}
