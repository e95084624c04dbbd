/** Entry of `earshot-worklet.js`: a classic single file, because the AudioWorklet scope of some browsers imports nothing. */
import { CAPTURE_PROCESSOR, MIXER_PROCESSOR, PLAYOUT_PROCESSOR, TAP_PROCESSOR } from '../protocol.js';
import { CaptureProcessor } from './capture-processor.js';
import { MixerProcessor } from './mixer-processor.js';
import { PlayoutProcessor } from './playout-processor.js';
import { TapProcessor } from './tap-processor.js';

registerProcessor(CAPTURE_PROCESSOR, CaptureProcessor);
registerProcessor(TAP_PROCESSOR, TapProcessor);
registerProcessor(PLAYOUT_PROCESSOR, PlayoutProcessor);
registerProcessor(MIXER_PROCESSOR, MixerProcessor);
