// The picture as the person wants it: its buttons and switches, the source they name, and the call that carries it.
import { choice, element, range } from './dom';
import { explain, type MessageLine } from './messages';
import type { VideoCall, VideoSettings } from './video-call';
import { VideoPanel } from './video-panel';
import { openVideo, type VideoKind, type VideoSize, type VideoSource } from './video-source';

type Wanted = VideoKind | 'off';

const buttons: Readonly<Record<Wanted, string>> = {
  off: 'video-off',
  drawing: 'video-drawing',
  camera: 'video-camera',
  screen: 'video-screen',
};
const kinds = Object.keys(buttons) as Wanted[];

function readSettings(): VideoSettings {
  return {
    codec: choice('video-codec') as 'ours' | 'native',
    content: choice('video-content') as 'camera' | 'screen',
    maxBitrate: 1000 * range('video-bitrate'),
  };
}
const readSize = () => choice('video-size') as VideoSize;

export class VideoPart {
  readonly #panel = new VideoPanel();
  #call?: VideoCall;
  #source?: VideoSource;
  #wanted: Wanted = 'off';
  #changing = false;

  constructor(private readonly message: MessageLine) {
    for (const kind of kinds) element(buttons[kind]).addEventListener('click', () => this.#want(kind));
    // Phones have none.
    element(buttons.screen).hidden = !navigator.mediaDevices?.getDisplayMedia;
    for (const input of document.querySelectorAll<HTMLInputElement>('#video-settings input')) {
      input.addEventListener('input', () => this.#apply(input.name));
    }
    this.#showChoice();
  }

  /** A call is up: what is wanted goes with it. */
  join(call: VideoCall): void {
    this.#call = call;
    this.#showChoice();
    void this.#change();
  }

  /** The call has ended; what is wanted stays for the next. */
  leave(): void {
    this.#call = undefined;
    this.#source?.stop();
    this.#source = undefined;
    this.#panel.stop();
    this.#showChoice();
  }

  #want(kind: Wanted): void {
    this.#wanted = kind;
    this.#showChoice();
    void this.#change();
  }

  #apply(name: string): void {
    this.#showChoice();
    if (!this.#source) return;
    if (name === 'video-size') this.#source.resize(readSize()).catch((error: unknown) => this.message.show(explain(error, 'camera'), 'error'));
    else this.#call?.apply(readSettings());
    if (name === 'video-codec') this.#panel.restart();
  }

  /** One change after another until what is wanted is there: people press faster than cameras open. */
  async #change(): Promise<void> {
    if (this.#changing) return;
    this.#changing = true;
    while (this.#call && (this.#source?.kind ?? 'off') !== this.#wanted) await this.#turnTo(this.#call, this.#wanted);
    this.#changing = false;
  }

  async #turnTo(call: VideoCall, kind: Wanted): Promise<void> {
    let source: VideoSource | undefined;
    try {
      source = kind === 'off' ? undefined : await openVideo(kind, readSize());
      if (this.#call !== call || this.#wanted !== kind) return source?.stop();
      const before = this.#source;
      this.#source = source;
      source?.track.addEventListener('ended', () => this.#onEnded(source!));
      await call.send(source?.track ?? null, readSettings());
      before?.stop();
      if (this.#call !== call) return;
      if (source && call.farEnd) this.#panel.start(call, new MediaStream([source.track]), call.farEnd);
      else this.#panel.stop();
    } catch (error) {
      if (this.#call !== call) return;
      this.#wanted = this.#source?.kind ?? 'off';
      this.#showChoice();
      this.message.show(explain(error, kind === 'screen' ? 'screen' : 'camera'), 'error');
    }
  }

  #onEnded(source: VideoSource): void {
    if (source !== this.#source) return;
    const camera = source.kind === 'camera';
    this.message.show(camera ? 'The camera was unplugged or taken away; the sound goes on.' : 'The screen is no longer shared; the sound goes on.');
    this.#want('off');
  }

  #showChoice(): void {
    for (const kind of kinds) element(buttons[kind]).setAttribute('aria-pressed', String(kind === this.#wanted));
    element('video-hint').hidden = this.#wanted === 'off' || this.#call !== undefined;
    element('video-bitrate-value').textContent = `${range('video-bitrate')} kbit/s`;
  }
}
