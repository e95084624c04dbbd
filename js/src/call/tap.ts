import { enhancedSource } from '../capture/enhanced-track.js';
import type { ContextLease, Engine } from '../engine.js';
import { TAP_PROCESSOR, type TapCommand, type TapProcessorOptions } from '../protocol.js';

/** Where the encoder's sound comes from. */
export type TapSource = AudioNode | MediaStreamTrack;

/** A source that is being copied to the worker. */
export interface Tap {
  close(): void;
}

/** The rate the encoder takes. */
const ENCODER_RATE = 48000;

/**
 * Starts copying `source` to `port` in blocks at 48 kHz. A track of `enhance()` is tapped in its own graph; any other track,
 * and a node of a context at another rate, comes in through the browser's resampling at a 48 kHz context.
 */
export async function openTap(source: TapSource, numChannels: number, port: MessagePort, engine: Engine): Promise<Tap> {
  const undo: (() => void)[] = [];
  const close = () => undo.splice(0).reverse().forEach((step) => step());
  try {
    const node = nodeOf(source, engine, undo);
    await engine.loadWorklet(node.context);
    const processorOptions: TapProcessorOptions = { numChannels };
    const tap = new AudioWorkletNode(node.context, TAP_PROCESSOR, {
      numberOfInputs: 1,
      numberOfOutputs: 0,
      channelCount: numChannels,
      channelCountMode: 'explicit',
      channelInterpretation: 'speakers',
      processorOptions,
    });
    tap.port.postMessage({ type: 'connect', port } satisfies TapCommand, [port]);
    node.connect(tap);
    undo.push(() => {
      unplug(node, tap);
      tap.port.postMessage({ type: 'close' } satisfies TapCommand);
    });
    return { close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A node at 48 kHz that plays `source`; how to take it down again goes to `undo`. */
function nodeOf(source: TapSource, engine: Engine, undo: (() => void)[]): AudioNode {
  const node = 'context' in source ? source : enhancedSource(source)?.node;
  if (node?.context.sampleRate === ENCODER_RATE) return node;
  const track = 'context' in source ? trackOf(source, undo) : source;
  const lease: ContextLease = engine.lease48k();
  undo.push(() => lease.release());
  const entry = lease.context.createMediaStreamSource(new MediaStream([track]));
  undo.push(() => entry.disconnect());
  return entry;
}

function trackOf(node: AudioNode, undo: (() => void)[]): MediaStreamTrack {
  const destination = new MediaStreamAudioDestinationNode(node.context as AudioContext);
  node.connect(destination);
  const track = destination.stream.getAudioTracks()[0]!;
  undo.push(() => {
    unplug(node, destination);
    track.stop();
  });
  return track;
}

/** Disconnects two nodes, unless the owner of `from` has taken its graph down before. */
function unplug(from: AudioNode, to: AudioNode): void {
  try {
    from.disconnect(to);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'InvalidAccessError')) throw error;
  }
}
