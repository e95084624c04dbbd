/** Half the usual: the shortest packets of Opus that browsers agree on. */
const PACKET_SECONDS = 0.01;
/** How far Opus, as browsers use it, looks ahead. */
const LOOKAHEAD_SECONDS = 0.0065;
/** Enough for both channels that the coding is not heard, bit/s. */
const BITRATE = 192000;
/** A connection within one page that has not come about after so long will not, ms. */
const OPEN_LIMIT = 10000;

/**
 * A way to the loudspeaker that every browser's echo canceller knows: an element that plays what an RTCPeerConnection received,
 * here from another one in the same page. It costs the delay of a call without a network.
 */
export class LoopbackOutput {
  /** What is to be heard. Silent until it is told otherwise. */
  readonly input: GainNode;
  readonly #sound: MediaStreamAudioDestinationNode;
  readonly #near = new RTCPeerConnection();
  readonly #far = new RTCPeerConnection();
  readonly #element = new Audio();
  readonly #listening = new AbortController();
  #counted = { delay: 0, samples: 0 };
  #buffered = 0;

  /** `onLost`: it is not heard any more, for a reason other than `close()`. */
  constructor(
    private readonly context: AudioContext,
    private readonly onLost: () => void,
  ) {
    this.input = new GainNode(context, { gain: 0 });
    this.#sound = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
    this.input.connect(this.#sound);
  }

  /** Resolves when the element plays; rejects when it cannot, or not in time. */
  async open(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no loopback after ${OPEN_LIMIT / 1000} s`)), OPEN_LIMIT);
    });
    try {
      await Promise.race([this.#open(), limit]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What this way adds to the sound's delay at present, seconds: packets, coding, and the browser's own jitter buffer. */
  async delay(): Promise<number> {
    for (const entry of (await this.#far.getStats()).values()) {
      if (entry.type !== 'inbound-rtp') continue;
      const { jitterBufferDelay: delay = 0, jitterBufferEmittedCount: samples = 0 } = entry;
      if (samples > this.#counted.samples) this.#buffered = (delay - this.#counted.delay) / (samples - this.#counted.samples);
      this.#counted = { delay, samples };
    }
    return PACKET_SECONDS + LOOKAHEAD_SECONDS + this.#buffered;
  }

  close(): void {
    this.#listening.abort();
    this.input.disconnect();
    this.#near.close();
    this.#far.close();
    this.#element.srcObject = null;
    this.#sound.stream.getTracks().forEach((track) => track.stop());
  }

  async #open(): Promise<void> {
    const { signal } = this.#listening;
    pass(this.#near, this.#far, signal);
    pass(this.#far, this.#near, signal);
    this.#far.addEventListener('track', ({ track, receiver }) => {
      // Nothing is on the way between the two that could be late.
      receiver.jitterBufferTarget = 0;
      this.#element.srcObject = new MediaStream([track]);
    });
    const { stream } = this.#sound;
    for (const track of stream.getAudioTracks()) this.#near.addTrack(track, stream);
    const connected = this.#connected();
    await this.#near.setLocalDescription();
    await this.#far.setRemoteDescription(goodSound(this.#near.localDescription!));
    await this.#far.setLocalDescription();
    await this.#near.setRemoteDescription(goodSound(this.#far.localDescription!));
    await connected;
    await this.#followSink();
    await this.#element.play();
    const lost = () => this.onLost();
    // A network that goes takes the address with it by which the two reach each other.
    this.#near.addEventListener('connectionstatechange', lost, { signal });
    this.#element.addEventListener('pause', lost, { signal });
    this.context.addEventListener('sinkchange', () => void this.#followSink().catch(lost), { signal });
  }

  #connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#near.addEventListener('connectionstatechange', () => {
        if (this.#near.connectionState === 'connected') resolve();
        if (this.#near.connectionState === 'failed') reject(new Error('no connection within the page'));
      });
    });
  }

  /** Plays where the context plays, if that is not the default device. */
  async #followSink(): Promise<void> {
    const { sinkId } = this.context as { sinkId?: unknown };
    if (typeof sinkId === 'string' && sinkId !== this.#element.sinkId) await this.#element.setSinkId(sinkId);
  }
}

function pass(from: RTCPeerConnection, to: RTCPeerConnection, signal: AbortSignal): void {
  // One candidate that is refused is no fault while others remain.
  from.addEventListener('icecandidate', ({ candidate }) => void to.addIceCandidate(candidate ?? undefined).catch(() => {}), { signal });
}

/** `description` asking for stereo Opus of good quality in short packets. */
function goodSound({ type, sdp }: RTCSessionDescription): RTCSessionDescriptionInit {
  const payloadType = /^a=rtpmap:(\d+) opus\//im.exec(sdp)?.[1];
  const settings = `stereo=1;sprop-stereo=1;maxaveragebitrate=${BITRATE}`;
  const withSettings = sdp.replace(new RegExp(`^(a=fmtp:${payloadType} .*)$`, 'm'), `$1;${settings}`);
  return { type, sdp: `${withSettings}a=ptime:${1000 * PACKET_SECONDS}\r\n` };
}
