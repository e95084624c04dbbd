import type {
  Close,
  PlayedCodec,
  PlayoutInput,
  ReceivedPacket,
  ReceiverCommand,
  ReceiverReport,
  ReceiverSettings,
  StateReport,
} from '../protocol.js';
import { CodecFollower } from './codec-follower.js';
import { Impairment } from './impairment.js';
import { FORMATS, type PayloadFormat } from './payload-format.js';
import { PayloadRouter, type Route } from './payload-router.js';
import { redPayload, redPrimary, type RedPrimary } from './red-payload.js';
import { SequenceNumbers } from './sequence-numbers.js';

/** `route` if it is a codec that we play; null for another. */
const played = (route: Route): PlayedCodec | null => (route in FORMATS ? (route as PlayedCodec) : null);

/**
 * One receiver's frames: each goes on to the native decoder, whose sound is the dry path, and a copy of each payload of a codec that
 * we play, plain or as redundant audio data, to the playout processor. With `nativeDecoder: 'silence'` the native decoder gets
 * silence, but only while ours plays.
 */
export class ReceiverPipe {
  readonly #router: PayloadRouter;
  readonly #follower = new CodecFollower();
  readonly #impairment = new Impairment<RTCEncodedAudioFrame>((frame) => this.#deliver(frame));
  #settings: ReceiverSettings | undefined;
  #playout: MessagePort | undefined;
  #playing = false;
  #codec: PlayedCodec | null = 'opus';
  #sequenceNumbers = new SequenceNumbers(FORMATS.opus.usualSamples);
  /** Of the latest packet with sound. */
  #lastTimestamp = 0;
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
    // Padding is of no codec either.
    if (route === 'side' || frame.data.byteLength === 0) this.#count(metadata);
    else if (route !== 'unknown') this.#receive(frame, metadata, route);
    this.emit(frame);
  }

  #receive(frame: RTCEncodedAudioFrame, metadata: RTCEncodedAudioFrameMetadata, route: Route): void {
    const red = route === 'red' ? { primary: redPrimary(new Uint8Array(frame.data)) } : undefined;
    // What ends too early says nothing of a codec; the chain counts it.
    const codec = red && !red.primary ? this.#codec : played(red?.primary ? this.#router.routeOfBlock(red.primary.payloadType) : route);
    const followed = codec && this.#follower.follow(codec, metadata);
    if (followed === undefined) return;
    this.#setRoute(followed);
    if (followed) this.#play(frame, metadata, FORMATS[followed], red);
  }

  #play(
    frame: RTCEncodedAudioFrame,
    metadata: RTCEncodedAudioFrameMetadata,
    format: PayloadFormat,
    red: { primary: RedPrimary | undefined } | undefined,
  ): void {
    if (!this.#playout) return;
    const payload = frame.data.slice(0);
    const bytes = red ? (red.primary?.payload ?? new Uint8Array()) : new Uint8Array(payload);
    const silence = this.#playing && this.#settings?.nativeDecoder === 'silence' ? format.silence(bytes) : undefined;
    const rtpTimestamp = (this.#lastTimestamp = metadata.rtpTimestamp ?? 0);
    const sequenceNumber = this.#sequenceNumbers.of(metadata.sequenceNumber, rtpTimestamp, format.samples(bytes));
    this.#post(metadata, { payload, redundant: red !== undefined, sequenceNumber, rtpTimestamp });
    if (silence) frame.data = (red?.primary ? redPayload({ ...red.primary, payload: silence }) : silence).buffer;
  }

  /** What is not for our decoder takes a sequence number all the same: without it, it would look lost. */
  #count(metadata: RTCEncodedAudioFrameMetadata): void {
    const { sequenceNumber } = metadata;
    if (!this.#playout || !this.#codec || sequenceNumber === undefined) return;
    this.#post(metadata, { payload: new ArrayBuffer(), redundant: false, sequenceNumber, rtpTimestamp: this.#lastTimestamp });
  }

  #post(metadata: RTCEncodedAudioFrameMetadata, packet: Omit<ReceivedPacket, 'type' | 'payloadType' | 'ssrc'>): void {
    const payloadType = metadata.payloadType ?? 0;
    const input: PlayoutInput = { type: 'packet', payloadType, ssrc: metadata.synchronizationSource ?? 0, ...packet };
    this.#playout!.postMessage(input, [packet.payload]);
  }

  #setRoute(codec: PlayedCodec | null): void {
    if (codec === this.#codec) return;
    if (codec) this.#sequenceNumbers = new SequenceNumbers(FORMATS[codec].usualSamples);
    this.#codec = codec;
    this.#playout?.postMessage({ type: 'route', codec } satisfies PlayoutInput);
  }

  #connect(port: MessagePort): void {
    this.#disconnect();
    if (!this.#settings) return port.close();
    this.#playout = port;
    port.onmessage = ({ data }: MessageEvent<StateReport | Close>) => {
      if (data.type === 'close') this.#disconnect();
      else this.#playing = data.state === 'running';
    };
    if (this.#codec !== 'opus') port.postMessage({ type: 'route', codec: this.#codec } satisfies PlayoutInput);
  }

  #disconnect(): void {
    this.#playout?.close();
    this.#playout = undefined;
    this.#playing = false;
  }
}
