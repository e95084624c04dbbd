import type { Picture } from '../video-protocol.js';
import { i420Bytes } from '../wasm/i420.js';

/** The pixels of a picture, out of whatever holds them. */
export class PictureReader {
  #data = new Uint8Array(0);
  #width = 0;
  #height = 0;
  #colorSpace: VideoColorSpaceInit = {};

  /** Takes the picture over; it may be closed afterwards. Rejects for a picture that is closed or of a format that is not taken. */
  async read(picture: Picture): Promise<void> {
    const rect = 'visibleRect' in picture ? picture.visibleRect! : { width: picture.codedWidth, height: picture.codedHeight };
    if (picture.format !== 'I420') throw new Error(`pictures of format ${picture.format} are not taken`);
    const bytes = i420Bytes(rect.width, rect.height);
    if ('copyTo' in picture) {
      if (this.#data.length !== bytes) this.#data = new Uint8Array(bytes);
      await picture.copyTo(this.#data);
    } else {
      if (picture.data.length !== bytes) throw new Error(`a picture of ${rect.width}×${rect.height} has ${bytes} bytes, not ${picture.data.length}`);
      this.#data = picture.data;
    }
    [this.#width, this.#height] = [rect.width, rect.height];
    this.#colorSpace = 'copyTo' in picture ? picture.colorSpace.toJSON() : (picture.colorSpace ?? {});
  }

  /** Writes the latest picture as I420 of a size; says what the values mean. */
  write(input: Uint8Array, width: number, height: number): VideoColorSpaceInit {
    if (width !== this.#width || height !== this.#height) throw new Error(`a picture of ${this.#width}×${this.#height} is not scaled to ${width}×${height}`);
    input.set(this.#data);
    return this.#colorSpace;
  }
}
