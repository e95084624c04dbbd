import { vi } from 'vitest';
import { FakeTrack } from './fake-browser.js';
import { FakePicture, pictureSink, pictureStream } from './pictures.js';

/** Chromium's interfaces between tracks and pictures, of which the tests hold the far ends. */
export class FakeGenerator extends FakeTrack {
  static made: FakeGenerator[] = [];
  readonly #sink = pictureSink();
  readonly writable = this.#sink.writable;

  constructor() {
    super('video');
    FakeGenerator.made.push(this);
  }

  get written() {
    return this.#sink.written;
  }
}

export class FakeProcessor {
  static made: FakeProcessor[] = [];
  readonly stream = pictureStream();
  readonly readable = this.stream.readable;

  constructor(readonly init: { track: FakeTrack }) {
    FakeProcessor.made.push(this);
  }
}

export function fakeBreakoutBox() {
  FakeGenerator.made = [];
  FakeProcessor.made = [];
  vi.stubGlobal('MediaStreamTrackGenerator', FakeGenerator);
  vi.stubGlobal('MediaStreamTrackProcessor', FakeProcessor);
}

export class FakeCanvas {
  width = 0;
  height = 0;
  drawn: unknown[] = [];
  requested = 0;
  readonly track = Object.assign(new FakeTrack('video'), { requestFrame: () => void this.requested++ });
  readonly context = {
    fillStyle: '',
    fillRect: () => void this.drawn.push(this.context.fillStyle),
    drawImage: (picture: FakePicture) => void this.drawn.push(picture.source),
  };

  getContext() {
    return this.context;
  }

  captureStream() {
    return { getVideoTracks: () => [this.track] };
  }
}

/** An element whose pictures come when the test says so. */
export class FakeVideo {
  muted = false;
  playsInline = false;
  srcObject: unknown = null;
  #callbacks = new Map<number, () => void>();
  #lastId = 0;

  async play() {}

  requestVideoFrameCallback(callback: () => void): number {
    this.#callbacks.set(++this.#lastId, callback);
    return this.#lastId;
  }

  cancelVideoFrameCallback(id: number) {
    this.#callbacks.delete(id);
  }

  /** The next picture of what it plays. */
  show() {
    const callbacks = [...this.#callbacks.values()];
    this.#callbacks.clear();
    for (const one of callbacks) one();
  }
}

/** A document that makes canvases and video elements, and may be hidden. */
export class FakeDocument extends EventTarget {
  readonly baseURI = 'https://page.example/call/';
  hidden = false;
  readonly canvases: FakeCanvas[] = [];
  readonly videos: FakeVideo[] = [];

  createElement(name: string) {
    if (name === 'canvas') return this.canvases[this.canvases.push(new FakeCanvas()) - 1];
    if (name === 'video') return this.videos[this.videos.push(new FakeVideo()) - 1];
    throw new Error(`no element ${name}`);
  }

  hide(hidden: boolean) {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

export function fakeDocument(): FakeDocument {
  const document = new FakeDocument();
  vi.stubGlobal('document', document);
  return document;
}
