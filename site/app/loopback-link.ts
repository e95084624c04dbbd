// Two connections of this page that are joined to each other, without a server in between.

export class LoopbackLink {
  readonly near = new RTCPeerConnection();
  readonly far = new RTCPeerConnection();

  constructor() {
    const { near, far } = this;
    near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined).catch(() => {});
    far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined).catch(() => {});
  }

  /** The receiver of this kind of media, as soon as the far end hears of it: `take` is called within the event. */
  onReceiver(kind: 'audio' | 'video', take: (receiver: RTCRtpReceiver) => void): void {
    this.far.addEventListener('track', ({ receiver }) => {
      if (receiver.track.kind === kind) take(receiver);
    });
  }

  /** Offer and answer for what the near end has by now. */
  async negotiate(): Promise<void> {
    const { near, far } = this;
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription!);
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription!);
  }

  /** Resolves when media can flow, or when the link was closed. */
  connected(): Promise<void> {
    const { near } = this;
    return new Promise((resolve, reject) => {
      const check = () => {
        if (near.connectionState === 'connected') resolve();
        if (near.connectionState === 'closed') resolve();
        if (near.connectionState === 'failed')
          reject(new Error('The two ends could not reach each other: the browser found no network interface to use. Check that the network is on.'));
      };
      near.addEventListener('connectionstatechange', check);
      check();
    });
  }

  close(): void {
    this.near.close();
    this.far.close();
  }
}
