import { describe, expect, it, vi } from 'vitest';
import { assetUrl } from '../../js/src/configuration.js';
import { compileModule } from '../../js/src/compile.js';
import { FakeContext, FakeEndpoint, FakeSender, openPage } from './support/fake-browser.js';

const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

describe('addresses of the files', () => {
  it('are beside the script unless told', () => {
    // In the tests the script is this source file.
    expect(assetUrl('earshot-audio.wasm', {})).toMatch(/^file:.*\/js\/src\/earshot-audio\.wasm$/);
    vi.stubGlobal('document', { baseURI: 'https://page.example/a/b.html' });
    for (const baseUrl of ['/files', '/files/', 'https://page.example/files', new URL('https://page.example/files/')]) {
      expect(assetUrl('earshot-worklet.js', { baseUrl })).toBe('https://page.example/files/earshot-worklet.js');
    }
    expect(assetUrl('earshot-worker.js', { baseUrl: '/files', workerUrl: 'w.js' })).toBe('https://page.example/a/w.js');
    expect(assetUrl('earshot-worklet.js', { workletUrl: '/hashed.js' })).toBe('https://page.example/hashed.js');
    expect(assetUrl('earshot-audio-scalar.wasm', { wasmUrl: { audio: '/a.wasm' } })).toBe('https://page.example/a.wasm');
    vi.unstubAllGlobals();
  });
});

describe('compileModule', () => {
  it('compiles whatever type the server gives the file', async () => {
    for (const type of ['application/wasm', 'application/wasm; charset=x', 'application/octet-stream', 'text/plain', undefined]) {
      vi.stubGlobal('fetch', async () => new Response(EMPTY, { headers: type ? { 'content-type': type } : {} }));
      await expect(compileModule('x')).resolves.toBeInstanceOf(WebAssembly.Module);
    }
    vi.unstubAllGlobals();
  });

  it('tells what came instead', async () => {
    vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
    await expect(compileModule('x')).rejects.toThrow('404');
    for (const type of ['application/wasm', 'text/html']) {
      vi.stubGlobal('fetch', async () => new Response('<html>', { headers: { 'content-type': type } }));
      await expect(compileModule('x')).rejects.toBeInstanceOf(WebAssembly.CompileError);
    }
    vi.unstubAllGlobals();
  });
});

describe('variants', () => {
  it('follow what the browser can run, unless told', async () => {
    for (const [simd, validates, file] of [
      ['auto', true, 'earshot-worklet.wasm'],
      ['auto', false, 'earshot-worklet-scalar.wasm'],
      [false, true, 'earshot-worklet-scalar.wasm'],
      [true, false, 'earshot-worklet.wasm'],
    ] as const) {
      const { Earshot, fetched } = await openPage();
      vi.spyOn(WebAssembly, 'validate').mockReturnValue(validates);
      Earshot.configure({ simd });
      await Earshot.createCaptureNode(new FakeContext() as unknown as AudioContext);
      expect(fetched).toEqual([`https://page.example/earshot/${file}`]);
      vi.restoreAllMocks();
    }
  });
});

describe('support', () => {
  const codecs = (...mimeTypes: string[]) => ({ getCapabilities: () => ({ codecs: mimeTypes.map((mimeType) => ({ mimeType })) }) });
  class Context {}
  Object.defineProperty(Context.prototype, 'audioWorklet', { get: () => ({}) });

  const common = { AudioContext: Context, RTCPeerConnection: class {}, isSecureContext: true };
  const senderWith = (...names: string[]) => {
    const Sender = function () {} as unknown as { prototype: object };
    for (const name of names) Object.defineProperty(Sender.prototype, name, { value: () => {} });
    return Object.assign(Sender, codecs('audio/opus', 'audio/PCMU', 'audio/opus'));
  };
  const report = async (globals: Record<string, unknown>) => (await openPage(globals)).Earshot.support();

  it('reports the better transform', async () => {
    expect(await report({ ...common, RTCRtpSender: senderWith('transform', 'createEncodedStreams') })).toMatchObject({
      enhance: true, call: true, encodedTransform: 'script', codecs: ['audio/opus', 'audio/pcmu'], secureContext: true, wasmSimd: true,
    });
    expect(await report({ ...common, RTCRtpSender: senderWith('createEncodedStreams'), RTCRtpScriptTransform: undefined })).toMatchObject({
      call: true, encodedTransform: 'legacy',
    });
  });

  it('tells enhance from call', async () => {
    expect(await report({ ...common, RTCRtpSender: senderWith() })).toMatchObject({ enhance: true, call: false, encodedTransform: 'none' });
    expect(await report({ ...common, RTCRtpSender: undefined, RTCPeerConnection: undefined })).toMatchObject({ enhance: true, call: false, codecs: [] });
    expect(await report({ AudioContext: undefined })).toMatchObject({ enhance: false, call: false, video: true, videoFrame: false, audioWorklet: false });
    expect(await report({ VideoFrame: class {}, Worker: undefined })).toMatchObject({ video: false, videoFrame: true });
    expect(await report({ WebAssembly: undefined })).toMatchObject({ enhance: false, call: false, video: false, webAssembly: false, wasmSimd: false });
  });

  it('starts nothing', async () => {
    const { Earshot, fetched } = await openPage({ RTCRtpSender: FakeSender, RTCRtpReceiver: FakeEndpoint });
    await Earshot.support();
    expect(fetched).toEqual([]);
  });
});

describe('import', () => {
  it('does no harm where there is no browser', async () => {
    vi.unstubAllGlobals();
    vi.resetModules();
    const Earshot = await import('../../js/src/index.js');
    expect(Earshot.version).toBe('0.0.0-test');
    expect(await Earshot.support()).toMatchObject({ enhance: false, call: false, secureContext: false });
  });
});
