import { CARRIER_SIDE } from '../video-call-protocol.js';
import { writtenTrack } from './breakout-box.js';

/** A track of tiny pictures that are made one by one: what the browser encodes while it carries our frames. */
export interface CarrierTrack {
  readonly track: MediaStreamTrack;
  /** Where the worker writes the pictures; undefined where `push()` has to make them. */
  readonly writable: WritableStream<VideoFrame> | undefined;
  push(): void;
}

export function carrierTrack(): CarrierTrack {
  const track = writtenTrack();
  return track ? { track, writable: track.writable, push() {} } : canvasTrack();
}

/** `requestFrame` is the track's, and in Firefox the stream's. */
type Requests = { requestFrame?(): void };

function canvasTrack(): CarrierTrack {
  const canvas = Object.assign(document.createElement('canvas'), { width: CARRIER_SIDE, height: CARRIER_SIDE });
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const stream = canvas.captureStream(0);
  const track = stream.getVideoTracks()[0]!;
  const requests = ('requestFrame' in track ? track : stream) as Requests;
  let shade = 0;
  return {
    track,
    writable: undefined,
    push() {
      // A canvas that was not drawn on gives no picture.
      context.fillStyle = (shade ^= 1) ? '#808080' : '#818181';
      context.fillRect(0, 0, CARRIER_SIDE, CARRIER_SIDE);
      requests.requestFrame?.();
    },
  };
}
