import { CARRIER_SIDE, type ScalabilityMode, type VideoRates, type VideoSenderCommand, type VideoSenderReport, type VideoSenderSettings } from '../video-call-protocol.js';
import { Carrier } from './carrier.js';
import { PayloadTypeTable } from './payload-type-table.js';
import { PictureInbox } from './picture-inbox.js';
import { Sealer } from './sealer.js';
import { SenderCounters } from './sender-counters.js';
import { vp8FrameInfo } from './vp8-frame.js';

export interface EncodedPicture {
  readonly data: Uint8Array;
  readonly key: boolean;
  readonly temporalLayer: number;
  /** No later frame needs it. */
  readonly discardable: boolean;
  /** 0 … 127. */
  readonly quantizer: number;
  /** ms */
  readonly encodeTime: number;
}

/** Settings of the encoder, all of which may change in mid-stream. */
export interface PictureEncoderSettings extends VideoRates {
  readonly scalabilityMode: ScalabilityMode;
  readonly screenContent: boolean;
}

/** What turns pictures into frames. */
export interface PictureEncoder {
  configure(settings: PictureEncoderSettings): void;
  /** Does not close the picture. `timestamp`: µs. Null when the rate control dropped it. */
  encode(picture: VideoFrame, options: { timestamp: number; keyFrame: boolean }): Promise<EncodedPicture | null>;
}

/** An encoded frame that waits for a carrier. */
interface Waiting extends EncodedPicture {
  /** When its picture came, ms. */
  readonly since: number;
}

/** Encoded frames that may wait for carriers; more pictures are not encoded meanwhile. */
const MAX_WAITING = 2;
/** Without a new picture a key frame that was asked for is made of the last one. ms */
const REPEAT_AFTER = 100;

/**
 * One sender's frames. While ours is sent, the native track is a carrier of tiny pictures, one for each frame of ours that is ready: its
 * encoded frames take our payload, and are dropped when there is none. A key frame of the carrier that we did not cause says that the far
 * end asked for one. Until our encoder is there, and after any fault, the native track is the source itself and its frames pass.
 */
export class VideoSenderPipe {
  readonly #payloadTypes: PayloadTypeTable;
  readonly #inbox: PictureInbox;
  readonly #carrier: Carrier;
  readonly #sealer = new Sealer();
  readonly #waiting: Waiting[] = [];
  #settings: VideoSenderSettings | undefined;
  #rates: VideoRates | undefined;
  #encoder: PictureEncoder | undefined;
  #counters = new SenderCounters();
  #flowing = false;
  #vp8: boolean | undefined;
  /** What we want of the native track, and whether its frames are the carrier's by now. */
  #wanted: 'carrier' | 'source' = 'source';
  #carried = false;
  #state: 'running' | 'bypassed' | undefined;
  #busy = false;
  #keyWanted = true;
  #repeatTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly emit: (frame: RTCEncodedVideoFrame) => void,
    private readonly report: (report: VideoSenderReport) => void,
    private readonly createEncoder: () => Promise<PictureEncoder>,
    /** ms since the epoch */
    private readonly now: () => number = () => performance.timeOrigin + performance.now(),
  ) {
    this.#payloadTypes = new PayloadTypeTable(report);
    const onSize = (width: number, height: number) => report({ type: 'source-size', width, height });
    this.#inbox = new PictureInbox({ onPicture: () => void this.#work(), onSize }, now);
    this.#carrier = new Carrier(() => report({ type: 'carry' }), now);
  }

  onCommand(command: VideoSenderCommand): void {
    switch (command.type) {
      case 'start':
        return this.#start(command.settings);
      case 'update':
        return this.#update(command.settings);
      case 'rates':
        this.#rates = command.rates;
        this.#inbox.frameRate = command.rates.frameRate;
        this.#configure();
        return void this.#work();
      case 'pictures':
        return void this.#inbox.read(command.readable);
      case 'picture':
        this.#inbox.offer(command.picture, command.age);
        return this.report({ type: 'picture-taken' });
      case 'no-pictures':
        return this.#inbox.stop();
      case 'carrier':
        return this.#carrier.connect(command.writable);
      case 'key-frame':
        return this.#wantKey();
      case 'audio-clock':
        this.#sealer.audioClock = command.clock;
        return;
      case 'payload-types':
        return this.#payloadTypes.learn(command);
      case 'stats':
        return this.report({ type: 'stats', id: command.id, counters: this.#counters.read(this.now(), this.#inbox) });
      case 'retire':
        return this.#retire();
    }
  }

  /** Takes the next frame from the native encoder. */
  onFrame(frame: RTCEncodedVideoFrame): void {
    if (!this.#flowing) {
      this.#flowing = true;
      this.report({ type: 'flowing' });
    }
    const mimeType = this.#payloadTypes.mimeType(frame.getMetadata());
    if (mimeType !== undefined) this.#setCodec(mimeType === 'video/vp8');
    const info = this.#vp8 ? vp8FrameInfo(new Uint8Array(frame.data)) : undefined;
    const carried = this.#carried;
    if (info?.key) this.#carried = info.width === CARRIER_SIDE && info.height === CARRIER_SIDE;
    if (this.#carried) {
      // A carrier's picture is nothing to look at: while the track changes nothing is sent.
      if (this.#wanted === 'source') return;
      if (info?.key && !this.#waiting.some(({ key }) => key)) return this.#onKeyRequest(carried);
      return this.#fill(frame);
    }
    this.#counters.framesNative++;
    this.emit(frame);
  }

  /** The connection has ended. */
  close(): void {
    this.#retire();
    this.#carrier.close();
  }

  /** The carrier's key frame: its first, or because the far end cannot go on without. */
  #onKeyRequest(carried: boolean): void {
    if (carried) this.#counters.pliCount++;
    this.#waiting.length = 0;
    this.#wantKey();
  }

  /** Sends the frame with the payload of ours that waited longest. */
  #fill(frame: RTCEncodedVideoFrame): void {
    const waiting = this.#waiting.shift();
    if (!waiting) return;
    const payload = this.#sealer.seal(waiting, waiting.since);
    frame.data = payload.buffer;
    this.#counters.sent(payload.length, waiting.since, this.now());
    this.#enter('running');
    this.emit(frame);
    void this.#work();
  }

  #wantKey(): void {
    this.#keyWanted = true;
    clearTimeout(this.#repeatTimer);
    this.#repeatTimer = setTimeout(() => {
      if (this.#keyWanted) this.#inbox.repeat();
    }, REPEAT_AFTER);
    void this.#work();
  }

  /** Encodes the newest picture as long as carriers keep up. */
  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#inbox.waiting && this.#encodes) {
        const { frame, since } = this.#inbox.take()!;
        const keyFrame = this.#keyWanted;
        this.#keyWanted = false;
        // Times of arrival grow whatever the source, even another one.
        const encoded = await this.#encoder!.encode(frame, { timestamp: Math.round(1000 * since), keyFrame }).finally(() => frame.close());
        if (!encoded) this.#counters.framesDroppedByEncoder++;
        if (keyFrame && !encoded?.key) this.#keyWanted = true;
        if (encoded) this.#offer({ ...encoded, since });
      }
    } catch (error) {
      this.#fault('encode', error);
    } finally {
      this.#busy = false;
    }
  }

  get #encodes(): boolean {
    if (!this.#encoder || !this.#rates || this.#wanted !== 'carrier' || !this.#carried) return false;
    return this.#waiting.length < MAX_WAITING || this.#keyWanted;
  }

  #offer(frame: Waiting): void {
    this.#counters.encoded(frame, this.#rates!);
    // A frame that was being encoded when a key frame became necessary may need one that was not sent.
    if (this.#wanted !== 'carrier' || (this.#keyWanted && !frame.key)) return;
    if (frame.key) this.#waiting.length = 0;
    this.#waiting.push(frame);
    this.#carrier.push();
  }

  #setCodec(vp8: boolean): void {
    if (this.#vp8 === vp8) return;
    this.#vp8 = vp8;
    // Of other codecs it cannot be told whose picture it is; a carrier's moment is better than nothing for ever.
    if (!vp8) this.#carried = false;
    this.#choose();
  }

  /** Whether ours is to be sent; the window then changes the track. */
  #choose(): void {
    const wanted = this.#settings && !this.#settings.bypass && this.#encoder && this.#vp8 ? 'carrier' : 'source';
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      this.report({ type: 'track', wanted });
      this.#waiting.length = 0;
      this.#keyWanted = true;
      // Until the carrier's first frame there is nothing to fill, but it has to come.
      if (wanted === 'carrier') this.#carrier.watch(() => !this.#carried || this.#waiting.length > 0);
      else this.#carrier.rest();
    }
    if (this.#encoder && wanted === 'source' && this.#vp8 !== undefined) this.#enter('bypassed');
  }

  #start(settings: VideoSenderSettings): void {
    this.#settings = settings;
    this.#state = undefined;
    this.#counters = new SenderCounters();
    if (this.#flowing) this.report({ type: 'flowing' });
    this.createEncoder().then(
      (encoder) => {
        // Retired or restarted meanwhile?
        if (!this.#settings || this.#encoder) return;
        this.#encoder = encoder;
        this.#configure();
        this.#choose();
      },
      (error: unknown) => this.#fault('instantiate', error),
    );
  }

  #update(settings: VideoSenderSettings): void {
    if (!this.#settings) return;
    this.#settings = settings;
    this.#configure();
    this.#choose();
  }

  #configure(): void {
    if (!this.#encoder || !this.#rates || !this.#settings) return;
    const { scalabilityMode, screenContent } = this.#settings;
    try {
      this.#encoder.configure({ ...this.#rates, scalabilityMode, screenContent });
    } catch (error) {
      this.#fault('configure', error);
    }
  }

  #retire(): void {
    this.#inbox.stop();
    this.#settings = undefined;
    this.#release();
  }

  /** Frees the encoder and all pictures. */
  #release(): void {
    clearTimeout(this.#repeatTimer);
    this.#encoder = undefined;
    this.#inbox.clear();
    this.#choose();
  }

  #enter(state: 'running' | 'bypassed'): void {
    if (state === this.#state) return;
    this.#state = state;
    this.report({ type: 'state', state });
  }

  #fault(operation: string, error: unknown): void {
    if (!this.#settings) return;
    this.#release();
    const reason = error instanceof Error ? error.message : String(error);
    const code = operation === 'instantiate' ? 'wasm-compile' : 'wasm-fault';
    this.report({ type: 'fault', code, operation: `${operation} of the VP8 encoder`, reason });
  }
}
