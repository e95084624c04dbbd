import { Attachment } from '../call/attachment.js';
import { wantedTransform } from '../call/options.js';
import type { SenderAttachment } from '../call/sender.js';
import { EarshotError } from '../errors.js';
import { Requests } from '../requests.js';
import type { VideoSenderCommand, VideoSenderCounters, VideoSenderReport } from '../video-call-protocol.js';
import { invalid } from '../validate.js';
import { faultError } from '../worklet-node.js';
import { carrierTrack, type CarrierTrack } from './carrier-track.js';
import { NativeTrack } from './native-track.js';
import { videoSenderSettings, type VideoSenderAllSettings, type VideoSenderOptions, type VideoSenderUpdate } from './options.js';
import { capturesHidden, ELEMENT_DELAY, pictureSource, type PictureSource } from './picture-source.js';
import { RateLink, type RateSettings } from './rate-link.js';
import { NO_SENDER_COUNTERS, videoSenderStats, type VideoSenderMoment, type VideoSenderStats } from './sender-stats.js';
import { videoHost } from './video-hosts.js';

/**
 * Sends our VP8 instead of the browser's. Synchronous: call it before negotiation, since some browsers give frames only to a transform
 * that is there by then. Throws an EarshotError for a bad option or a second attachment; whatever else goes wrong is an `error` event, and
 * what the browser encodes is sent.
 *
 * While ours is sent, `sender.track` is a tiny carrier of our frames; the page's track is `attachment.source`. `sender.replaceTrack()`
 * works as ever: the new track becomes the source.
 */
export function attachVideoSender(sender: RTCRtpSender, options: VideoSenderOptions = {}): VideoSenderAttachment {
  return new VideoSenderAttachment(sender, options);
}

/** A sender with our encoder. Fires `statechange` and `error`. */
export class VideoSenderAttachment extends Attachment<VideoSenderReport> {
  readonly #sender: RTCRtpSender;
  readonly #sound: SenderAttachment | undefined;
  readonly #track: NativeTrack;
  readonly #stats = new Requests<VideoSenderCounters>();
  readonly #rates: RateLink;
  readonly #onVisibility = () => this.#postSettings('update');
  #settings: VideoSenderAllSettings;
  #source: MediaStreamTrack | null;
  #carrier: CarrierTrack | undefined;
  #pictures: PictureSource | undefined;

  /** @internal */
  constructor(sender: RTCRtpSender, options: VideoSenderOptions) {
    super(sender, 'sender', videoHost(sender));
    if (sender.track?.kind === 'audio') throw invalid('sender', 'sender', 'a sender of audio', 'a sender of video');
    this.#sender = sender;
    this.#sound = options.syncWith;
    this.#source = sender.track;
    this.#settings = videoSenderSettings(options);
    this.#track = new NativeTrack(sender, (error) => this.#lose(error));
    this.#rates = new RateLink(sender, this.#rateSettings, (rates) => this.#post({ type: 'rates', rates }));
    if (!this.openPipe(wantedTransform('sender', options.transform))) return;
    this.#postSettings('start');
    if (!capturesHidden()) document.addEventListener('visibilitychange', this.#onVisibility);
    videoHost(sender)
      .supplyModule('video')
      .catch((error: unknown) => this.#lose(error));
  }

  /** What is encoded: the sender's track as the page set it. */
  get source(): MediaStreamTrack | null {
    return this.#source;
  }

  /** Changes any of these options at once. Throws an EarshotError for a value out of range. */
  update(options: VideoSenderUpdate): void {
    this.#settings = videoSenderSettings(options, this.#settings);
    this.#postSettings('update');
    this.#rates.update(this.#rateSettings);
  }

  /** Makes the next frame a key frame. */
  requestKeyFrame(): void {
    this.#post({ type: 'key-frame' });
  }

  async getStats(): Promise<VideoSenderStats> {
    return videoSenderStats(await this.#askCounters(), this.#rates.stats);
  }

  /** What was sent and decided in the last ten minutes, four times a second, the oldest first. */
  getHistory(): VideoSenderMoment[] {
    return this.#rates.history;
  }

  async #askCounters(): Promise<VideoSenderCounters> {
    return this.answers ? this.#stats.ask((id) => this.#post({ type: 'stats', id })) : NO_SENDER_COUNTERS;
  }

  #postSettings(type: 'start' | 'update'): void {
    const { scalabilityMode, bypass } = this.#settings;
    const hidden = !capturesHidden() && document.hidden;
    this.#post({ type, settings: { scalabilityMode, screenContent: this.#showsScreen, bypass: bypass || hidden } });
  }

  get #showsScreen(): boolean {
    const { contentHint = this.#source?.contentHint } = this.#settings;
    return contentHint === 'detail' || contentHint === 'text';
  }

  get #rateSettings(): RateSettings {
    return { ...this.#settings, content: this.#showsScreen ? 'screen' : 'motion' };
  }

  /** @internal */
  protected override onReport(report: VideoSenderReport): void {
    switch (report.type) {
      case 'state':
        return this.lifecycle.settle(report.state);
      case 'fault':
        return this.lifecycle.fail(faultError(report, 'sender'));
      case 'flowing':
        return;
      case 'payload-types-needed':
        return this.sendPayloadTypes();
      case 'track':
        return report.wanted === 'carrier' ? this.#carry() : this.#giveBack();
      case 'carry':
        return this.#carrier?.push();
      case 'picture-taken':
        return this.#pictures?.next();
      case 'source-size':
        return this.#rates.setSize(report.width, report.height);
      case 'stats':
        return this.#stats.answer(report.id, report.counters);
    }
  }

  /** @internal */
  protected override onTick(): void {
    const { track } = this.#sender;
    if (!this.#carrier) this.#source = track;
    else if (!this.#track.isOurs(track)) this.#adopt(track);
    if (this.#carrier) void this.#askCounters().then((counters) => this.#rates.look(counters));
    if (this.#sound) this.#post({ type: 'audio-clock', clock: this.#sound.captured });
  }

  /** @internal */
  protected override onSilence(): void {
    this.#stats.close(NO_SENDER_COUNTERS);
  }

  /** @internal */
  protected override onDispose(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#rates.close();
    this.#giveBack();
  }

  #post(command: VideoSenderCommand, transfer?: Transferable[]): void {
    this.send(command, transfer);
  }

  /** Our frames are sent from now on. */
  #carry(): void {
    if (!this.#carrier) {
      this.#carrier = carrierTrack();
      const { writable } = this.#carrier;
      if (writable) this.#post({ type: 'carrier', writable }, [writable as unknown as Transferable]);
    }
    this.#adopt(this.#source);
  }

  /** The browser's frames are sent from now on. */
  #giveBack(): void {
    if (!this.#carrier) return;
    const { track } = this.#sender;
    // The page may have set another a moment ago.
    if (!this.#track.isOurs(track)) this.#source = track;
    this.#stopTaking();
    this.#track.set(this.#source);
    this.#carrier.track.stop();
    this.#carrier = undefined;
  }

  /** `track` is to be encoded; without one nothing is to be sent. */
  #adopt(track: MediaStreamTrack | null): void {
    this.#source = track;
    this.#postSettings('update');
    this.#rates.update(this.#rateSettings);
    this.#take(track);
    this.#track.set(track && this.#carrier!.track);
  }

  #take(track: MediaStreamTrack | null): void {
    this.#stopTaking();
    if (!track) return;
    this.#pictures = pictureSource(track, {
      stream: (readable) => this.#post({ type: 'pictures', readable }, [readable as unknown as Transferable]),
      picture: (picture) => {
        this.#post({ type: 'picture', picture, age: ELEMENT_DELAY }, [picture]);
      },
    });
  }

  #stopTaking(): void {
    if (!this.#pictures) return;
    this.#pictures.close();
    this.#pictures = undefined;
    this.#post({ type: 'no-pictures' });
  }

  #lose(error: unknown): void {
    this.#giveBack();
    this.lifecycle.fail(EarshotError.from(error, 'asset-load', 'sender', 'load encoder', 'What the browser encodes is sent; attach again to retry.'));
  }
}
