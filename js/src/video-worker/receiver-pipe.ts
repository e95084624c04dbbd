import type { VideoReceiverCommand, VideoReceiverReport, VideoReceiverSettings } from '../video-call-protocol.js';
import { FrameOrder, type ReceivedFrame } from './frame-order.js';
import { readTrailer, type FrameTrailer } from './frame-trailer.js';
import { LipSync } from './lip-sync.js';
import { NATIVE_DELTA_FRAME, NATIVE_KEY_FRAME } from './native-frames.js';
import { PictureOutput } from './picture-output.js';
import { PayloadTypeTable } from './payload-type-table.js';
import { ReceiverCounters } from './receiver-counters.js';
import { RenderClock } from './render-clock.js';
import { Unwrapper } from './unwrapper.js';
import { vp8FrameInfo } from './vp8-frame.js';

/** What turns frames into pictures. */
export interface PictureDecoder {
  /** `timestamp`: µs. Undefined for a frame that is not to be shown, `'corrupt'` for one that does not decode; throws when the decoder is at an end. */
  decode(payload: Uint8Array, timestamp: number): VideoFrame | undefined | 'corrupt';
}

/** RTP clock of video per ms. */
const TICKS = 90;
/** How long a missing frame is waited for before a key frame is asked for, and from then on each time; ms. */
const KEY_PATIENCE = 100;
const KEY_INTERVAL = 400;
/** A picture this much late is left out if the next is due as well, ms. */
const LATE = 10;
/** Of each decoding time in the mean. */
const DECODE_WEIGHT = 0.1;
/** Sound and picture are in time when they differ by no more, ms; else it is told, but not more often than each so many ms. */
const SYNC_SLACK = 15;
const SYNC_INTERVAL = 1000;

/**
 * One receiver's frames. Those of a sender of ours, which counts them, are decoded here from the next key frame on and shown in time; the
 * native decoder gets tiny ones meanwhile. All others are the native decoder's, as are all while our decoder is not there.
 */
export class VideoReceiverPipe {
  readonly #payloadTypes: PayloadTypeTable;
  #settings: VideoReceiverSettings | undefined;
  #decoder: PictureDecoder | undefined;
  readonly #output: PictureOutput;
  #counters = new ReceiverCounters();
  readonly #order = new FrameOrder();
  #timestamps = new Unwrapper(32);
  #captures = new Unwrapper(32);
  #numbers = new Unwrapper(16);
  readonly #clock = new RenderClock();
  readonly #lipSync = new LipSync();
  #ssrc: number | undefined;
  #flowing = false;
  /** Frames are decoded here. */
  #playing = false;
  /** The native decoder was given tiny frames, and goes on with nothing else until a key frame. */
  #starved = false;
  #state: 'running' | 'bypassed' | undefined;
  #decodeTime = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #keyRequestedAt = -Infinity;
  /** A key frame was asked for and did not come yet. */
  #keyWanted = false;
  #stalledAt: number | undefined;
  #syncOffset: number | null = null;
  #syncReportedAt = -Infinity;

  constructor(
    private readonly emit: (frame: RTCEncodedVideoFrame) => void,
    private readonly report: (report: VideoReceiverReport) => void,
    private readonly createDecoder: () => Promise<PictureDecoder>,
    /** Asks the sender for a key frame; where the browser offers none, its decoder asks when it is given nothing. */
    private readonly requestKeyFrame: (() => void) | undefined,
    /** ms since the epoch */
    private readonly now: () => number = () => performance.timeOrigin + performance.now(),
  ) {
    this.#payloadTypes = new PayloadTypeTable(report);
    this.#output = new PictureOutput((picture) => report({ type: 'picture', picture }));
  }

  onCommand(command: VideoReceiverCommand): void {
    switch (command.type) {
      case 'start':
        return this.#start(command.settings);
      case 'update':
        if (this.#settings) this.#apply(command.settings);
        return;
      case 'sink':
        return this.#output.connect(command.writable);
      case 'native-pictures':
        return this.#output.pass(command.readable);
      case 'audio-clock':
        this.#lipSync.clock = command.clock;
        if (!command.clock) this.#syncOffset = null;
        return;
      case 'payload-types':
        return this.#payloadTypes.learn(command);
      case 'stats':
        return this.#tell(command.id);
      case 'retire':
        return this.#retire();
    }
  }

  /** Takes the next frame from the network, in order of completion. */
  onFrame(frame: RTCEncodedVideoFrame): void {
    if (!this.#flowing) {
      this.#flowing = true;
      this.report({ type: 'flowing' });
    }
    const metadata = frame.getMetadata();
    const bytes = new Uint8Array(frame.data);
    const mimeType = this.#payloadTypes.mimeType(metadata);
    const info = mimeType === 'video/vp8' ? vp8FrameInfo(bytes) : undefined;
    const trailer = info && readTrailer(bytes);
    this.#follow(metadata.synchronizationSource);
    if (info?.key) this.#keyWanted = false;
    if (info?.key || (mimeType !== undefined && mimeType !== 'video/vp8')) this.#choose(trailer !== undefined);
    if (info && this.#playing) {
      this.#counters.framesReceived++;
      this.#counters.bytesReceived += bytes.length;
      this.#receive(bytes.slice(), info.key, frame.timestamp, trailer);
    } else if (info && this.#wantsOurs) {
      if (trailer) this.#askForKey();
      else this.#enter('bypassed');
    }
    // Without a way to ask for a key frame, the native decoder has to miss something to do it.
    if (info && this.#keyWanted && !this.requestKeyFrame) return;
    if (info && this.#starved) frame.data = (info.key ? NATIVE_KEY_FRAME : NATIVE_DELTA_FRAME).slice().buffer;
    this.emit(frame);
  }

  /** The connection has ended. */
  close(): void {
    this.#retire();
    this.#output.close();
  }

  get #wantsOurs(): boolean {
    return this.#decoder !== undefined && this.#settings !== undefined && !this.#settings.bypass;
  }

  #receive(payload: Uint8Array, key: boolean, timestamp: number, trailer: FrameTrailer | undefined): void {
    const arrival = this.now();
    const rtpTimestamp = this.#timestamps.unwrap(timestamp);
    const media = (trailer ? this.#captures.unwrap(trailer.captureTimestamp) : rtpTimestamp) / TICKS;
    const counter = trailer && this.#numbers.unwrap(trailer.counter);
    const { dependency = 1, audioTimestamp } = trailer ?? {};
    this.#clock.arrived(media, arrival);
    this.#lipSync.observe(audioTimestamp, this.#clock.earliest(media), arrival);
    this.#clock.syncDelay = this.#lipSync.delay ?? 0;
    this.#order.insert({ payload, key, rtpTimestamp, counter, dependency, media, arrival, audioTimestamp });
    this.#schedule();
  }

  /** Decodes and shows what is due, and sets the alarm for what follows. */
  #schedule(): void {
    clearTimeout(this.#timer);
    if (!this.#playing) return;
    for (let head = this.#order.head; head; head = this.#order.head) {
      const wait = this.#clock.renderTime(head.media) - this.#decodeTime - this.now();
      if (wait > 1) {
        this.#timer = setTimeout(() => this.#schedule(), wait);
        break;
      }
      if (!this.#decode(this.#order.take()!)) return;
    }
    this.#watchStall();
  }

  /** False when the decoder is at an end. */
  #decode(frame: ReceivedFrame): boolean {
    const before = this.now();
    let picture: VideoFrame | undefined | 'corrupt';
    try {
      picture = this.#decoder!.decode(frame.payload, Math.round(1000 * frame.media));
    } catch (error) {
      this.#fault('decode', error);
      return false;
    }
    const now = this.now();
    this.#decodeTime += DECODE_WEIGHT * (now - before - this.#decodeTime);
    if (picture === 'corrupt') {
      this.#counters.framesCorrupted++;
      this.#order.fail();
      this.#askForKey();
      return true;
    }
    this.#counters.decoded(frame.key, now - before);
    if (picture) this.#show(picture, frame);
    return true;
  }

  #show(picture: VideoFrame, frame: ReceivedFrame): void {
    const now = this.now();
    const next = this.#order.head;
    const late = now - this.#clock.renderTime(frame.media) > LATE;
    if (late && next && this.#clock.renderTime(next.media) - this.#decodeTime <= now) {
      this.#counters.skipped();
      return picture.close();
    }
    this.#counters.rendered({ width: picture.displayWidth, height: picture.displayHeight }, frame.arrival, now);
    this.#watchSync(frame, now);
    this.#enter('running');
    this.#output.show(picture);
  }

  #watchSync({ audioTimestamp }: ReceivedFrame, now: number): void {
    const heardAt = this.#lipSync.heardAt(audioTimestamp, now);
    if (heardAt === undefined) return;
    const offset = now - heardAt;
    this.#syncOffset = this.#syncOffset === null ? offset : this.#syncOffset + 0.1 * (offset - this.#syncOffset);
    const by = this.#clock.needed - this.#clock.syncDelay;
    if (Math.abs(by) <= SYNC_SLACK || now - this.#syncReportedAt < SYNC_INTERVAL) return;
    this.#syncReportedAt = now;
    this.report({ type: 'audio-wait', by });
  }

  /** Asks for a key frame while frames wait for one that does not come. */
  #watchStall(): void {
    if (!this.#order.stalled) {
      this.#stalledAt = undefined;
      return;
    }
    const now = this.now();
    this.#stalledAt ??= now;
    const due = this.#stalledAt + KEY_PATIENCE;
    if (now >= due) {
      this.#counters.stalled(this.#stalledAt);
      this.#askForKey();
    }
    this.#timer = setTimeout(() => this.#schedule(), now >= due ? KEY_INTERVAL : due - now);
  }

  #askForKey(): void {
    this.#keyWanted = true;
    const now = this.now();
    if (now - this.#keyRequestedAt < KEY_INTERVAL) return;
    this.#keyRequestedAt = now;
    this.#counters.pliCount++;
    this.requestKeyFrame?.();
  }

  /** At a key frame: whose the frames are from here on. */
  #choose(counted: boolean): void {
    const ours = this.#wantsOurs && counted;
    this.#starved = ours;
    if (!ours && this.#decoder) this.#enter('bypassed');
    if (ours === this.#playing) return;
    this.#playing = ours;
    this.#restart();
  }

  /** Another stream: its numbers say nothing about those of the last. */
  #follow(ssrc: number | undefined): void {
    if (ssrc === this.#ssrc) return;
    this.#ssrc = ssrc;
    this.#playing = false;
    this.#starved = false;
    this.#restart();
  }

  #restart(): void {
    clearTimeout(this.#timer);
    this.#order.reset();
    this.#timestamps = new Unwrapper(32);
    this.#captures = new Unwrapper(32);
    this.#numbers = new Unwrapper(16);
    this.#clock.reset();
    this.#stalledAt = undefined;
  }

  #start(settings: VideoReceiverSettings): void {
    this.#state = undefined;
    this.#counters = new ReceiverCounters();
    this.#apply(settings);
    if (this.#flowing) this.report({ type: 'flowing' });
    this.createDecoder().then(
      (decoder) => {
        if (!this.#settings || this.#decoder) return;
        this.#decoder = decoder;
        if (this.#settings.bypass) this.#enter('bypassed');
      },
      (error: unknown) => this.#fault('instantiate', error),
    );
  }

  #apply(settings: VideoReceiverSettings): void {
    this.#settings = settings;
    this.#clock.minDelay = settings.minDelay;
    this.#clock.maxDelay = settings.maxDelay;
    // The native decoder begins anew at a key frame only; ours goes on until then.
    if (settings.bypass && this.#playing) this.#askForKey();
  }

  #tell(id: number): void {
    const { dropped, lost } = this.#order;
    const moment = { framesDropped: dropped, framesLost: lost, targetDelay: this.#clock.delay, counted: this.#playing, syncOffset: this.#syncOffset };
    this.report({ type: 'stats', id, counters: this.#counters.read(this.now(), moment) });
  }

  #retire(): void {
    const played = this.#playing;
    this.#settings = undefined;
    this.#release();
    if (played) this.#askForKey();
  }

  #release(): void {
    this.#playing = false;
    this.#decoder = undefined;
    this.#restart();
  }

  #enter(state: 'running' | 'bypassed'): void {
    if (state === this.#state) return;
    this.#state = state;
    this.report({ type: 'state', state });
  }

  #fault(operation: string, error: unknown): void {
    if (!this.#settings) return;
    this.#release();
    this.#askForKey();
    const reason = error instanceof Error ? error.message : String(error);
    const code = operation === 'instantiate' ? 'wasm-compile' : 'wasm-fault';
    this.report({ type: 'fault', code, operation: `${operation} of the VP8 decoder`, reason });
  }
}
