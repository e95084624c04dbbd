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

const pictureAdvice: Record<'camera' | 'screen', Record<string, string>> = {
  camera: {
    NotAllowedError:
      'The camera is blocked; the sound goes on. Allow it in the address bar (the camera or lock symbol), then press “Use my camera” again. “A moving picture” works without it.',
    NotFoundError: 'No camera was found; the sound goes on. Plug one in and press “Use my camera” again, or choose “A moving picture”.',
    NotReadableError: 'The camera is in use by another program; the sound goes on. Close that program and try again, or choose “A moving picture”.',
    NotSupportedError: 'This browser gives a page no camera here; the sound goes on. Open the page by https:// or as localhost, or choose “A moving picture”.',
    SecurityError: 'The browser’s settings forbid the camera on this page; the sound goes on. “A moving picture” works without it.',
  },
  screen: {
    NotAllowedError: 'No screen was chosen; the sound goes on. Press “Share my screen” to choose one.',
    NotFoundError: 'There is no screen to share; the sound goes on.',
    NotReadableError: 'The system does not let the browser see the screen; the sound goes on. Allow it in the system’s settings and try again.',
    NotSupportedError: 'This browser cannot share a screen; the sound goes on.',
  },
};

/** Words for an error of the page, the browser or Earshot, met while this was opened. */
export function explain(error: unknown, opened: 'microphone' | 'camera' | 'screen' = 'microphone'): string {
  if (!(error instanceof Error)) return String(error);
  const words = opened === 'microphone' ? advice : pictureAdvice[opened];
  return words[error.name] ?? error.message;
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
