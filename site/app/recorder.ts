// Records both sides of the call and offers them as downloads.

const formats = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4'];

interface Side {
  readonly name: string;
  readonly recorder: MediaRecorder;
  readonly chunks: Blob[];
  readonly destination: MediaStreamAudioDestinationNode;
  readonly node: AudioNode;
}

/** Records any number of named nodes at once, each to a file of its own. */
export class SideRecorder {
  #sides: Side[] = [];

  static get supported(): boolean {
    return typeof MediaRecorder !== 'undefined';
  }

  get recording(): boolean {
    return this.#sides.length > 0;
  }

  start(nodes: Readonly<Record<string, AudioNode>>): void {
    const mimeType = formats.find((type) => MediaRecorder.isTypeSupported(type));
    this.#sides = Object.entries(nodes).map(([name, node]) => {
      const destination = new MediaStreamAudioDestinationNode(node.context as AudioContext);
      node.connect(destination);
      const recorder = new MediaRecorder(destination.stream, { ...(mimeType && { mimeType }), audioBitsPerSecond: 128_000 });
      const chunks: Blob[] = [];
      recorder.ondataavailable = ({ data }) => chunks.push(data);
      recorder.start(1000);
      return { name, recorder, chunks, destination, node };
    });
  }

  /** Ends the recording; resolves with one file per side. */
  async stop(): Promise<File[]> {
    const sides = this.#sides;
    this.#sides = [];
    return Promise.all(
      sides.map(async ({ name, recorder, chunks, destination, node }) => {
        node.disconnect(destination); // before any wait: the graph may be taken down meanwhile
        const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve, { once: true }));
        if (recorder.state !== 'inactive') {
          recorder.stop();
          await stopped;
        }
        destination.stream.getTracks().forEach((track) => track.stop());
        const type = recorder.mimeType || 'audio/webm';
        const extension = type.includes('ogg') ? 'ogg' : type.includes('mp4') ? 'm4a' : 'webm';
        return new File(chunks, `earshot-${name}.${extension}`, { type });
      }),
    );
  }
}
