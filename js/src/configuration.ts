import { EarshotError } from './errors.js';

/** Where the library finds its files, and defaults for all later calls. */
export interface Configuration {
  /** Folder of the worklet, worker and wasm files; default: the folder of the script itself. */
  baseUrl?: string | URL;
  /** Overrides the place of `earshot-worklet.js`. */
  workletUrl?: string | URL;
  /** Overrides the place of `earshot-worker.js`. */
  workerUrl?: string | URL;
  /** Overrides the place of `earshot-video-worker.js`. */
  videoWorkerUrl?: string | URL;
  /** Overrides the place of `earshot-thread.js`. */
  threadUrl?: string | URL;
  /** Overrides the places of the modules, whatever the variant. */
  wasmUrl?: {
    worklet?: string | URL;
    audio?: string | URL;
    playoutDeep?: string | URL;
    encoderDeep?: string | URL;
    video?: string | URL;
    videoThreads?: string | URL;
    h264?: string | URL;
  };
  /** `auto` (default) takes the SIMD128 variant where the browser can run it. */
  simd?: 'auto' | boolean;
  /** Used where no other context is given, instead of the library's own 48 kHz context. Never closed by the library. */
  audioContext?: AudioContext;
}

/** The files beside the script. */
export type AssetName =
  | 'earshot-worklet.js'
  | 'earshot-worker.js'
  | 'earshot-video-worker.js'
  | 'earshot-thread.js'
  | 'earshot-worklet.wasm'
  | 'earshot-worklet-scalar.wasm'
  | 'earshot-audio.wasm'
  | 'earshot-audio-scalar.wasm'
  | 'earshot-playout-deep.wasm'
  | 'earshot-encoder-deep.wasm'
  | 'earshot-video.wasm'
  | 'earshot-video-scalar.wasm'
  | 'earshot-video-threads.wasm'
  | 'earshot-h264.wasm'
  | 'earshot-h264-scalar.wasm';

/**
 * The files' addresses as the script itself implies them. Spelt out one by one because this is the pattern bundlers (Vite,
 * webpack, Rollup) look for to copy the files. The script-tag build replaces `import.meta.url` by `document.currentScript.src`,
 * which is known only while the script runs: hence at load, and hence undefined where no script has an address.
 */
const besideScript = ((): Record<AssetName, URL> | undefined => {
  try {
    return {
      'earshot-worklet.js': new URL('./earshot-worklet.js', import.meta.url),
      'earshot-worker.js': new URL('./earshot-worker.js', import.meta.url),
      'earshot-video-worker.js': new URL('./earshot-video-worker.js', import.meta.url),
      'earshot-thread.js': new URL('./earshot-thread.js', import.meta.url),
      'earshot-worklet.wasm': new URL('./earshot-worklet.wasm', import.meta.url),
      'earshot-worklet-scalar.wasm': new URL('./earshot-worklet-scalar.wasm', import.meta.url),
      'earshot-audio.wasm': new URL('./earshot-audio.wasm', import.meta.url),
      'earshot-audio-scalar.wasm': new URL('./earshot-audio-scalar.wasm', import.meta.url),
      'earshot-playout-deep.wasm': new URL('./earshot-playout-deep.wasm', import.meta.url),
      'earshot-encoder-deep.wasm': new URL('./earshot-encoder-deep.wasm', import.meta.url),
      'earshot-video.wasm': new URL('./earshot-video.wasm', import.meta.url),
      'earshot-video-scalar.wasm': new URL('./earshot-video-scalar.wasm', import.meta.url),
      'earshot-video-threads.wasm': new URL('./earshot-video-threads.wasm', import.meta.url),
      'earshot-h264.wasm': new URL('./earshot-h264.wasm', import.meta.url),
      'earshot-h264-scalar.wasm': new URL('./earshot-h264-scalar.wasm', import.meta.url),
    };
  } catch {
    return undefined;
  }
})();

/** The address of `name`. Throws an EarshotError when nothing says where the files are. */
export function assetUrl(name: AssetName, configuration: Configuration): string {
  const explicit = explicitUrl(name, configuration);
  if (explicit !== undefined) return absolute(explicit);
  if (configuration.baseUrl !== undefined) {
    const folder = absolute(configuration.baseUrl);
    return new URL(name, folder.endsWith('/') ? folder : `${folder}/`).href;
  }
  if (besideScript) return besideScript[name].href;
  throw new EarshotError(
    'asset-load',
    'engine',
    `locate ${name}`,
    `The script has no address of its own, so ${name} cannot be found beside it. Call Earshot.configure({ baseUrl }) with the folder of Earshot's files.`,
  );
}

function explicitUrl(name: AssetName, configuration: Configuration): string | URL | undefined {
  switch (name) {
    case 'earshot-worklet.js':
      return configuration.workletUrl;
    case 'earshot-worker.js':
      return configuration.workerUrl;
    case 'earshot-video-worker.js':
      return configuration.videoWorkerUrl;
    case 'earshot-thread.js':
      return configuration.threadUrl;
    case 'earshot-worklet.wasm':
    case 'earshot-worklet-scalar.wasm':
      return configuration.wasmUrl?.worklet;
    case 'earshot-audio.wasm':
    case 'earshot-audio-scalar.wasm':
      return configuration.wasmUrl?.audio;
    case 'earshot-playout-deep.wasm':
      return configuration.wasmUrl?.playoutDeep;
    case 'earshot-encoder-deep.wasm':
      return configuration.wasmUrl?.encoderDeep;
    case 'earshot-video.wasm':
    case 'earshot-video-scalar.wasm':
      return configuration.wasmUrl?.video;
    case 'earshot-video-threads.wasm':
      return configuration.wasmUrl?.videoThreads;
    case 'earshot-h264.wasm':
    case 'earshot-h264-scalar.wasm':
      return configuration.wasmUrl?.h264;
  }
}

function absolute(url: string | URL): string {
  return new URL(url, globalThis.document?.baseURI).href;
}
