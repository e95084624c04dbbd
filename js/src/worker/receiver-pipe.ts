import type { PlayoutInput, ReceiverCommand, ReceiverReport, ReceiverSettings, StateReport, Close } from '../protocol.js';
import { Impairment } from './impairment.js';
import { opusSamples, opusSilence } from './opus-packet.js';
import { PayloadRouter } from './payload-router.js';
import { redPayload, redPrimary } from './red-payload.js';
import { SequenceNumbers } from './sequence-numbers.js';

/**
 * One receiver's frames: each goes on to the native decoder, whose sound is the dry path, and a copy of each payload of Opus, plain
 * or as redundant audio data, to the playout processor. With `nativeDecoder: 'silence'` the native decoder gets silence, but only while ours plays.
 */
export class ReceiverPipe {
  readonly #router: PayloadRouter;
  readonly #sequenceNumbers = new SequenceNumbers();
  readonly #impairment = new Impairment<RTCEncodedAudioFrame>((frame) => this.#deliver(frame));
  #settings: ReceiverSettings | undefined;
  #playout: MessagePort | undefined;
  #playing = false;
  #opus = true;
  #flowing = false;

  constructor(
    private readonly emit: (frame: RTCEncodedAudioFrame) => void,
    private readonly report: (report: ReceiverReport) => void,
  ) {
    this.#router = new PayloadRouter(report);
  }

  onCommand(command: ReceiverCommand): void {
    switch (command.type) {
      case 'start':
        this.#settings = command.settings;
        if (this.#flowing) this.report({ type: 'flowing' });
        return;
      case 'update':
        if (this.#settings) this.#settings = command.settings;
        return;
      case 'playout':
        return this.#connect(command.port);
      case 'payload-types':
        return this.#router.learn(command);
      case 'retire':
        this.#settings = undefined;
        return this.#disconnect();
    }
  }

  /** Takes the next frame from the network, in order of arrival. */
  onFrame(frame: RTCEncodedAudioFrame): void {
    if (!this.#flowing) {
      this.#flowing = true;
      this.report({ type: 'flowing' });
    }
    if (this.#settings) this.#impairment.pass(frame, this.#settings.simulate);
    else this.emit(frame);
  }

  /** The connection has ended. */
  close(): void {
    this.#disconnect();
  }

  #deliver(frame: RTCEncodedAudioFrame): void {
    const metadata = frame.getMetadata();
    const route = this.#router.route(metadata);
    const playable = route === 'opus' || route === 'red';
    if (playable || route === 'other') this.#setRoute(playable);
    if (playable) this.#play(frame, metadata, route === 'red');
    this.emit(frame);
  }

  #play(frame: RTCEncodedAudioFrame, metadata: RTCEncodedAudioFrameMetadata, redundant: boolean): void {
    if (!this.#playout) return;
    const payload = frame.data.slice(0);
    const primary = redundant ? redPrimary(new Uint8Array(payload)) : undefined;
    const bytes = redundant ? (primary?.payload ?? new Uint8Array()) : new Uint8Array(payload);
    const rtpTimestamp = metadata.rtpTimestamp ?? 0;
    const silence = this.#playing && this.#settings?.nativeDecoder === 'silence' ? opusSilence(opusSamples(bytes)) : undefined;
    const packet: PlayoutInput = {
      type: 'packet',
      payload,
      redundant,
      payloadType: metadata.payloadType ?? 0,
      ssrc: metadata.synchronizationSource ?? 0,
      sequenceNumber: this.#sequenceNumbers.of(metadata.sequenceNumber, rtpTimestamp, bytes),
      rtpTimestamp,
    };
    this.#playout.postMessage(packet, [payload]);
    if (silence) frame.data = (primary ? redPayload({ ...primary, payload: silence }) : silence).buffer;
  }

  #setRoute(opus: boolean): void {
    if (opus === this.#opus) return;
    this.#opus = opus;
    this.#playout?.postMessage({ type: 'route', opus } satisfies PlayoutInput);
  }

  #connect(port: MessagePort): void {
    this.#disconnect();
    if (!this.#settings) return port.close();
    this.#playout = port;
    port.onmessage = ({ data }: MessageEvent<StateReport | Close>) => {
      if (data.type === 'close') this.#disconnect();
      else this.#playing = data.state === 'running';
    };
    if (!this.#opus) port.postMessage({ type: 'route', opus: false } satisfies PlayoutInput);
  }

  #disconnect(): void {
    this.#playout?.close();
    this.#playout = undefined;
    this.#playing = false;
  }
}
