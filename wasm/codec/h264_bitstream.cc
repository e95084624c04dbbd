#include "codec/h264_bitstream.h"

#include <limits>

#include "codec/h264_bit_reader.h"

namespace earshot {
namespace {

constexpr uint32_t kMaxCycleLength = 255;
constexpr uint32_t kMaxSideInMacroblocks = 1024;
constexpr int kMacroblock = 16;

// A unit without what may follow it: zero bytes (trailing_zero_8bits, cabac_zero_words' ends).
int AddNal(std::span<const uint8_t> bytes, std::span<H264Nal> nals, int count) {
  while (!bytes.empty() && bytes.back() == 0) bytes = bytes.first(bytes.size() - 1);
  if (bytes.empty() || (bytes[0] & 0x80) != 0) return ToInt(StatusCode::kCorruptData);
  if (static_cast<size_t>(count) >= nals.size()) return ToInt(StatusCode::kUnsupported);
  nals[static_cast<size_t>(count)] = {static_cast<H264NalType>(bytes[0] & 0x1f), bytes};
  return count + 1;
}

// The first 00 00 01 from `from` on, or the end.
size_t FindStartCode(std::span<const uint8_t> stream, size_t from) {
  for (size_t i = from; i + 2 < stream.size(); ++i) {
    if (stream[i + 2] > 1) {
      i += 2;
    } else if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) {
      return i;
    }
  }
  return stream.size();
}

bool IsHighFamily(int profile) {
  switch (profile) {
    case 100:
    case 110:
    case 122:
    case 244:
    case 44:
      return true;
    default:
      return false;
  }
}

bool IsKnown(int profile) {
  return profile == 66 || profile == 77 || profile == 88 || IsHighFamily(profile);
}

void SkipScalingLists(H264BitReader& bits, int num_lists) {
  for (int list = 0; list < num_lists; ++list) {
    if (!bits.Flag()) continue;
    const int size = list < 6 ? 16 : 64;
    int last = 8;
    int next = 8;
    for (int i = 0; i < size && bits.ok(); ++i) {
      if (next != 0) next = (last + bits.Signed() % 256 + 256) & 255;
      if (next != 0) last = next;
    }
  }
}

// Chroma format, depth and scaling lists.
void ParseHighFields(H264BitReader& bits, H264Sps* sps) {
  const uint32_t chroma_format = bits.Unsigned();
  if (chroma_format == 3) bits.Flag();  // separate_colour_plane_flag
  const uint32_t luma_depth = bits.Unsigned();
  const uint32_t chroma_depth = bits.Unsigned();
  sps->yuv420_8bit = chroma_format == 1 && luma_depth == 0 && chroma_depth == 0;
  bits.Flag();  // qpprime_y_zero_transform_bypass_flag
  if (bits.Flag()) SkipScalingLists(bits, chroma_format == 3 ? 12 : 8);
}

// Returns pic_order_cnt_type.
uint32_t ParsePictureOrder(H264BitReader& bits) {
  const uint32_t type = bits.Unsigned();
  if (type == 0) {
    bits.Unsigned();  // log2_max_pic_order_cnt_lsb_minus4
  } else if (type == 1) {
    bits.Flag();    // delta_pic_order_always_zero_flag
    bits.Signed();  // offset_for_non_ref_pic
    bits.Signed();  // offset_for_top_to_bottom_field
    const uint32_t length = bits.Unsigned();
    for (uint32_t i = 0; i < length && i < kMaxCycleLength && bits.ok(); ++i) bits.Signed();
  }
  return type;
}

// Cropping is counted in pairs of samples, of frames that are not interlaced in both directions.
bool ApplyCropping(H264BitReader& bits, H264Sps* sps) {
  const uint64_t left = bits.Unsigned();
  const uint64_t right = bits.Unsigned();
  const uint64_t top = bits.Unsigned();
  const uint64_t bottom = bits.Unsigned();
  const uint64_t across = 2 * (left + right);
  const uint64_t down = (sps->interlaced ? 4 : 2) * (top + bottom);
  if (across >= static_cast<uint64_t>(sps->width) || down >= static_cast<uint64_t>(sps->height)) {
    return false;
  }
  sps->width -= static_cast<int>(across);
  sps->height -= static_cast<int>(down);
  return true;
}

}  // namespace

int SplitAnnexB(std::span<const uint8_t> stream, std::span<H264Nal> nals) {
  size_t at = FindStartCode(stream, 0);
  for (size_t i = 0; i < at; ++i) {
    if (stream[i] != 0) return ToInt(StatusCode::kCorruptData);
  }
  if (at == stream.size()) return ToInt(StatusCode::kCorruptData);
  int count = 0;
  while (at < stream.size()) {
    const size_t begin = at + 3;
    at = FindStartCode(stream, begin);
    count = AddNal(stream.subspan(begin, at - begin), nals, count);
    if (count < 0) return count;
  }
  return count;
}

int SplitLengthPrefixed(std::span<const uint8_t> stream, int length_bytes,
                        std::span<H264Nal> nals) {
  if (stream.empty()) return ToInt(StatusCode::kCorruptData);
  const auto prefix = static_cast<size_t>(length_bytes);
  int count = 0;
  while (!stream.empty()) {
    if (stream.size() < prefix) return ToInt(StatusCode::kCorruptData);
    size_t length = 0;
    for (size_t i = 0; i < prefix; ++i) length = length << 8 | stream[i];
    stream = stream.subspan(prefix);
    if (length > stream.size()) return ToInt(StatusCode::kCorruptData);
    count = AddNal(stream.first(length), nals, count);
    if (count < 0) return count;
    stream = stream.subspan(length);
  }
  return count;
}

void AppendAnnexB(const H264Nal& nal, std::vector<uint8_t>* stream) {
  stream->insert(stream->end(), {0, 0, 0, 1});
  stream->insert(stream->end(), nal.bytes.begin(), nal.bytes.end());
}

void AppendLengthPrefixed(const H264Nal& nal, std::vector<uint8_t>* stream) {
  const size_t length = nal.bytes.size();
  for (int shift = 24; shift >= 0; shift -= 8) {
    stream->push_back(static_cast<uint8_t>(length >> shift));
  }
  stream->insert(stream->end(), nal.bytes.begin(), nal.bytes.end());
}

StatusOr<H264Sps> ParseH264Sps(std::span<const uint8_t> nal) {
  const Status corrupt(StatusCode::kCorruptData, "a sequence parameter set is damaged");
  if (nal.size() < 4 || static_cast<H264NalType>(nal[0] & 0x1f) != H264NalType::kSps) {
    return corrupt;
  }
  H264Sps sps;
  sps.profile = nal[1];
  sps.constraints = nal[2];
  sps.level = nal[3];
  if (!IsKnown(sps.profile)) return sps;
  H264BitReader bits(nal.subspan(4));
  bits.Unsigned();  // seq_parameter_set_id
  if (IsHighFamily(sps.profile)) ParseHighFields(bits, &sps);
  bits.Unsigned();  // log2_max_frame_num_minus4
  const uint32_t order_type = ParsePictureOrder(bits);
  const uint32_t num_ref_frames = bits.Unsigned();
  bits.Flag();  // gaps_in_frame_num_value_allowed_flag
  const uint32_t width = bits.Unsigned();
  const uint32_t height = bits.Unsigned();
  sps.interlaced = !bits.Flag();
  if (sps.interlaced) bits.Flag();  // mb_adaptive_frame_field_flag
  bits.Flag();                      // direct_8x8_inference_flag
  if (!bits.ok() || order_type > 2 || num_ref_frames > 16 || width >= kMaxSideInMacroblocks ||
      height >= kMaxSideInMacroblocks) {
    return corrupt;
  }
  sps.num_ref_frames = static_cast<int>(num_ref_frames);
  sps.width = sps.coded_width = kMacroblock * (static_cast<int>(width) + 1);
  sps.height = sps.coded_height =
      kMacroblock * (static_cast<int>(height) + 1) * (sps.interlaced ? 2 : 1);
  if (bits.Flag() && !ApplyCropping(bits, &sps)) return corrupt;
  if (!bits.ok()) return corrupt;
  return sps;
}

bool IsH264IntraOrPredicted(std::span<const uint8_t> nal) {
  if (nal.empty()) return false;
  H264BitReader bits(nal.subspan(1));
  bits.Unsigned();  // first_mb_in_slice
  const uint32_t type = bits.Unsigned() % 5;
  constexpr uint32_t kP = 0;
  constexpr uint32_t kI = 2;
  return bits.ok() && (type == kP || type == kI);
}

StatusOr<H264Description> ParseH264Description(std::span<const uint8_t> record) {
  const Status corrupt(StatusCode::kCorruptData, "an AVCDecoderConfigurationRecord is damaged");
  constexpr size_t kHeaderBytes = 6;
  if (record.size() < kHeaderBytes + 1 || record[0] != 1) return corrupt;
  H264Description description;
  description.length_bytes = (record[4] & 3) + 1;
  if (description.length_bytes == 3) return corrupt;
  size_t at = kHeaderBytes;
  int counts[2] = {record[5] & 0x1f, 0};
  for (int& count : counts) {
    if (&count != counts) {
      if (at >= record.size()) return corrupt;
      count = record[at++];
    }
    if (count == 0) return corrupt;
    for (int i = 0; i < count; ++i) {
      if (record.size() - at < 2) return corrupt;
      const auto length = static_cast<size_t>(record[at] << 8 | record[at + 1]);
      at += 2;
      if (length == 0 || length > record.size() - at) return corrupt;
      AppendAnnexB({H264NalType{}, record.subspan(at, length)}, &description.parameters);
      at += length;
    }
  }
  return description;
}

std::vector<uint8_t> MakeH264Description(std::span<const uint8_t> sps,
                                         std::span<const uint8_t> pps) {
  constexpr size_t kMaxBytes = std::numeric_limits<uint16_t>::max();
  if (sps.size() < 4 || pps.empty() || sps.size() > kMaxBytes || pps.size() > kMaxBytes) return {};
  // Reserved bits are ones: lengths of four bytes (3), one set (1).
  std::vector<uint8_t> record = {1, sps[1], sps[2], sps[3], 0xfc | 3, 0xe0 | 1};
  const auto append = [&record](std::span<const uint8_t> set) {
    record.push_back(static_cast<uint8_t>(set.size() >> 8));
    record.push_back(static_cast<uint8_t>(set.size() & 0xff));
    record.insert(record.end(), set.begin(), set.end());
  };
  append(sps);
  record.push_back(1);
  append(pps);
  return record;
}

}  // namespace earshot
