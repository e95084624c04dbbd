// What is heard and looked at: the source and the far end, each with a level and a spectrum.

/** Taps both sides of a call and sends one of them to the loudspeakers. */
export class Monitor {
  /** Where recorders connect to; stays the same when the source is changed. */
  readonly before: GainNode;
  readonly after: AudioNode;
  readonly beforeAnalyser: AnalyserNode;
  readonly afterAnalyser: AnalyserNode;
  readonly #hearBefore: GainNode;
  readonly #hearAfter: GainNode;
  readonly #context: AudioContext;
  #source: MediaStreamAudioSourceNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(context: AudioContext, source: MediaStream, farEnd: AudioNode) {
    const options: AnalyserOptions = { fftSize: 2048, smoothingTimeConstant: 0 };
    this.#context = context;
    this.#source = new MediaStreamAudioSourceNode(context, { mediaStream: source });
    this.before = new GainNode(context, { channelCountMode: 'max' });
    this.#source.connect(this.before);
    this.after = farEnd;
    this.beforeAnalyser = new AnalyserNode(context, options);
    this.afterAnalyser = new AnalyserNode(context, options);
    this.#hearBefore = new GainNode(context, { gain: 0 });
    this.#hearAfter = new GainNode(context, { gain: 0 });
    this.before.connect(this.beforeAnalyser);
    this.before.connect(this.#hearBefore).connect(context.destination);
    this.after.connect(this.afterAnalyser);
    this.after.connect(this.#hearAfter).connect(context.destination);
    this.#samples = new Float32Array(options.fftSize!);
  }

  /** Looks at another source from now on. */
  changeBefore(source: MediaStream): void {
    this.#source.disconnect();
    this.#source = new MediaStreamAudioSourceNode(this.#context, { mediaStream: source });
    this.#source.connect(this.before);
  }

  listen(to: 'before' | 'after' | 'nothing'): void {
    const at = this.#context.currentTime;
    this.#hearBefore.gain.setTargetAtTime(to === 'before' ? 1 : 0, at, 0.01);
    this.#hearAfter.gain.setTargetAtTime(to === 'after' ? 1 : 0, at, 0.01);
  }

  /** RMS level of the latest 43 ms in dBFS, −100 for silence. */
  level(side: 'before' | 'after'): number {
    const analyser = side === 'before' ? this.beforeAnalyser : this.afterAnalyser;
    analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const x of this.#samples) sum += x * x;
    return 10 * Math.log10(sum / this.#samples.length + 1e-10);
  }

  close(): void {
    for (const node of [this.#source, this.before, this.#hearBefore, this.#hearAfter, this.beforeAnalyser, this.afterAnalyser]) node.disconnect();
  }
}
