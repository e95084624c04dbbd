// The numbers both sides of the WebAssembly boundary share. tools/generate-abi.mjs turns this file
// into js/src/wasm/abi.ts, which is why every enumerator has an explicit value and a comment of one
// line.
//
// Values passed to the `…_set` functions and found in statistics are doubles; switches are 0 and 1.
#pragma once

namespace earshot::abi {

/// Raised whenever an export, a parameter or a layout changes; a loader refuses a module of another
/// version.
inline constexpr int kAbiVersion = 6;

/// Longest RTP payload the playout chain takes, bytes.
inline constexpr int kMaxRtpPayloadBytes = 1500;

/// Longest Opus packet a file can hold: 48 frames of 1275 bytes and their lengths (RFC 6716 §3.4,
/// RFC 7845 §6), bytes.
inline constexpr int kMaxOpusPacketBytes = 61440;

/// Longest Opus packet, samples per channel at 48 kHz (120 ms).
inline constexpr int kMaxOpusPacketFrames = 5760;

/// What capture_create puts into the path of the sound; a bit mask.
enum class CaptureStage : int {
  kNoiseSuppressor = 1,  ///< Without it the chain only levels: no delay of the suppressor.
};

/// Parameters of the capture chain.
enum class CaptureParam : int {
  kNoiseSuppression = 0,          ///< Strength, 0 (off) … 1.
  kAutoGainControl = 1,           ///< Switch.
  kLimiter = 2,                   ///< Switch.
  kTargetLoudnessLufs = 3,        ///< Of active speech, -60 … -5.
  kMaxGainDb = 4,                 ///< 0 … 60.
  kInitialGainDb = 5,             ///< Approached before anybody spoke, 0 … 40.
  kMaxGainChangeDbPerSecond = 6,  ///< 0.5 … 20.
  kHeadroomDb = 7,                ///< Kept free above the peaks of speech, 0 … 20.
  kMaxOutputNoiseDbfs = 8,        ///< No gain lifts the background above, -80 … -20.
};

/// Statistics of the capture chain; levels over the latest 10 ms or more.
enum class CaptureStat : int {
  kInputPeakDbfs = 0,       ///< Sample peak of the latest block.
  kInputRmsDbfs = 1,        ///< Louder channel.
  kOutputPeakDbfs = 2,      ///< Sample peak of the latest block.
  kOutputRmsDbfs = 3,       ///< Louder channel.
  kSpeechProbability = 4,   ///< 0 … 1.
  kSpeechLevelDbfs = 5,     ///< Active speech before gain control, RMS.
  kNoiseLevelDbfs = 6,      ///< Background at the microphone, RMS.
  kNoiseAttenuationDb = 7,  ///< ≥ 0, by the noise suppressor.
  kGainDb = 8,              ///< By gain control.
  kLimiterReductionDb = 9,  ///< ≥ 0, largest within the latest block.
  kFramesProcessed = 10,    ///< Samples per channel since creation, at the chain's rate.
  kLoudnessLufs = 11,       ///< Short-term loudness of the output (EBU R128, 3 s), at least -120.
  kInputLoudnessLufs = 12,  ///< Likewise of the input.
  kTruePeakDbtp = 13,       ///< Of the output (ITU-R BS.1770-4 Annex 2), held for display.
  kVoiceActive = 14,        ///< Switch: the decision with hangover.
  kVoiceChanges = 15,       ///< How often kVoiceActive changed since creation.
  kCount = 16,              ///< Number of values.
};

/// The codec of a playout chain; fixed at creation. Counts of samples are at its rate.
enum class PlayoutCodec : int {
  kOpus = 0,  ///< RFC 7587; 48 kHz. The deep module's conceals by networks.
  kPcma = 1,  ///< G.711 A-law, RFC 3551 §4.5.14; 8 kHz.
  kPcmu = 2,  ///< G.711 µ-law; 8 kHz.
};

/// Parameters of the playout chain.
enum class PlayoutParam : int {
  kMinDelayMs = 0,      ///< Lower bound of the target delay, 0 … 4000.
  kMaxDelayMs = 1,      ///< Upper bound of the target delay, 0 … 4000.
  kPayloadType = 2,     ///< Payload type to accept, 0 … 127; -1 accepts any.
  kRestAfterMs = 3,     ///< Without sound for so long the decoder rests, 0 (never) … 60000.
  kRedPayloadType = 4,  ///< Payload type of redundant audio data (RFC 2198), 0 … 127; -1: none.
  kLatencyHint = 5,     ///< A LatencyHint.
};

/// What a shorter delay is worth in sound that has to be made up.
enum class LatencyHint : int {
  kInteractive = 0,  ///< Twice as many gaps.
  kBalanced = 1,
  kPlayback = 2,  ///< A third of the gaps.
};

/// Statistics of the playout chain. Counters never reset; samples are per channel at the codec's
/// rate.
enum class PlayoutStat : int {
  kPacketsReceived = 0,          ///< Every packet of valid length.
  kPacketsRejected = 1,          ///< Of another payload type, too long, or broken RFC 2198.
  kPacketsDuplicate = 2,         ///< Already in the buffer or already played.
  kPacketsDiscarded = 3,         ///< Too late, or pushed out by a full buffer or a restart.
  kPacketsLost = 4,              ///< Passed over and not there yet, recovered ones included.
  kPacketsRecovered = 5,         ///< Decoded from a copy or from in-band FEC in their place.
  kPacketsEmpty = 6,             ///< Zero-length payloads.
  kDecodeErrors = 7,             ///< Payloads the decoder refused.
  kTotalSamples = 8,             ///< All samples given out.
  kConcealedSamples = 9,         ///< Samples that stand for sound not there.
  kSilentConcealedSamples = 10,  ///< Of those, silence or comfort noise.
  kConcealmentEvents = 11,       ///< Runs of concealed samples.
  kInterruptions = 12,           ///< Concealment longer than 150 ms.
  kInterruptionSamples = 13,     ///< Samples within those.
  kDtxSamples = 14,              ///< Generated across pauses in transmission.
  kRemovedSamples = 15,          ///< By acceleration.
  kInsertedSamples = 16,         ///< By deceleration.
  kRestarts = 17,                ///< New SSRC, or a jump in timestamp or sequence number.
  kEmittedSamples = 18,          ///< Samples taken from the buffer.
  kDelaySumMs = 19,              ///< Time in the buffer summed over emitted samples.
  kTargetDelaySumMs = 20,        ///< Likewise of the target.
  kCurrentDelayMs = 21,          ///< Sound held in the buffer now.
  kTargetDelayMs = 22,           ///< What the buffer aims at.
  kPacketsInBuffer = 23,         ///< Packets waiting now.
  kLevelDbfs = 24,               ///< RMS of the output, smoothed.
  kPeakDbfs = 25,                ///< Peak of the output.
  kLatencyMs = 26,               ///< Current delay and what waits behind the buffer.
  kResting = 27,                 ///< Switch: the decoder rests, for the stream is silent.
  kFecPacketsReceived = 28,      ///< Redundancy that came: copies, packets with in-band FEC.
  kFecPacketsDiscarded = 29,     ///< Of that, what was of no use.
  kResampledSamples = 30,        ///< Removed to follow the sender's clock; negative: inserted.
  kPlayoutTimestamp = 31,        ///< RTP timestamp of the sample that comes out next.
  kCount = 32,                   ///< Number of values.
};

/// Parameters of the Opus encoder.
enum class EncoderParam : int {
  kBitrate = 0,       ///< bit/s, 6000 … 510000.
  kComplexity = 1,    ///< 0 … 10.
  kFec = 2,           ///< Switch: in-band FEC.
  kExpectedLoss = 3,  ///< Percent, 0 … 100.
  kDtx = 4,           ///< Switch: discontinuous transmission.
  kMaxBandwidth = 5,  ///< An OpusBandwidth.
  kRateMode = 6,      ///< An OpusRateMode.
  kSignal = 7,        ///< An OpusSignal.
  kDredMs = 8,        ///< Of the sound before each packet, 0 … 1000; the deep module's alone.
};

/// What the encoder optimises for; fixed at creation.
enum class OpusApplication : int {
  kVoip = 0,      ///< Intelligible speech.
  kAudio = 1,     ///< Faithful music and speech.
  kLowDelay = 2,  ///< Shortest algorithmic delay: no SILK, no FEC.
};

/// Audio bandwidth (RFC 6716 §2.1.3).
enum class OpusBandwidth : int {
  kNarrowband = 0,     ///< 4 kHz.
  kMediumband = 1,     ///< 6 kHz.
  kWideband = 2,       ///< 8 kHz.
  kSuperwideband = 3,  ///< 12 kHz.
  kFullband = 4,       ///< 20 kHz.
};

/// How the encoder spends its bits (RFC 6716 §2.1.8).
enum class OpusRateMode : int {
  kConstant = 0,     ///< Every packet of the same length.
  kConstrained = 1,  ///< Variable within one frame's worth of buffering: the default.
  kVariable = 2,     ///< Variable.
};

/// What the sound is, when the application knows better than the encoder.
enum class OpusSignal : int {
  kAuto = 0,   ///< The encoder decides.
  kVoice = 1,  ///< Speech.
  kMusic = 2,  ///< Music.
};

/// The two laws of G.711.
enum class G711Law : int {
  kALaw = 0,   ///< Europe and most of the world.
  kMuLaw = 1,  ///< North America and Japan.
};

/// What the Ogg Opus reader says of a packet; frames are samples per channel at 48 kHz.
enum class OggPacketField : int {
  kBytes = 0,          ///< Length of the packet.
  kGapFrames = 1,      ///< Sound missing before it, to be concealed.
  kSkipFrames = 2,     ///< To drop from its start.
  kKeepFrames = 3,     ///< To keep after those.
  kFirstOfStream = 4,  ///< Switch: reset the decoder first and look at the header.
  kCount = 5,          ///< Number of values.
};

/// OpusHead (RFC 7845 §5.1).
enum class OggHeaderField : int {
  kNumChannels = 0,        ///< 1 or 2.
  kPreSkip = 1,            ///< Samples at 48 kHz.
  kInputSampleRateHz = 2,  ///< Of the sound before encoding, 0 when unknown.
  kOutputGain = 3,         ///< 1/256 dB.
  kCount = 4,              ///< Number of values.
};

/// Longest VP8 frame taken, bytes: more than the largest picture has uncompressed.
inline constexpr int kMaxVp8FrameBytes = 16777216;

/// Pixels of the largest VP8 picture taken, 4096 × 2304.
inline constexpr int kMaxVp8Pixels = 9437184;

/// What a VP8 encoder is for.
enum class Vp8Profile : int {
  kFile = 0,  ///< libvpx's defaults; pictures follow each other at the frame rate.
  kCall = 1,  ///< Short buffers, bounded key frames, pictures at the times given.
};

/// Parameters of the VP8 encoder, whole numbers. Those from kMinQuantizer on are for calls alone.
enum class Vp8EncoderParam : int {
  kProfile = 0,              ///< A Vp8Profile; kFile.
  kWidth = 1,                ///< Pixels, 1 … 16383, kMaxVp8Pixels in all.
  kHeight = 2,               ///< Likewise.
  kFrameRateNum = 3,         ///< Frames per second as a fraction, up to 1000 fps; 30.
  kFrameRateDen = 4,         ///< 1.
  kBitrateKbps = 5,          ///< 1 … 1000000; 1000.
  kSpeed = 6,                ///< 1 (slow, good) … 16; 6.
  kMaxKeyFrameInterval = 7,  ///< Frames, 0 … 1000000; 0 in a call: only on request; 128.
  kThreads = 8,              ///< 1 … 64; 1.
  kMeasureError = 9,         ///< Switch: squared errors in the statistics, which takes time; 1.
  kMinQuantizer = 10,        ///< 0 (best) … kMaxQuantizer; 2.
  kMaxQuantizer = 11,        ///< … 63; 56.
  kTemporalLayers = 12,      ///< 1 … 3; 1.
  kScreenContent = 13,    ///< 0: camera, 1: screen, 2: likewise, new pages rather late than large.
  kNoiseReduction = 14,   ///< 0 (off) … 6; 0.
  kStaticThreshold = 15,  ///< Below so much change blocks are skipped, 0 … 100000; 1.
  kTokenPartitions = 16,  ///< Logarithm of their number, 0 … 3; 0.
  kErrorResilient = 17,   ///< Switch; 0.
  kAllowDrops = 18,       ///< Switch: pictures may be left out to keep the bitrate; 1.
};

/// The newest frame of a VP8 encoder.
enum class Vp8FrameField : int {
  kKeyFrame = 0,       ///< Switch.
  kTemporalLayer = 1,  ///< 0 … 2.
  kDiscardable = 2,    ///< Switch: no later frame refers to it.
  kQuantizer = 3,      ///< 0 (best) … 127.
  kCount = 4,          ///< Number of values.
};

/// Threads of the module with threads, its owner not counted. libvpx decodes with no more.
inline constexpr int kMaxVideoThreads = 8;

/// The shared memory of the module with threads, pages of 64 KiB: CMakeLists.txt says the same.
inline constexpr int kVideoThreadsInitialPages = 64;

/// Likewise, at most.
inline constexpr int kVideoThreadsMaxPages = 8192;

/// What a VP8 encoder made so far.
enum class Vp8EncoderStat : int {
  kFrames = 0,         ///< Pictures encoded, without the dropped ones.
  kDropped = 1,        ///< Pictures dropped.
  kKeyFrames = 2,      ///< Of the frames.
  kBytes = 3,          ///< Of all frames.
  kSquaredErrorY = 4,  ///< Of the luminance after encoding, summed over all samples.
  kSamplesY = 5,       ///< Their number.
  kCount = 6,          ///< Number of values.
};

/// The newest picture of a VP8 decoder.
enum class Vp8PictureField : int {
  kWidth = 0,   ///< Pixels.
  kHeight = 1,  ///< Pixels.
  kBytes = 2,   ///< Of the picture as I420.
  kCount = 3,   ///< Number of values.
};

/// Longest H.264 frame taken, bytes.
inline constexpr int kMaxH264FrameBytes = 16777216;

/// Pixels of the largest H.264 picture taken, 4096 × 2304.
inline constexpr int kMaxH264Pixels = 9437184;

/// What an H.264 encoder made so far, and what its newest frame is.
enum class H264EncoderStat : int {
  kFrames = 0,            ///< Pictures encoded.
  kKeyFrames = 1,         ///< Of those, key frames.
  kBytes = 2,             ///< Of all frames.
  kSquaredErrorY = 3,     ///< Of the luminance after encoding, summed over all samples.
  kSamplesY = 4,          ///< Their number.
  kIsKeyFrame = 5,        ///< Switch: the newest frame is one.
  kTemporalLayer = 6,     ///< Of the newest frame, 0 … 2.
  kDescriptionBytes = 7,  ///< Of h264_encoder_description.
  kCount = 8,             ///< Number of values.
};

/// The newest picture of an H.264 decoder, and its newest sequence parameter set.
enum class H264PictureField : int {
  kWidth = 0,         ///< Pixels.
  kHeight = 1,        ///< Pixels.
  kBytes = 2,         ///< Of the picture as I420.
  kProfile = 3,       ///< profile_idc, also of a stream that was refused; 0 before the first.
  kConstraints = 4,   ///< constraint_set0_flag (bit 7) … constraint_set5_flag (bit 2).
  kLevel = 5,         ///< level_idc.
  kStreamWidth = 6,   ///< Pixels that the parameter set says.
  kStreamHeight = 7,  ///< Likewise.
  kIsInterlaced = 8,  ///< Switch.
  kIsYuv420 = 9,      ///< Switch: 4:2:0 with 8 bits.
  kCount = 10,        ///< Number of values.
};

/// What an H.264 frame looks like.
enum class H264Format : int {
  kAnnexB = 0,  ///< Start codes, parameter sets before each key frame.
  kAvc = 1,     ///< Lengths of four bytes, parameter sets in the description alone.
};

/// Pixels of the largest picture that is converted or scaled, 4096 × 2304; a side has up to 16383.
inline constexpr int kMaxPicturePixels = 9437184;

/// Formats of pictures, named as WebCodecs does; planes one after another, rows without padding.
enum class PictureFormat : int {
  kI420 = 0,   ///< Y, then U and V of half width and height, rounded up.
  kI420A = 1,  ///< I420, then alpha of the size of Y.
  kI422 = 2,   ///< Y, then U and V of half width, rounded up.
  kI444 = 3,   ///< Y, U and V of one size.
  kNv12 = 4,   ///< Y, then pairs of U and V of half width and height, rounded up.
  kNv21 = 5,   ///< Likewise with V before U.
  kRgba = 6,   ///< Four bytes a pixel, in the order of the name.
  kRgbx = 7,   ///< The fourth is anything.
  kBgra = 8,   ///< As kRgba.
  kBgrx = 9,   ///< As kRgbx.
};

/// Which primaries luma is weighted for.
enum class ColorMatrix : int {
  kBt601 = 0,  ///< "smpte170m" and "bt470bg" of WebCodecs.
  kBt709 = 1,  ///< "bt709" of WebCodecs.
};

/// Which bytes black and white are.
enum class ColorRange : int {
  kLimited = 0,  ///< Luma 16 … 235, chroma 16 … 240.
  kFull = 1,     ///< 0 … 255.
};

/// Parameters of a picture converter; all begin at 0.
enum class PictureParam : int {
  kSourceMatrix = 0,  ///< A ColorMatrix: of sources, and of what picture_to_rgba reads.
  kSourceRange = 1,   ///< A ColorRange, likewise.
  kTargetMatrix = 2,  ///< A ColorMatrix: of what picture_to_i420 makes.
  kTargetRange = 3,   ///< A ColorRange, likewise.
  kCropX = 4,         ///< The part of the source that is taken, pixels; odd ones too.
  kCropY = 5,         ///< Likewise.
  kCropWidth = 6,     ///< Likewise; 0: the whole source.
  kCropHeight = 7,    ///< Likewise.
  kRotation = 8,      ///< Clockwise by 0, 90, 180 or 270 degrees.
  kFlip = 9,          ///< Switch: left and right exchanged after the rotation.
};

}  // namespace earshot::abi
