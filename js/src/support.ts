import { transformKinds, type TransformKind } from './call/transform.js';
import { simdSupported } from './wasm/loader.js';

/** What this browser can do, and how. */
export interface SupportReport {
  /** `enhance()` and `createCaptureNode()` will process. */
  readonly enhance: boolean;
  /** `attachSender()` and `attachReceiver()` will process. */
  readonly call: boolean;
  /** `VideoEncoder` and `VideoDecoder` will work. */
  readonly video: boolean;
  readonly webAssembly: boolean;
  /** Whether the faster of the two variants of each module is used. */
  readonly wasmSimd: boolean;
  readonly audioWorklet: boolean;
  readonly peerConnection: boolean;
  /** Pictures are VideoFrames; plain objects otherwise. */
  readonly videoFrame: boolean;
  /** How encoded frames are reached, `'auto'` taking the best. */
  readonly encodedTransform: TransformKind | 'none';
  /** AudioWorklet and microphone exist only on https and localhost. */
  readonly secureContext: boolean;
  /** Not needed by anything here. */
  readonly crossOriginIsolated: boolean;
  /** MIME types of the audio codecs the browser can send, in lower case. */
  readonly codecs: readonly string[];
}

/** Reports without starting anything: no context, no worker, no download. */
export async function support(): Promise<SupportReport> {
  const scope = globalThis;
  const webAssembly = typeof scope.WebAssembly === 'object';
  const audioWorklet = typeof scope.AudioContext === 'function' && 'audioWorklet' in scope.AudioContext.prototype;
  const peerConnection = typeof scope.RTCPeerConnection === 'function';
  const encodedTransform =
    typeof scope.RTCRtpSender === 'function' ? (transformKinds(scope.RTCRtpSender.prototype)[0] ?? 'none') : 'none';
  const capabilities = peerConnection ? scope.RTCRtpSender?.getCapabilities?.('audio') : null;
  const codecs = [...new Set(capabilities?.codecs.map(({ mimeType }) => mimeType.toLowerCase()))];
  const enhance = webAssembly && audioWorklet;
  return {
    enhance,
    call: enhance && peerConnection && encodedTransform !== 'none' && codecs.includes('audio/opus'),
    video: webAssembly && typeof scope.Worker === 'function',
    webAssembly,
    wasmSimd: webAssembly && simdSupported(),
    audioWorklet,
    peerConnection,
    videoFrame: typeof scope.VideoFrame === 'function',
    encodedTransform,
    secureContext: scope.isSecureContext ?? false,
    crossOriginIsolated: scope.crossOriginIsolated ?? false,
    codecs,
  };
}
