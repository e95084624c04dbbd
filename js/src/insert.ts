/**
 * A place in a graph where a processor can be put in later: `input → output` at first, `input → node → output` after
 * `insert()`. `output` stays the same node, so whatever hangs on it never notices.
 */
export class Insert {
  readonly output: GainNode;
  #node: AudioNode | undefined;

  constructor(private readonly input: AudioNode) {
    this.output = new GainNode(input.context, { channelCountMode: 'max' });
    input.connect(this.output);
  }

  /** Connects and disconnects in one task, which the rendering thread sees as one change. */
  insert(node: AudioWorkletNode): void {
    this.#node = node;
    this.input.connect(node);
    node.connect(this.output);
    this.input.disconnect(this.output);
    // Our processors catch what they can; a browser that gives one up all the same makes its node silent for good.
    node.addEventListener('processorerror', () => this.#bypass(node));
  }

  #bypass(node: AudioNode): void {
    if (this.#node !== node) return;
    this.#node = undefined;
    this.input.connect(this.output);
    this.input.disconnect(node);
    node.disconnect();
  }

  close(): void {
    this.input.disconnect();
    this.#node?.disconnect();
    this.#node = undefined;
    this.output.disconnect();
  }
}
