#include "codec/h264_decoder.h"

#include <wels/codec_api.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "base/i420.h"

namespace earshot {
namespace {

// MaxDpbMbs of levels 5.1 and 5.2 (Table A-1): what reference frames may take.
constexpr int kMaxDpbMacroblocks = 184320;
constexpr int kMacroblockPixels = 256;

bool IsSupported(const H264Sps& sps) {
  switch (static_cast<H264Profile>(sps.profile)) {
    case H264Profile::kBaseline:
    case H264Profile::kMain:
    case H264Profile::kHigh:
      break;
    default:
      return false;
  }
  if (sps.interlaced || !sps.yuv420_8bit) return false;
  if (sps.coded_width > kMaxH264Pixels / sps.coded_height) return false;
  const int macroblocks = sps.coded_width * sps.coded_height / kMacroblockPixels;
  return sps.num_ref_frames * macroblocks <= kMaxDpbMacroblocks;
}

// One plane without padding behind `out`; returns where the next one goes.
uint8_t* CopyPlane(const uint8_t* plane, int stride, int width, int height, uint8_t* out) {
  for (int y = 0; y < height; ++y) {
    std::memcpy(out, plane, static_cast<size_t>(width));
    plane += stride;
    out += width;
  }
  return out;
}

int FromOpenh264(int state) {
  if ((state & (dsOutOfMemory | dsInvalidArgument | dsInitialOptExpected)) != 0) {
    return ToInt(StatusCode::kInternal);
  }
  return ToInt(StatusCode::kCorruptData);
}

}  // namespace

struct H264Decoder::Codec {
  ISVCDecoder* decoder = nullptr;
  std::array<uint8_t*, 3> planes{};  // of the newest picture
  SBufferInfo info{};

  Codec() = default;
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;
  ~Codec() {
    if (decoder == nullptr) return;
    decoder->Uninitialize();
    WelsDestroyDecoder(decoder);
  }
};

struct H264Decoder::Content {
  bool slices = false;
  bool key_frame = false;
};

StatusOr<std::unique_ptr<H264Decoder>> H264Decoder::Create() {
  std::unique_ptr<H264Decoder> decoder(new H264Decoder);
  const Status status = decoder->Restart();
  if (!status.ok()) return status;
  return decoder;
}

H264Decoder::H264Decoder() = default;
H264Decoder::~H264Decoder() = default;

Status H264Decoder::Restart() {
  codec_ = std::make_unique<Codec>();
  started_ = false;
  const Status failed(StatusCode::kInternal, "openh264 made no decoder");
  if (WelsCreateDecoder(&codec_->decoder) != 0 || codec_->decoder == nullptr) return failed;
  int quiet = WELS_LOG_QUIET;
  codec_->decoder->SetOption(DECODER_OPTION_TRACE_LEVEL, &quiet);
  SDecodingParam parameters{};
  // A frame that is wrong is reported, not mended.
  parameters.eEcActiveIdc = ERROR_CON_DISABLE;
  parameters.sVideoProperty.eVideoBsType = VIDEO_BITSTREAM_AVC;
  if (codec_->decoder->Initialize(&parameters) != cmResultSuccess) return failed;
  return {};
}

Status H264Decoder::SetDescription(std::span<const uint8_t> record) {
  if (record.empty()) {
    length_bytes_ = 0;
    parameters_.clear();
    return {};
  }
  auto description = ParseH264Description(record);
  if (!description.ok()) return description.status();
  length_bytes_ = description.value().length_bytes;
  parameters_ = std::move(description).value().parameters;
  return {};
}

int H264Decoder::Decode(std::span<const uint8_t> frame) {
  stream_.clear();
  Content content;
  int count = Split(frame);
  if (!parameters_.empty() && count >= 0 && !HasParameterSets(count)) {
    const int result = Accept(SplitAnnexB(parameters_, nals_), &content);
    if (result < 0) return result;
    count = Split(frame);
  }
  const int result = Accept(count, &content);
  if (result < 0) return result;
  if (content.slices) {
    const bool unknown = sps_.profile == 0;
    if (!unknown && !supported_) return ToInt(StatusCode::kUnsupported);
    if (unknown || (!started_ && !content.key_frame)) {
      return ToInt(StatusCode::kFailedPrecondition);
    }
  }
  if (stream_.empty()) return 0;
  if (stream_.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  parameters_.clear();

  codec_->info = {};
  const int state = codec_->decoder->DecodeFrameNoDelay(
      stream_.data(), static_cast<int>(stream_.size()), codec_->planes.data(), &codec_->info);
  if (state != dsErrorFree) {
    started_ = false;
    return FromOpenh264(state);
  }
  started_ |= content.key_frame;
  // In the profiles with B slices it holds a picture back, in case that some come.
  if (codec_->info.iBufferStatus != 1) {
    codec_->decoder->FlushFrame(codec_->planes.data(), &codec_->info);
  }
  return codec_->info.iBufferStatus == 1 ? Output() : 0;
}

int H264Decoder::Split(std::span<const uint8_t> frame) {
  return length_bytes_ > 0 ? SplitLengthPrefixed(frame, length_bytes_, nals_)
                           : SplitAnnexB(frame, nals_);
}

// Whether the first `count` of nals_ have parameter sets of both kinds.
bool H264Decoder::HasParameterSets(int count) const {
  const auto units = std::span(nals_).first(static_cast<size_t>(count));
  return std::ranges::count(units, H264NalType::kSps, &H264Nal::type) > 0 &&
         std::ranges::count(units, H264NalType::kPps, &H264Nal::type) > 0;
}

// Collects in stream_ what the library is to see of the first `count` of nals_: slices and the
// parameter sets of streams it can decode. A negative `count` is passed on.
int H264Decoder::Accept(int count, Content* content) {
  if (count < 0) return count;
  for (const H264Nal& nal : std::span(nals_).first(static_cast<size_t>(count))) {
    switch (nal.type) {
      case H264NalType::kPartitionA:
      case H264NalType::kPartitionB:
      case H264NalType::kPartitionC:
        return ToInt(StatusCode::kUnsupported);
      case H264NalType::kSps: {
        const int result = TakeSps(nal);
        if (result < 0) return result;
        break;
      }
      case H264NalType::kIdrSlice:
      case H264NalType::kSlice:
        if (!IsH264IntraOrPredicted(nal.bytes)) return ToInt(StatusCode::kUnsupported);
        content->slices = true;
        content->key_frame |= nal.type == H264NalType::kIdrSlice;
        break;
      case H264NalType::kPps:
        break;
      default:  // Messages, delimiters, filling, layers of scalable streams.
        continue;
    }
    AppendAnnexB(nal, &stream_);
  }
  return 0;
}

int H264Decoder::TakeSps(const H264Nal& nal) {
  const StatusOr<H264Sps> parsed = ParseH264Sps(nal.bytes);
  if (!parsed.ok()) return ToInt(parsed.status().code());
  sps_ = parsed.value();
  supported_ = IsSupported(sps_);
  if (!supported_) return ToInt(StatusCode::kUnsupported);
  if (std::ranges::equal(nal.bytes, active_sps_)) return 0;
  // A stream that is another one from here on finds a decoder without pictures of the last.
  if (!active_sps_.empty() && !Restart().ok()) return ToInt(StatusCode::kInternal);
  active_sps_.assign(nal.bytes.begin(), nal.bytes.end());
  return 0;
}

int H264Decoder::Output() {
  const SSysMEMBuffer& buffer = codec_->info.UsrData.sSystemBuffer;
  if (buffer.iWidth <= 0 || buffer.iHeight <= 0 ||
      buffer.iWidth > kMaxH264Pixels / buffer.iHeight) {
    return ToInt(StatusCode::kInternal);
  }
  width_ = buffer.iWidth;
  height_ = buffer.iHeight;
  frame_.resize(I420Bytes(width_, height_));
  const int chroma_width = (width_ + 1) / 2;
  const int chroma_height = (height_ + 1) / 2;
  uint8_t* out = frame_.data();
  out = CopyPlane(codec_->planes[0], buffer.iStride[0], width_, height_, out);
  out = CopyPlane(codec_->planes[1], buffer.iStride[1], chroma_width, chroma_height, out);
  CopyPlane(codec_->planes[2], buffer.iStride[1], chroma_width, chroma_height, out);
  return 1;
}

const char* H264LibraryVersion() {
  static const std::string kVersion = [] {
    const OpenH264Version version = WelsGetCodecVersion();
    return "openh264 " + std::to_string(version.uMajor) + '.' + std::to_string(version.uMinor) +
           '.' + std::to_string(version.uRevision);
  }();
  return kVersion.c_str();
}

}  // namespace earshot
