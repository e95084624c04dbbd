// Where the picture of the call comes from: a camera, the screen, or a picture that the page draws.
import { MovingPicture } from './moving-picture';

export type VideoKind = 'camera' | 'screen' | 'drawing';
export type VideoSize = '360p' | '720p' | 'own';

/** A started source of one video track. */
export interface VideoSource {
  readonly kind: VideoKind;
  readonly track: MediaStreamTrack;
  resize(size: VideoSize): Promise<void>;
  stop(): void;
}

/** Rejects as getUserMedia and getDisplayMedia do; `explain()` in messages.ts turns that into words. */
export function openVideo(kind: VideoKind, size: VideoSize): Promise<VideoSource> {
  if (kind === 'camera') return openCamera(size);
  if (kind === 'screen') return openScreen();
  return Promise.resolve(new MovingPicture(size));
}

/** A camera's own size is its largest: without a wish browsers give 640 × 480. */
const constraints: Record<VideoSize, MediaTrackConstraints> = {
  '360p': { width: 640, height: 360, frameRate: { ideal: 30 } },
  '720p': { width: 1280, height: 720, frameRate: { ideal: 30 } },
  own: { width: 4096, height: 2160, frameRate: { ideal: 30 } },
};

async function openCamera(size: VideoSize): Promise<VideoSource> {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException('getUserMedia is missing', 'NotSupportedError');
  const stream = await navigator.mediaDevices.getUserMedia({ video: constraints[size] });
  const track = stream.getVideoTracks()[0]!;
  return { kind: 'camera', track, resize: (other) => track.applyConstraints(constraints[other]), stop: () => track.stop() };
}

async function openScreen(): Promise<VideoSource> {
  if (!navigator.mediaDevices?.getDisplayMedia) throw new DOMException('getDisplayMedia is missing', 'NotSupportedError');
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 30 } } });
  const track = stream.getVideoTracks()[0]!;
  // A screen is as large as it is.
  return { kind: 'screen', track, resize: () => Promise.resolve(), stop: () => track.stop() };
}
