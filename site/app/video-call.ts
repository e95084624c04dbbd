// The picture of the loopback call, added to it when it is first wanted, with Earshot at both ends.
import * as Earshot from 'earshot';
import type { LoopbackLink } from './loopback-link';
import { nativeReceiver, nativeSender, ourReceiver, ourSender, type VideoSample } from './video-sample';

export interface VideoSettings {
  codec: 'ours' | 'native';
  content: 'camera' | 'screen';
  /** bit/s */
  maxBitrate: number;
}

/** What is heard with the picture. */
export interface Sound {
  readonly stream: MediaStream;
  readonly sender: Earshot.SenderAttachment;
  readonly receiver: Earshot.ReceiverAttachment;
}

/** Events: `error` (ErrorEvent-like, from either end). */
export class VideoCall extends EventTarget {
  #transceiver?: RTCRtpTransceiver;
  #sender?: Earshot.VideoSenderAttachment;
  #receiver?: Earshot.VideoReceiverAttachment;
  #nativeReceiver?: RTCRtpReceiver;
  #source: MediaStreamTrack | null = null;
  #settings?: VideoSettings;
  #capping = Promise.resolve();

  constructor(
    private readonly link: LoopbackLink,
    private readonly sound: Sound,
  ) {
    super();
    link.onReceiver('video', (receiver) => {
      this.#nativeReceiver = receiver;
      this.#receiver = Earshot.attachVideoReceiver(receiver, { syncWith: sound.receiver, ...receiverOptions(this.#settings!) });
      this.#watch(this.#receiver);
    });
  }

  /** The picture at the far end; null until something is sent. */
  get farEnd(): MediaStream | null {
    return this.#receiver?.stream ?? null;
  }

  /** Sends this track from now on, or nothing. */
  async send(track: MediaStreamTrack | null, settings: VideoSettings): Promise<void> {
    this.#source = track;
    if (this.#transceiver) {
      await this.#transceiver.sender.replaceTrack(track);
    } else if (track) {
      this.#settings = settings;
      this.#transceiver = this.#add(track, settings);
      await this.link.negotiate();
    }
    this.apply(settings);
  }

  apply(settings: VideoSettings): void {
    this.#settings = settings;
    if (this.#source) this.#source.contentHint = contentHint(settings);
    this.#sender?.update(senderOptions(settings));
    this.#receiver?.update(receiverOptions(settings));
    this.#capping = this.#capping.then(() => this.#capNative()).catch(() => {}); // the call ended meanwhile
  }

  /** Null while nothing was sent yet. */
  async getStats(): Promise<VideoSample | null> {
    if (!this.#transceiver || !this.#sender || !this.#receiver || !this.#nativeReceiver) return null;
    const [ours, theirs, native, nativeFar] = await Promise.all([
      this.#sender.getStats(),
      this.#receiver.getStats(),
      this.#transceiver.sender.getStats(),
      this.#nativeReceiver.getStats(),
    ]);
    return {
      sender: this.#sender.state === 'running' ? ourSender(ours) : nativeSender(native),
      receiver: this.#receiver.state === 'running' ? ourReceiver(theirs) : nativeReceiver(nativeFar),
    };
  }

  dispose(): void {
    this.#sender?.dispose();
    this.#receiver?.dispose();
  }

  #add(track: MediaStreamTrack, settings: VideoSettings): RTCRtpTransceiver {
    const transceiver = this.link.near.addTransceiver(track, { direction: 'sendonly', streams: [this.sound.stream] });
    // Ours is VP8, so that is what is to be negotiated; the other entries are retransmission and the like.
    const { codecs } = RTCRtpSender.getCapabilities('video')!;
    transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => /^video\/(vp8|rtx|red|ulpfec)$/i.test(mimeType)));
    this.#sender = Earshot.attachVideoSender(transceiver.sender, { syncWith: this.sound.sender, ...senderOptions(settings) });
    this.#watch(this.#sender);
    return transceiver;
  }

  /** The browser's encoder gets the same bound; ours, which the browser sends for, none but its own. */
  async #capNative(): Promise<void> {
    if (!this.#transceiver || !this.#settings) return;
    const { sender } = this.#transceiver;
    const bound = this.#settings.codec === 'native' ? this.#settings.maxBitrate : undefined;
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings;
    if (!encoding || encoding.maxBitrate === bound) return;
    if (bound === undefined) delete encoding.maxBitrate;
    else encoding.maxBitrate = bound;
    await sender.setParameters(parameters);
  }

  #watch(end: EventTarget): void {
    end.addEventListener('error', (event) => {
      const { error } = event as Event & { error?: Error };
      this.dispatchEvent(Object.assign(new Event('error'), { error }));
    });
  }
}

const contentHint = (s: VideoSettings) => (s.content === 'screen' ? ('detail' as const) : ('motion' as const));
const senderOptions = (s: VideoSettings) => ({ bypass: s.codec === 'native', contentHint: contentHint(s), maxBitrate: s.maxBitrate });
const receiverOptions = (s: VideoSettings) => ({ bypass: s.codec === 'native' });
