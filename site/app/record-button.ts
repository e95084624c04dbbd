// The button #record and the links in #downloads.
import { element } from './dom';
import { SideRecorder } from './recorder';

export class RecordButton {
  readonly #recorder = new SideRecorder();
  readonly #button = element<HTMLButtonElement>('record');
  #nodes: Readonly<Record<string, AudioNode>> = {};

  constructor(private readonly onError: (error: unknown) => void) {
    this.#button.addEventListener('click', () => {
      try {
        if (this.#recorder.recording) this.#finish();
        else this.#begin();
      } catch (error) {
        this.onError(error);
      }
    });
  }

  /** Offers to record these, each to a file of its name. */
  enable(nodes: Readonly<Record<string, AudioNode>>): void {
    this.#nodes = nodes;
    this.#button.disabled = !SideRecorder.supported;
  }

  /** The sound is about to end: keeps what is recorded. */
  disable(): void {
    if (this.#recorder.recording) this.#finish();
    this.#button.disabled = true;
  }

  #begin(): void {
    this.#recorder.start(this.#nodes);
    this.#show('Stop recording', true);
  }

  #finish(): void {
    this.#show('Record', false);
    const downloads = element('downloads');
    for (const link of downloads.querySelectorAll('a')) URL.revokeObjectURL(link.href);
    void this.#recorder.stop().then(
      (files) => downloads.replaceChildren(...files.map(downloadLink)),
      (error) => this.onError(error),
    );
  }

  #show(text: string, pressed: boolean): void {
    this.#button.textContent = text;
    this.#button.setAttribute('aria-pressed', String(pressed));
  }
}

function downloadLink(file: File): HTMLAnchorElement {
  return Object.assign(document.createElement('a'), { href: URL.createObjectURL(file), download: file.name, textContent: `Download ${file.name}` });
}
