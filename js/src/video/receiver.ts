import { Attachment } from '../call/attachment.js';
import { wantedTransform } from '../call/options.js';
import type { ReceiverAttachment } from '../call/receiver.js';
import { Requests } from '../requests.js';
import type { VideoReceiverCommand, VideoReceiverReport, VideoReceiverSettings } from '../video-call-protocol.js';
import { invalid } from '../validate.js';
import { faultError } from '../worklet-node.js';
import { videoReceiverSettings, type VideoReceiverOptions, type VideoReceiverUpdate } from './options.js';
import { pictureSink, type PictureSink } from './picture-sink.js';
import { pictureSource, type PictureSource } from './picture-source.js';
import { NO_RECEIVER_COUNTERS, type VideoReceiverStats } from './receiver-stats.js';
import { videoHost } from './video-hosts.js';

/**
 * Shows what a sender of ours sends through our decoder and our timing; of other senders, what the browser decodes. Synchronous: call it in
 * the `track` event, since some browsers give frames only to a transform that is there by then. Throws an EarshotError for a bad option or
 * a second attachment; whatever else goes wrong is an `error` event, and what the browser decodes is shown.
 */
export function attachVideoReceiver(receiver: RTCRtpReceiver, options: VideoReceiverOptions = {}): VideoReceiverAttachment {
  return new VideoReceiverAttachment(receiver, options);
}

/** A receiver with our decoder. Fires `statechange` and `error`. */
export class VideoReceiverAttachment extends Attachment<VideoReceiverReport> {
  /** The picture as a track: ours, or the browser's while loading, bypassed or after a fault. The same track all the time. */
  readonly track: MediaStreamTrack;
  /** The same as a stream, for a `<video>` element. */
  readonly stream: MediaStream;
  readonly #native: MediaStreamTrack;
  readonly #stats = new Requests<VideoReceiverStats>();
  #settings: VideoReceiverSettings;
  readonly #sound: ReceiverAttachment | undefined;
  readonly #sink: PictureSink;
  #nativePictures: PictureSource | undefined;
  #handedOver = false;

  /** @internal */
  constructor(receiver: RTCRtpReceiver, options: VideoReceiverOptions) {
    super(receiver, 'receiver', videoHost(receiver));
    if (receiver.track.kind === 'audio') throw invalid('receiver', 'receiver', 'a receiver of audio', 'a receiver of video');
    this.#native = receiver.track;
    this.#sound = options.syncWith;
    this.#settings = videoReceiverSettings(options);
    const transform = wantedTransform('receiver', options.transform);
    this.#sink = pictureSink();
    this.track = this.#sink.track;
    this.stream = new MediaStream([this.track]);
    if (!this.openPipe(transform)) {
      this.#show('native');
      return;
    }
    this.#post({ type: 'start', settings: this.#settings });
    videoHost(receiver)
      .supplyModule('video')
      .catch((error: unknown) => this.fail(error, 'asset-load', 'load decoder', 'What the browser decodes is shown; attach again to retry.'));
  }

  /** Changes any of these options at once. Throws an EarshotError for a value out of range. */
  update(options: VideoReceiverUpdate): void {
    this.#settings = videoReceiverSettings(options, this.#settings);
    this.#post({ type: 'update', settings: this.#settings });
  }

  async getStats(): Promise<VideoReceiverStats> {
    return this.answers ? this.#stats.ask((id) => this.#post({ type: 'stats', id })) : NO_RECEIVER_COUNTERS;
  }

  /** @internal */
  protected override onReport(report: VideoReceiverReport): void {
    switch (report.type) {
      case 'state':
        this.lifecycle.settle(report.state);
        return this.#show(report.state === 'running' ? 'ours' : 'native');
      case 'fault':
        this.#show('native');
        return this.lifecycle.fail(faultError(report, 'receiver'));
      case 'flowing':
        return this.#handOver();
      case 'payload-types-needed':
        return this.sendPayloadTypes();
      case 'picture':
        return this.#sink.draw(report.picture);
      case 'audio-wait':
        return void this.#sound?.hold(report.by);
      case 'stats':
        return this.#stats.answer(report.id, report.counters);
    }
  }

  /** @internal */
  protected override onTick(): void {
    void this.#tellSound();
  }

  /** @internal */
  protected override onSilence(): void {
    this.#stats.close(NO_RECEIVER_COUNTERS);
    // The worker is not there, or this attachment is about to end.
    if (!this.#handedOver) this.#show('native');
  }

  /** @internal */
  protected override onDispose(): void {
    this.#sound?.release();
    this.#nativePictures?.close();
    this.#sink.close();
  }

  #post(command: VideoReceiverCommand, transfer?: Transferable[]): void {
    this.send(command, transfer);
  }

  async #tellSound(): Promise<void> {
    if (!this.#sound) return;
    const clock = await this.#sound.heard();
    // A picture has to leave the worker as much earlier as it is seen later.
    this.#post({ type: 'audio-clock', clock: clock && { ...clock, time: clock.time - this.#sink.delay } });
  }

  /** The worker runs: from here on it writes the track. */
  #handOver(): void {
    if (this.#handedOver) return;
    this.#handedOver = true;
    const { writable } = this.#sink;
    if (writable) this.#post({ type: 'sink', writable }, [writable as unknown as Transferable]);
    this.#show('native');
  }

  #show(whose: 'ours' | 'native'): void {
    if (whose === 'native' && this.#nativePictures) return;
    this.#nativePictures?.close();
    this.#nativePictures = undefined;
    if (whose === 'ours') return;
    this.#nativePictures = pictureSource(this.#native, {
      stream: (readable) => {
        if (this.#handedOver) this.#post({ type: 'native-pictures', readable }, [readable as unknown as Transferable]);
        else void readable.pipeTo(this.#sink.writable!).catch(() => {});
      },
      picture: (picture) => {
        this.#sink.draw(picture);
        this.#nativePictures?.next();
      },
    });
  }
}
