// What the contestants in Node use of the library: the same classes as in worklet and worker, bundled for the run.
export { Panner } from '../js/src/audio/panner.js';
export { PlayoutStat } from '../js/src/wasm/abi.js';
export { CaptureChain } from '../js/src/wasm/capture-chain.js';
export { instantiate } from '../js/src/wasm/loader.js';
export { OpusDecoder } from '../js/src/wasm/opus-decoder.js';
export { OpusEncoder } from '../js/src/wasm/opus-encoder.js';
export { PictureConverter, pictureFormat } from '../js/src/wasm/picture-converter.js';
export { PlayoutChain } from '../js/src/wasm/playout-chain.js';
export { Vp8Decoder } from '../js/src/wasm/vp8-decoder.js';
export { Vp8Encoder } from '../js/src/wasm/vp8-encoder.js';
