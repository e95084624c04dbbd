import { EarshotError } from '../errors.js';
import type { PipeSide } from '../protocol.js';

/** How encoded frames are reached: RTCRtpScriptTransform, or Chrome's createEncodedStreams before it. */
export type TransformKind = 'script' | 'legacy';

export type TransformOwner = RTCRtpSender | RTCRtpReceiver;

interface LegacyOwner {
  createEncodedStreams(): { readable: ReadableStream; writable: WritableStream };
}

/** The kinds `owner` (an object or its prototype) offers, best first. */
export function transformKinds(owner: object): TransformKind[] {
  const kinds: TransformKind[] = [];
  if (typeof globalThis.RTCRtpScriptTransform === 'function' && 'transform' in owner) kinds.push('script');
  if (typeof (owner as Partial<LegacyOwner>).createEncodedStreams === 'function') kinds.push('legacy');
  return kinds;
}

/** The kind to use on `owner`. Throws an EarshotError when the browser does not offer it. */
export function chooseTransform(owner: TransformOwner, side: PipeSide, wanted: 'auto' | TransformKind): TransformKind {
  const offered = transformKinds(owner);
  const kind = wanted === 'auto' ? offered[0] : offered.find((one) => one === wanted);
  if (kind) return kind;
  throw new EarshotError(
    'unsupported',
    side,
    'choose transform',
    wanted === 'auto'
      ? 'This browser has no encoded transforms, so its own codec carries the call. Chrome 86, Firefox 117 or Safari 15.4 and later have them.'
      : `This browser has no ${wanted} transform; leave the option transform at 'auto'.`,
  );
}

/** Sets the script transform of `owner`, unless someone else's is there. */
export function setScriptTransform(
  owner: TransformOwner,
  side: PipeSide,
  worker: Worker,
  options: object,
  transfer: Transferable[],
): void {
  if (owner.transform) throw taken(side);
  owner.transform = new RTCRtpScriptTransform(worker, options, transfer);
}

/** The encoded streams of `owner`, which can be had once. */
export function takeEncodedStreams(owner: TransformOwner, side: PipeSide): ReturnType<LegacyOwner['createEncodedStreams']> {
  try {
    return (owner as unknown as LegacyOwner).createEncodedStreams();
  } catch (error) {
    throw taken(side, error);
  }
}

/** Whether the connection of `owner` has ended. `seen` remembers that it had begun. */
export function hasEnded(owner: TransformOwner, seen: { transport: boolean }): boolean {
  // Only a receiver's track ends with the connection; a sender's belongs to the page.
  if (!('replaceTrack' in owner) && owner.track.readyState === 'ended') return true;
  const { transport } = owner;
  // Stopping a transceiver takes its transport away; one that never was there may still come.
  if (!transport) return seen.transport;
  seen.transport = true;
  return transport.state === 'closed';
}

function taken(side: PipeSide, cause?: unknown): EarshotError {
  return new EarshotError(
    'transform-taken',
    side,
    'attach',
    `This ${side} has an encoded transform already, or its RTCPeerConnection was made without encodedInsertableStreams: true, which createEncodedStreams needs. Remove the other transform, or leave this ${side} to it.`,
    { cause },
  );
}
