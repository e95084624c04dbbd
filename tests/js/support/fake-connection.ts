import { FakeTrack, settle } from './fake-browser.js';

const SDP = ['v=0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111 0', 'a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10;useinbandfec=1', 'a=rtpmap:0 PCMU/8000', ''].join('\r\n');

/** An RTCPeerConnection that describes itself, hears what it is told, and is connected when the test says so. */
export class FakeConnection extends EventTarget {
  static readonly made: FakeConnection[] = [];
  connectionState = 'new';
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  report: Record<string, unknown>[] = [];
  readonly sent: FakeTrack[] = [];
  readonly received = new FakeTrack();
  readonly receiver = { jitterBufferTarget: null as number | null };
  readonly candidates: unknown[] = [];

  constructor() {
    super();
    FakeConnection.made.push(this);
  }

  addTrack(track: FakeTrack) {
    this.sent.push(track);
  }

  async setLocalDescription() {
    this.localDescription = { type: this.remoteDescription ? 'answer' : 'offer', sdp: SDP };
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate: { candidate: `of ${this.localDescription.type}` } }));
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit) {
    this.remoteDescription = description;
    if (description.type === 'offer') this.dispatchEvent(Object.assign(new Event('track'), { track: this.received, receiver: this.receiver }));
  }

  async addIceCandidate(candidate: unknown) {
    this.candidates.push(candidate);
  }

  async getStats() {
    return new Map(this.report.map((entry, i) => [i, entry]));
  }

  close() {
    this.connectionState = 'closed';
  }

  async enter(state: string) {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
    await settle();
  }
}
