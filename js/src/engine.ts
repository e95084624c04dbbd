import { compileModule } from './compile.js';
import { assetUrl, type AssetName, type Configuration } from './configuration.js';
import { EarshotError } from './errors.js';
import { simdSupported } from './wasm/loader.js';

/** The modules the window hands out; the file module is for Node alone. */
export type ModuleName = 'worklet' | 'audio' | 'video' | 'video-threads' | 'h264' | DeepModuleName;
/** Those with libopus's networks, which are too slow without SIMD. */
export type DeepModuleName = 'playout-deep' | 'encoder-deep';

/** An AudioContext on loan. */
export interface ContextLease {
  readonly context: AudioContext;
  /** Closes the context with its last lease, if the library made it. */
  release(): void;
}

/** A context the library made. */
interface OwnContext {
  readonly context: AudioContext;
  readonly stopWaking: () => void;
  leases: number;
}

/** Waits between attempts to load a file, ms: a call often starts while the network is still settling. */
const RETRY_DELAYS = [300, 1500];

/** A device at a lower rate is a headset: hardly an echo, but a sound that loudspeakers chosen later would not get better. */
const LOWEST_OUTPUT_RATE = 44100;

/** Gestures that let a browser start an AudioContext. */
const GESTURES = ['pointerdown', 'keydown', 'touchend'] as const;

/**
 * What all objects of a page share: the compiled modules, the library's contexts and the knowledge of which contexts have our
 * worklet. Everything is made on first use, and kept only as long as someone uses it.
 */
export class Engine {
  #configuration: Configuration = {};
  readonly #modules = new Map<ModuleName, Promise<WebAssembly.Module>>();
  readonly #worklets = new WeakMap<BaseAudioContext, Promise<void>>();
  /** By rate; `undefined` is the device's, and may be the same as one by number. */
  readonly #own = new Map<number | undefined, OwnContext>();

  configure(configuration: Configuration): void {
    this.#configuration = { ...this.#configuration, ...configuration };
    // Files that were found stay; what failed is looked for again at the new address.
  }

  assetUrl(name: AssetName): string {
    return assetUrl(name, this.#configuration);
  }

  /** Fetches and compiles once; a failure is forgotten, so that a later call tries again. */
  loadModule(name: ModuleName): Promise<WebAssembly.Module> {
    let module = this.#modules.get(name);
    if (!module) {
      module = this.#compile(name);
      this.#modules.set(name, module);
      module.catch(() => this.#modules.delete(name));
    }
    return module;
  }

  /** Adds our processors to `context` once. */
  loadWorklet(context: BaseAudioContext): Promise<void> {
    let added = this.#worklets.get(context);
    if (!added) {
      added = this.#addWorklet(context);
      this.#worklets.set(context, added);
      added.catch(() => this.#worklets.delete(context));
    }
    return added;
  }

  /** `given`, the context of `configure()`, or the library's own: 48 kHz, low latency, resumed at the first gesture if need be. */
  leaseContext(given: AudioContext | undefined = this.#configuration.audioContext): ContextLease {
    return given ? { context: given, release() {} } : this.#leaseOwn(48000);
  }

  /**
   * Like `leaseContext` for what is played: the library's own is then at the device's rate, because Firefox's echo canceller
   * does not know the sound of contexts at any other.
   */
  leaseOutputContext(given: AudioContext | undefined = this.#configuration.audioContext): ContextLease {
    if (given) return this.leaseContext(given);
    const lease = this.leaseDeviceContext();
    if (lease.context.sampleRate >= LOWEST_OUTPUT_RATE) return lease;
    const wide = this.#leaseOwn(48000);
    lease.release();
    return wide;
  }

  /** Like `leaseContext`, but always at 48 kHz, as the encoder wants it. */
  lease48k(): ContextLease {
    const { audioContext } = this.#configuration;
    return audioContext?.sampleRate === 48000 ? this.leaseContext(audioContext) : this.#leaseOwn(48000);
  }

  /** A context of the library's at the device's rate, where browsers take a microphone only there (Firefox, once). */
  leaseDeviceContext(): ContextLease {
    return this.#leaseOwn(undefined);
  }

  #leaseOwn(sampleRate: number | undefined): ContextLease {
    const held = this.#open(sampleRate) ?? this.#makeOwn(sampleRate);
    const { context, stopWaking } = held;
    held.leases++;
    let released = false;
    return {
      context,
      release: () => {
        if (released) return;
        released = true;
        if (--held.leases > 0) return;
        stopWaking();
        if (context.state !== 'closed') void context.close();
        for (const [rate, own] of this.#own) if (own === held) this.#own.delete(rate);
      },
    };
  }

  #open(sampleRate: number | undefined): OwnContext | undefined {
    const own = this.#own.get(sampleRate);
    return own?.context.state === 'closed' ? undefined : own;
  }

  #makeOwn(sampleRate: number | undefined): OwnContext {
    const context = new AudioContext({ latencyHint: 'interactive', ...(sampleRate && { sampleRate }) });
    // The device's rate is known only now, and may be that of a context that is there.
    const twin = this.#open(context.sampleRate);
    if (twin) void context.close();
    const own = twin ?? { context, leases: 0, stopWaking: wake(context) };
    this.#own.set(sampleRate, own).set(context.sampleRate, own);
    return own;
  }

  async #compile(name: ModuleName): Promise<WebAssembly.Module> {
    const wanted = this.#configuration.simd ?? 'auto';
    const simd = wanted === 'auto' ? simdSupported() : wanted;
    if (!simd && needsSimd(name)) {
      throw new EarshotError('unsupported', 'engine', `load ${name}`, 'This module needs WebAssembly SIMD; the one it stands in for serves instead.');
    }
    const file = `earshot-${name}${simd ? '' : '-scalar'}.wasm` as AssetName;
    const url = this.assetUrl(file);
    return retry(() => compileModule(url)).catch((error: unknown) => {
      const compiles = error instanceof WebAssembly.CompileError;
      throw EarshotError.from(
        error,
        compiles ? 'wasm-compile' : 'asset-load',
        'engine',
        `load ${url}`,
        compiles
          ? "Check that this address serves the file itself and not a page, and that the CSP allows 'wasm-unsafe-eval'."
          : 'Check that the file is served there, or call Earshot.configure({ baseUrl }) with the folder of its files.',
      );
    });
  }

  async #addWorklet(context: BaseAudioContext): Promise<void> {
    if (!context.audioWorklet) {
      throw new EarshotError(
        'unsupported',
        'engine',
        'audioWorklet',
        'This page has no AudioWorklet: serve it from https or localhost, in a browser with Web Audio.',
      );
    }
    const url = this.assetUrl('earshot-worklet.js');
    try {
      await retry(() => context.audioWorklet.addModule(url));
    } catch (error) {
      throw EarshotError.from(
        error,
        'asset-load',
        'engine',
        `load ${url}`,
        "Check that the file is served there with CORS and a JavaScript type, that the page's CSP allows it, or call Earshot.configure({ baseUrl }).",
      );
    }
  }
}

const needsSimd = (name: ModuleName) => name.endsWith('-deep') || name === 'video-threads';

/** The engine of this page. */
export const engine = new Engine();

async function retry<T>(attempt: () => Promise<T>): Promise<T> {
  for (const delay of RETRY_DELAYS) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof WebAssembly.CompileError) throw error;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
  return attempt();
}

/** Resumes `context` now if the browser lets us, else at the next gesture. Returns how to stop trying. */
function wake(context: AudioContext): () => void {
  const resume = () => {
    if (context.state === 'running' || context.state === 'closed') stop();
    else void context.resume().then(stop, () => {});
  };
  const stop = () => GESTURES.forEach((gesture) => globalThis.removeEventListener?.(gesture, resume, true));
  GESTURES.forEach((gesture) => globalThis.addEventListener?.(gesture, resume, true));
  resume();
  return stop;
}
