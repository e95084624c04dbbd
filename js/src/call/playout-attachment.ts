import type { PlayoutSettings, ReceiverCommand, ReceiverReport } from '../protocol.js';
import { invalid } from '../validate.js';
import { Attachment } from './attachment.js';
import type { PlayoutMoment } from './history.js';
import { receiverSettings, wantedTransform, type ReceiverAllSettings, type ReceiverUpdate } from './options.js';
import type { PlayoutStats } from './stats.js';
import type { TransformKind } from './transform.js';
import { workerHost } from './worker-host.js';

/** A receiver whose packets go to a jitter buffer of ours, wherever that plays. Fires `statechange` and `error`. */
export abstract class PlayoutAttachment extends Attachment<ReceiverReport> {
  readonly #wanted: 'auto' | TransformKind;
  #settings: ReceiverAllSettings;

  /** @internal Checks the options; `start()` does the rest. */
  protected constructor(receiver: RTCRtpReceiver, options: ReceiverUpdate & { transform?: 'auto' | TransformKind }) {
    super(receiver, 'receiver', workerHost);
    if (receiver.track.kind === 'video') throw invalid('receiver', 'receiver', 'a receiver of video', 'a receiver of audio');
    this.#wanted = wantedTransform('receiver', options.transform);
    this.#settings = receiverSettings(options);
  }

  /** Changes any of these options at once. Throws an EarshotError for a value out of range. */
  update(options: ReceiverUpdate): void {
    this.#settings = receiverSettings(options, this.#settings);
    this.#post({ type: 'update', settings: this.#settings });
    this.onSettings(this.#settings);
  }

  abstract getStats(): Promise<PlayoutStats>;

  /** Delay and concealment of the last 60 s, every 100 ms, the oldest first. */
  abstract getHistory(): Promise<PlayoutMoment[]>;

  /** @internal Puts the receiver under our transform; false when the browser cannot. Throws after `onDispose()`. */
  protected start(): boolean {
    try {
      if (!this.openPipe(this.#wanted)) return false;
    } catch (error) {
      this.onDispose();
      throw error;
    }
    this.#post({ type: 'start', settings: this.#settings });
    return true;
  }

  /** @internal Sends packets to the port it returns. */
  protected packets(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#post({ type: 'playout', port: port1 }, [port1]);
    return port2;
  }

  /** @internal */
  protected get settings(): PlayoutSettings {
    return this.#settings;
  }

  /** @internal */
  protected abstract onSettings(settings: PlayoutSettings): void;

  /** @internal */
  protected override onReport(report: ReceiverReport): void {
    if (report.type === 'payload-types-needed') this.sendPayloadTypes();
  }

  /** @internal */
  protected override onTick(): void {}

  #post(command: ReceiverCommand, transfer?: Transferable[]): void {
    this.send(command, transfer);
  }
}
