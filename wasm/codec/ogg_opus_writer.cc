#include "codec/ogg_opus_writer.h"

#include <ogg/ogg.h>

#include <algorithm>
#include <utility>

#include "codec/opus_packet.h"

namespace earshot {
namespace {

constexpr int64_t kMaxPageFrames = kOpusClockHz;  // 1 s
constexpr size_t kMaxTextBytes = 255;

}  // namespace

struct OggOpusWriter::Impl {
  explicit Impl(const OggOpusWriterConfig& config) : pre_skip(config.header.pre_skip) {
    ogg_stream_init(&stream, static_cast<int>(config.serial));
  }
  ~Impl() { ogg_stream_clear(&stream); }

  void Submit(std::vector<uint8_t>& bytes, int64_t granule_position, bool first, bool last) {
    ogg_packet packet = {};
    packet.packet = bytes.data();
    packet.bytes = static_cast<long>(bytes.size());
    packet.b_o_s = first ? 1 : 0;
    packet.e_o_s = last ? 1 : 0;
    packet.granulepos = granule_position;
    packet.packetno = packet_number++;
    ogg_stream_packetin(&stream, &packet);
  }

  void Append(const ogg_page& page) {
    pages.insert(pages.end(), page.header, page.header + page.header_len);
    pages.insert(pages.end(), page.body, page.body + page.body_len);
  }

  void Flush() {
    ogg_page page;
    while (ogg_stream_flush(&stream, &page) != 0) Append(page);
    page_frames = 0;
  }

  /// Hands `held` to libogg, whose granule position is now known to end at `granule_position`.
  void SubmitHeld(int64_t granule_position, bool last) {
    if (page_frames + held_frames > kMaxPageFrames) Flush();
    Submit(held, granule_position, false, last);
    page_frames += held_frames;
  }

  ogg_stream_state stream;
  int64_t pre_skip;
  int64_t packet_number = 0;
  int64_t position = 0;     // End of `held`, in frames since the stream began, pre-skip included.
  int64_t page_frames = 0;  // Within the page being filled.
  // The newest packet waits here, because the last one of a stream carries its end.
  std::vector<uint8_t> held;
  int64_t held_frames = 0;
  bool finished = false;
  std::vector<uint8_t> pages;
};

StatusOr<std::unique_ptr<OggOpusWriter>> OggOpusWriter::Create(const OggOpusWriterConfig& config) {
  const OggOpusHeader& header = config.header;
  if (header.num_channels < 1 || header.num_channels > 2 || header.pre_skip < 0 ||
      header.pre_skip > UINT16_MAX || header.output_gain_q8_db < INT16_MIN ||
      header.output_gain_q8_db > INT16_MAX) {
    return Status(StatusCode::kInvalidArgument, "the header is out of the range of OpusHead");
  }
  if (config.vendor.size() > kMaxTextBytes || config.comment.size() > kMaxTextBytes) {
    return Status(StatusCode::kInvalidArgument, "a text is longer than 255 bytes");
  }
  auto impl = std::make_unique<Impl>(config);
  // Each header has pages of its own, with granule position 0 (RFC 7845 §3).
  std::vector<uint8_t> head = BuildOpusHead(header);
  impl->Submit(head, 0, true, false);
  impl->Flush();
  std::vector<uint8_t> tags = BuildOpusTags(config.vendor, config.comment);
  impl->Submit(tags, 0, false, false);
  impl->Flush();
  return std::unique_ptr<OggOpusWriter>(new OggOpusWriter(std::move(impl)));
}

OggOpusWriter::OggOpusWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OggOpusWriter::~OggOpusWriter() = default;

Status OggOpusWriter::Write(std::span<const uint8_t> packet) {
  if (impl_->finished) return {StatusCode::kFailedPrecondition, "the stream is finished"};
  const StatusOr<OpusPacketInfo> info = ParseOpusPacket(packet);
  if (!info.ok()) return info.status();
  if (!impl_->held.empty()) impl_->SubmitHeld(impl_->position, false);
  impl_->held.assign(packet.begin(), packet.end());
  impl_->held_frames = info.value().duration();
  impl_->position += impl_->held_frames;
  return {};
}

Status OggOpusWriter::Finish(int64_t num_frames) {
  if (impl_->finished) return {StatusCode::kFailedPrecondition, "the stream is finished"};
  const int64_t end = impl_->pre_skip + num_frames;
  // Readers trim within the last page only (RFC 7845 §4.5); within the last packet is always inside
  // it.
  if (impl_->held.empty() || num_frames < 0 || end > impl_->position ||
      end <= impl_->position - impl_->held_frames) {
    return {StatusCode::kInvalidArgument, "the stream does not end inside its last packet"};
  }
  impl_->SubmitHeld(end, true);
  impl_->Flush();
  impl_->finished = true;
  return {};
}

std::vector<uint8_t> OggOpusWriter::TakePages() { return std::exchange(impl_->pages, {}); }

}  // namespace earshot
