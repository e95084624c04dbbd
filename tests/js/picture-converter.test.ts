import { expect, test } from 'vitest';
import { ColorMatrix, ColorRange, PictureFormat, PictureParam, StatusCode } from '../../js/src/wasm/abi.js';
import { PictureConverter, pictureBytes, type PictureExports, pictureFormat } from '../../js/src/wasm/picture-converter.js';

/** Exports that note what they are called with. */
function fakeExports(): { exports: PictureExports; calls: unknown[][]; status: { value: number } } {
  const calls: unknown[][] = [];
  const status = { value: 0 };
  const note =
    (name: string, result?: number) =>
    (...args: unknown[]): number => {
      calls.push([name, ...args]);
      return result ?? status.value;
    };
  const exports = {
    memory: new WebAssembly.Memory({ initial: 1 }),
    picture_create: note('create', 8),
    picture_destroy: note('destroy'),
    picture_source: (...args: unknown[]) => {
      calls.push(['source', ...args]);
      return status.value < 0 ? 0 : 1024;
    },
    picture_set: note('set'),
    picture_to_i420: note('to_i420'),
    picture_to_rgba: (...args: unknown[]) => {
      calls.push(['to_rgba', ...args]);
      return status.value < 0 ? status.value : 16;
    },
    picture_output: note('output', 2048),
  };
  return { exports: exports as unknown as PictureExports, calls, status };
}

test('every format of WebCodecs with 8 bits has its number, others have none', () => {
  const names = ['I420', 'I420A', 'I422', 'I444', 'NV12', 'NV21', 'RGBA', 'RGBX', 'BGRA', 'BGRX'];
  expect(names.map(pictureFormat)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const name of ['I420P10', 'I444A', '', 'rgba', 'toString']) expect(pictureFormat(name)).toBeUndefined();
});

test('sizes are those of the planes counted one by one', () => {
  const planes: [PictureFormat, (w: number, h: number) => number[]][] = [
    [PictureFormat.I420, (w, h) => [w * h, Math.ceil(w / 2) * Math.ceil(h / 2), Math.ceil(w / 2) * Math.ceil(h / 2)]],
    [PictureFormat.I420A, (w, h) => [w * h, Math.ceil(w / 2) * Math.ceil(h / 2), Math.ceil(w / 2) * Math.ceil(h / 2), w * h]],
    [PictureFormat.I422, (w, h) => [w * h, Math.ceil(w / 2) * h, Math.ceil(w / 2) * h]],
    [PictureFormat.I444, (w, h) => [w * h, w * h, w * h]],
    [PictureFormat.Nv12, (w, h) => [w * h, 2 * Math.ceil(w / 2) * Math.ceil(h / 2)]],
    [PictureFormat.Nv21, (w, h) => [w * h, 2 * Math.ceil(w / 2) * Math.ceil(h / 2)]],
    [PictureFormat.Bgrx, (w, h) => [4 * w * h]],
  ];
  for (const [format, sizes] of planes) {
    for (const [width, height] of [[1, 1], [2, 2], [3, 5], [16, 9]] as const) {
      expect(pictureBytes(format, width, height)).toBe(sizes(width, height).reduce((sum, size) => sum + size));
    }
  }
});

test('settings and pictures reach the module', () => {
  const { exports, calls } = fakeExports();
  const converter = new PictureConverter(exports);
  const source = converter.source(PictureFormat.Nv12, 3, 3);
  expect([source.byteOffset, source.length]).toEqual([1024, 17]);
  converter.setSourceColor({ matrix: ColorMatrix.Bt709, range: ColorRange.Full });
  converter.setTargetColor({ matrix: ColorMatrix.Bt601, range: ColorRange.Full });
  converter.setCrop({ x: 1, y: 2, width: 30, height: 40 });
  converter.setCrop(null);
  converter.setOrientation(270, true);
  converter.toI420(77, 5, 6);
  const rgb = converter.toRgb(99, 2, 2, PictureFormat.Bgra);
  expect([rgb.byteOffset, rgb.length]).toEqual([2048, 16]);
  converter.dispose();
  const set = (param: PictureParam, value: number): unknown[] => ['set', 8, param, value];
  expect(calls).toEqual([
    ['create'],
    ['source', 8, PictureFormat.Nv12, 3, 3],
    set(PictureParam.SourceMatrix, 1), set(PictureParam.SourceRange, 1),
    set(PictureParam.TargetMatrix, 0), set(PictureParam.TargetRange, 1),
    set(PictureParam.CropX, 1), set(PictureParam.CropY, 2), set(PictureParam.CropWidth, 30), set(PictureParam.CropHeight, 40),
    set(PictureParam.CropX, 0), set(PictureParam.CropY, 0), set(PictureParam.CropWidth, 0), set(PictureParam.CropHeight, 0),
    set(PictureParam.Rotation, 270), set(PictureParam.Flip, 1),
    ['to_i420', 8, 77, 5, 6],
    ['to_rgba', 8, 99, 2, 2, PictureFormat.Bgra],
    ['output', 8],
    ['destroy', 8],
  ]);
});

test('what the module refuses is an error that names the export', () => {
  const { exports, status } = fakeExports();
  const converter = new PictureConverter(exports);
  status.value = StatusCode.InvalidArgument;
  expect(() => converter.source(PictureFormat.I420, 0, 0)).toThrow('picture_source');
  expect(() => converter.setCrop({ x: -1, y: 0, width: 1, height: 1 })).toThrow('picture_set');
  expect(() => converter.toI420(1, 0, 0)).toThrow('picture_to_i420');
  expect(() => converter.toRgb(1, 0, 0)).toThrow('picture_to_rgba');
});
