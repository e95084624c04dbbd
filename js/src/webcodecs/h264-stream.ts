/** What the window has to know of H.264: names of codecs, and what an encoded frame is. */

/** Codecs that are decoded: profile_idc of Baseline, Main and High. */
export const H264_DECODED = /^avc[13]\.(42|4d|64)[0-9a-f]{4}$/i;
/** Codecs that are made: Constrained Baseline, which decoders of Baseline take, with its parameter sets in the description. */
export const H264_ENCODED = /^avc1\.42[0-9a-f]{4}$/i;

/** nal_unit_type of a key frame's slices (ITU-T H.264, Table 7-1). */
const IDR_SLICE = 5;
/** Where profile, constraints and level are in the first parameter set of an Annex B key frame: behind start code and header. */
const SPS_AT = 5;

/** The codec of a key frame that we made (RFC 6381 §3.3). */
export function h264CodecName(data: Uint8Array, description?: Uint8Array): string {
  const kind = description ? description.subarray(1, 4) : data.subarray(SPS_AT, SPS_AT + 3);
  return `avc1.${Array.from(kind, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Whether a record can be an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1): version 1, and long enough. */
export const isH264Description = (record: Uint8Array) => record.length >= 7 && record[0] === 1;

/** Whether a frame has an IDR slice; `description` of frames with lengths, undefined: Annex B. */
export function isH264KeyFrame(data: Uint8Array, description?: Uint8Array): boolean {
  return description ? hasIdrBehindLengths(data, (description[4]! & 3) + 1) : hasIdrBehindStartCodes(data);
}

const isIdr = (header: number | undefined) => header !== undefined && (header & 0x1f) === IDR_SLICE;

function hasIdrBehindLengths(data: Uint8Array, lengthBytes: number): boolean {
  for (let at = 0; at + lengthBytes < data.length; ) {
    let length = 0;
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + data[at + i]!;
    at += lengthBytes;
    if (length > 0 && isIdr(data[at])) return true;
    at += length;
  }
  return false;
}

function hasIdrBehindStartCodes(data: Uint8Array): boolean {
  for (let one = data.indexOf(1, 2); one >= 0; one = data.indexOf(1, one + 1)) {
    if (data[one - 1] === 0 && data[one - 2] === 0 && isIdr(data[one + 1])) return true;
  }
  return false;
}
