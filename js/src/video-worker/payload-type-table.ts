import type { PayloadTypes, PayloadTypesNeeded } from '../protocol.js';

/** MIME types of frames, in lower case: by what the frame says, or where the browser does not say by its payload type. */
export class PayloadTypeTable {
  #mimeTypes: PayloadTypes['mimeTypes'] = {};
  readonly #asked = new Set<number>();

  constructor(private readonly ask: (question: PayloadTypesNeeded) => void) {}

  learn({ mimeTypes }: PayloadTypes): void {
    this.#mimeTypes = mimeTypes;
    this.#asked.clear();
  }

  /** Undefined while neither frame nor window has said. */
  mimeType({ mimeType, payloadType }: { mimeType?: string; payloadType?: number }): string | undefined {
    if (mimeType !== undefined) return mimeType.toLowerCase();
    if (payloadType === undefined) return undefined;
    const known = this.#mimeTypes[payloadType];
    if (known === undefined && !this.#asked.has(payloadType)) {
      this.#asked.add(payloadType);
      this.ask({ type: 'payload-types-needed' });
    }
    return known;
  }
}
