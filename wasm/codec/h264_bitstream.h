// What has to be known of an H.264 stream (ITU-T H.264) before a decoder may see it: its NAL units
// and its sequence parameter sets. And the two forms a stream comes in: Annex B (start codes; RTP
// depacketisers and files) and that of ISO/IEC 14496-15 (lengths, parameter sets apart; MP4 and
// WebCodecs with a description).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"

namespace earshot {

/// Pixels of the largest picture that is encoded or decoded, 4096 × 2304: what levels 5.1 and 5.2
/// allow (Table A-1).
inline constexpr int kMaxH264Pixels = 4096 * 2304;
/// NAL units of one frame; more than slices an encoder makes for packets of 1200 bytes at any rate.
inline constexpr int kMaxH264Nals = 512;

/// nal_unit_type (Table 7-1) of what is handled here.
enum class H264NalType : int {
  kSlice = 1,
  kPartitionA = 2,
  kPartitionB = 3,
  kPartitionC = 4,
  kIdrSlice = 5,
  kSps = 7,
  kPps = 8,
};

/// One NAL unit: header and payload, without start code, length and trailing zeros.
struct H264Nal {
  H264NalType type{};
  std::span<const uint8_t> bytes;
};

/// profile_idc of the profiles with a name here.
enum class H264Profile : int {
  kBaseline = 66,
  kMain = 77,
  kExtended = 88,
  kHigh = 100,
};

/// A sequence parameter set (§7.3.2.1.1), as far as it matters here.
struct H264Sps {
  int profile = 0;          ///< profile_idc.
  int constraints = 0;      ///< constraint_set0_flag (bit 7) … constraint_set5_flag (bit 2).
  int level = 0;            ///< level_idc: ten times the level, or 9 for 1b.
  int width = 0;            ///< Pixels, cropped.
  int height = 0;           ///< Likewise.
  int coded_width = 0;      ///< Of whole macroblocks.
  int coded_height = 0;     ///< Likewise.
  int num_ref_frames = 0;   ///< max_num_ref_frames.
  bool interlaced = false;  ///< frame_mbs_only_flag is 0.
  bool yuv420_8bit = true;  ///< 4:2:0 with 8 bits.
};

/// Finds the NAL units of an Annex B byte stream. Returns how many went into `nals`, kCorruptData
/// when there is no start code at the beginning, a unit is empty or its forbidden_zero_bit is set,
/// or kUnsupported when there are more than `nals` holds.
int SplitAnnexB(std::span<const uint8_t> stream, std::span<H264Nal> nals);

/// Likewise of units behind their lengths of `length_bytes` (1, 2 or 4) bytes. kCorruptData when a
/// length goes beyond the end.
int SplitLengthPrefixed(std::span<const uint8_t> stream, int length_bytes, std::span<H264Nal> nals);

/// Appends a start code of four bytes and the unit.
void AppendAnnexB(const H264Nal& nal, std::vector<uint8_t>* stream);
/// Appends a length of four bytes and the unit.
void AppendLengthPrefixed(const H264Nal& nal, std::vector<uint8_t>* stream);

/// kCorruptData for what is no sequence parameter set. Of profiles other than those of H264Profile
/// the size is unknown, 0 × 0.
StatusOr<H264Sps> ParseH264Sps(std::span<const uint8_t> nal);

/// Whether a slice is of type I or P (§7.4.3): those of real-time streams, not B, SP and SI.
bool IsH264IntraOrPredicted(std::span<const uint8_t> nal);

/// An AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1).
struct H264Description {
  int length_bytes = 4;             ///< Before each unit of a frame.
  std::vector<uint8_t> parameters;  ///< Its parameter sets as Annex B.
};

/// kCorruptData when `record` does not follow its format or holds no parameter sets.
StatusOr<H264Description> ParseH264Description(std::span<const uint8_t> record);

/// The record for streams with lengths of four bytes and one parameter set of each kind. Empty when
/// one is missing or longer than its length field can say.
std::vector<uint8_t> MakeH264Description(std::span<const uint8_t> sps,
                                         std::span<const uint8_t> pps);

}  // namespace earshot
