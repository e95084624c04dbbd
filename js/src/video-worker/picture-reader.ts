import type { Picture, PixelFormat, PlainPicture } from '../video-protocol.js';
import { ColorMatrix, ColorRange, PictureFormat } from '../wasm/abi.js';
import { pictureFormat, PictureConverter, type PictureColor, type PictureExports, type PictureRotation } from '../wasm/picture-converter.js';

/** What a receiver of VP8 takes frames for that is not told otherwise (RFC 6386 §9.2). */
const VP8_COLOR: PictureColor = { matrix: ColorMatrix.Bt601, range: ColorRange.Limited };

/** Members of a VideoFrame that TypeScript and Firefox do not know yet. */
type Oriented = VideoFrame & { readonly rotation?: PictureRotation; readonly flip?: boolean };

/** The pixels of a picture, out of whatever holds them, as I420 of any size. */
export class PictureReader {
  readonly #memory: WebAssembly.Memory;
  readonly #converter: PictureConverter;
  #format = PictureFormat.I420;
  #colorSpace: VideoColorSpaceInit = {};

  constructor(exports: PictureExports) {
    this.#memory = exports.memory;
    this.#converter = new PictureConverter(exports);
  }

  /** Takes the picture over; it may be closed afterwards. Rejects for a picture that is closed or of a format that is not taken. */
  async read(picture: Picture): Promise<void> {
    if ('copyTo' in picture) await this.#readFrame(picture);
    else this.#readPlain(picture);
  }

  /** Writes the latest picture as I420 of a size to an address of the module's memory; says what the values mean. */
  write(out: number, width: number, height: number, colors: 'source' | 'bt601'): VideoColorSpaceInit {
    const { primaries, transfer } = this.#colorSpace;
    const rgb = this.#format >= PictureFormat.Rgba;
    const source = colorOf(this.#colorSpace);
    const converts = rgb || colors === 'bt601';
    this.#converter.setSourceColor(source);
    this.#converter.setTargetColor(converts ? VP8_COLOR : source);
    this.#converter.toI420(out, width, height);
    return converts ? { primaries, transfer, matrix: 'smpte170m', fullRange: false } : this.#colorSpace;
  }

  #readPlain({ format, codedWidth, codedHeight, data, colorSpace }: PlainPicture): void {
    const source = this.#source(format, codedWidth, codedHeight);
    if (data.length !== source.length) throw new Error(`a picture of ${codedWidth}×${codedHeight} in ${format} has ${source.length} bytes, not ${data.length}`);
    source.set(data);
    this.#colorSpace = colorSpace ?? {};
    this.#converter.setCrop(null);
    this.#converter.setOrientation(0);
  }

  async #readFrame(frame: Oriented): Promise<void> {
    const { visibleRect, codedWidth, codedHeight, colorSpace } = frame;
    if (!visibleRect) throw new Error('the picture is closed');
    // Where the browser keeps a format to itself it gives RGB out.
    const format = pictureFormat(frame.format ?? '') === undefined ? 'RGBA' : (frame.format as PixelFormat);
    const { width, height } = visibleRect;
    // Of odd sides Firefox forgets the last chroma.
    const rect = {
      x: visibleRect.x,
      y: visibleRect.y,
      width: Math.min(width + (width % 2), codedWidth - visibleRect.x),
      height: Math.min(height + (height % 2), codedHeight - visibleRect.y),
    };
    const options = { rect, ...(format !== frame.format && { format: 'RGBA' as const }) };
    await this.#copy(format, rect, (source) => frame.copyTo(source, options));
    this.#colorSpace = format === frame.format ? colorSpace.toJSON() : {};
    this.#converter.setCrop({ x: 0, y: 0, width, height });
    this.#converter.setOrientation(frame.rotation ?? 0, frame.flip ?? false);
  }

  /** Again when the memory grew meanwhile: the copy went into one that is gone. */
  async #copy(format: PixelFormat, { width, height }: { width: number; height: number }, copy: (source: Uint8Array<ArrayBuffer>) => Promise<unknown>): Promise<void> {
    for (let buffer; buffer !== this.#memory.buffer; ) {
      const source = this.#source(format, width, height);
      buffer = source.buffer;
      try {
        await copy(source);
      } catch (error) {
        if (buffer === this.#memory.buffer) throw error;
      }
    }
  }

  #source(name: PixelFormat, width: number, height: number): Uint8Array<ArrayBuffer> {
    const format = pictureFormat(name);
    if (format === undefined) throw new Error(`pictures of format ${name} are not taken`);
    this.#format = format;
    return this.#converter.source(format, width, height) as Uint8Array<ArrayBuffer>;
  }
}

function colorOf({ matrix, fullRange }: VideoColorSpaceInit): PictureColor {
  return {
    matrix: matrix === 'bt709' ? ColorMatrix.Bt709 : ColorMatrix.Bt601,
    range: fullRange ? ColorRange.Full : ColorRange.Limited,
  };
}
