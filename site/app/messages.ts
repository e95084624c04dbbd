// What to tell a person: every failure of the page with what to do about it.

const advice: Record<string, string> = {
  NotAllowedError:
    'The microphone is blocked. Allow it in the address bar (the camera or lock symbol), then press “Use my microphone” again. The sample works without it.',
  NotFoundError: 'No microphone was found. Plug one in and press “Use my microphone” again, or play the sample.',
  NotReadableError: 'The microphone is in use by another program. Close that program and try again, or play the sample.',
  OverconstrainedError: 'This microphone cannot do what was asked. Choose another in the browser’s settings, or play the sample.',
  NotSupportedError:
    'This browser gives a page no microphone here. Open the page by https:// or as localhost, in a current Chrome, Edge, Firefox or Safari.',
  SecurityError: 'The browser’s settings forbid the microphone on this page. Allow it in the site settings, or play the sample.',
  EncodingError: 'This browser cannot read the sound in that file. Try a WAV, MP3, Ogg or M4A file.',
  NetworkError: 'The server did not answer. Check that it still runs, then try again.',
};

/** Words for an error of the page, the browser or Earshot. */
export function explain(error: unknown): string {
  if (error instanceof Error) return advice[error.name] ?? error.message;
  return String(error);
}

/** The line above the stages: one message at a time, read out by screen readers. */
export class MessageLine {
  readonly #element: HTMLElement;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  show(text: string, kind: 'status' | 'error' = 'status'): void {
    this.#element.textContent = text;
    this.#element.classList.toggle('error', kind === 'error');
    this.#element.hidden = false;
  }

  get text(): string {
    return this.#element.textContent;
  }

  clear(): void {
    this.#element.hidden = true;
    this.#element.textContent = '';
  }
}
