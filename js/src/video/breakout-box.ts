/** Chromium's interfaces between tracks and VideoFrames (mediacapture-transform in its first form), which TypeScript's libraries lack. */
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}

interface TrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}

interface BreakoutBox {
  MediaStreamTrackProcessor?: new (init: { track: MediaStreamTrack }) => TrackProcessor;
  MediaStreamTrackGenerator?: new (init: { kind: 'video' }) => TrackGenerator;
}

const scope = globalThis as BreakoutBox;

/** The pictures of `track`, or undefined where the browser has no such way. */
export function picturesOf(track: MediaStreamTrack): ReadableStream<VideoFrame> | undefined {
  return scope.MediaStreamTrackProcessor && new scope.MediaStreamTrackProcessor({ track }).readable;
}

/** A track of pictures that are written, or undefined where the browser has none. */
export function writtenTrack(): TrackGenerator | undefined {
  return scope.MediaStreamTrackGenerator && new scope.MediaStreamTrackGenerator({ kind: 'video' });
}
