#include "codec/ogg_opus_reader.h"

#include <ogg/ogg.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <utility>
#include <vector>

#include "codec/opus_packet.h"

namespace earshot {
namespace {

// RFC 7845 §6: an audio packet of one stream has at most 61,440 bytes; of tags 120 MB must be
// survivable, and pictures live there, but sound does not depend on them.
constexpr size_t kMaxAudioPacketBytes = 61440;
constexpr size_t kMaxTagBytes = size_t{32} << 20;
// A longer hole is closed up instead of filled: a damaged granule position must not ask for hours
// of concealment.
constexpr int64_t kMaxGapFrames = kOpusClockHz;
constexpr int kGapQuantumFrames = kOpusClockHz / 400;  // 2.5 ms

struct StoredPacket {
  std::vector<uint8_t> bytes;
  int frames = 0;
  int gap_frames = 0;
  int trim_frames = 0;
  bool first_of_stream = false;
};

}  // namespace

struct OggOpusReader::Impl {
  enum class State { kNoStream, kTags, kAudio, kEnded };

  Impl() { ogg_sync_init(&sync); }
  ~Impl() {
    if (stream_open) ogg_stream_clear(&stream);
    ogg_sync_clear(&sync);
  }

  void Fail(StatusCode code, const char* message) {
    if (status.ok()) status = Status(code, message);
  }

  void TakePage(ogg_page& page);
  void TakeFirstPage(ogg_page& page);
  void TakePackets(ogg_page& page);
  void TakeTags(ogg_packet& packet);
  void StoreAudio(const ogg_packet& packet);
  void PlacePage(int64_t granule_position, bool last, size_t first_new);

  ogg_sync_state sync;
  ogg_stream_state stream;
  bool stream_open = false;
  State state = State::kNoStream;
  Status status;
  bool any_page = false;
  bool file_ended = false;
  bool has_header = false;
  OggOpusHeader header;

  int64_t position =
      -1;  // End of the sound placed so far, as granule position; −1 before the first page.
  int64_t skip_left = 0;  // Of the pre-skip.
  bool hole = false;      // Pages are missing before the next packet.
  bool stream_begins = false;
  std::deque<StoredPacket> queue;  // At most one page's packets, 255, plus one continued.
  StoredPacket current;            // What Next gave out last.
};

void OggOpusReader::Impl::TakePage(ogg_page& page) {
  any_page = true;
  if (ogg_page_bos(&page) != 0) {
    // All streams that play together begin before any other page (RFC 3533 §4): a later beginning
    // is a chained stream.
    if (state == State::kNoStream || state == State::kAudio || state == State::kEnded) {
      TakeFirstPage(page);
    }
    return;
  }
  if (!stream_open || state == State::kEnded || ogg_page_serialno(&page) != stream.serialno) return;
  if (ogg_stream_pagein(&stream, &page) != 0) return;
  TakePackets(page);
}

void OggOpusReader::Impl::TakeFirstPage(ogg_page& page) {
  // Looked at without libogg's stream: OpusHead is alone on its page (RFC 7845 §3).
  const std::span<const uint8_t> body(page.body, static_cast<size_t>(page.body_len));
  if (body.size() < 8 || std::memcmp(body.data(), "OpusHead", 8) != 0) return;
  const StatusOr<OggOpusHeader> parsed = ParseOpusHead(body);
  if (!parsed.ok()) return Fail(parsed.status().code(), parsed.status().message());
  if (has_header && parsed.value().num_channels != header.num_channels) {
    return Fail(StatusCode::kUnsupported,
                "the number of channels changes between the chained streams");
  }
  if (stream_open) ogg_stream_clear(&stream);
  ogg_stream_init(&stream, ogg_page_serialno(&page));
  stream_open = true;
  ogg_stream_pagein(&stream, &page);
  ogg_packet head;
  ogg_stream_packetout(&stream, &head);
  header = parsed.value();
  has_header = true;
  state = State::kTags;
  position = -1;
  skip_left = header.pre_skip;
  hole = false;
  stream_begins = true;
}

void OggOpusReader::Impl::TakePackets(ogg_page& page) {
  const size_t first_new = queue.size();
  ogg_packet packet;
  int result = 0;
  while (status.ok() && (result = ogg_stream_packetout(&stream, &packet)) != 0) {
    if (result < 0) {
      hole = true;
    } else if (state == State::kTags) {
      TakeTags(packet);
    } else {
      StoreAudio(packet);
    }
  }
  // What stays inside libogg is the beginning of a packet that continues on the next page.
  const auto unfinished = static_cast<size_t>(stream.body_fill - stream.body_returned);
  if (unfinished > (state == State::kTags ? kMaxTagBytes : kMaxAudioPacketBytes)) {
    Fail(StatusCode::kCorruptData, "a packet longer than Opus allows");
  }
  if (!status.ok()) return;
  const bool last = ogg_page_eos(&page) != 0;
  PlacePage(ogg_page_granulepos(&page), last, first_new);
  if (last) state = State::kEnded;
}

void OggOpusReader::Impl::TakeTags(ogg_packet& packet) {
  if (!IsOpusTags({packet.packet, static_cast<size_t>(packet.bytes)})) {
    return Fail(StatusCode::kCorruptData, "OpusTags does not follow OpusHead");
  }
  state = State::kAudio;
}

void OggOpusReader::Impl::StoreAudio(const ogg_packet& packet) {
  const std::span<const uint8_t> bytes(packet.packet, static_cast<size_t>(packet.bytes));
  const StatusOr<OpusPacketInfo> info = ParseOpusPacket(bytes);
  // A damaged packet is dropped and its time is found by the next granule position.
  if (!info.ok() || bytes.size() > kMaxAudioPacketBytes) {
    hole = true;
    return;
  }
  StoredPacket stored;
  stored.bytes.assign(bytes.begin(), bytes.end());
  stored.frames = info.value().duration();
  stored.first_of_stream = std::exchange(stream_begins, false);
  queue.push_back(std::move(stored));
}

// Finds where the packets completed on this page lie in time: the page's granule position is the
// end of the last one.
void OggOpusReader::Impl::PlacePage(int64_t granule_position, bool last, size_t first_new) {
  if (granule_position < 0 || first_new == queue.size()) return;
  int64_t frames = 0;
  for (size_t i = first_new; i < queue.size(); ++i) frames += queue[i].frames;
  if (position < 0) {
    // A stream may begin at any granule position, as one recorded from the middle of a broadcast
    // does; only a first page that is also the last may end early (RFC 7845 §4.5).
    position =
        last && granule_position < frames ? 0 : std::max<int64_t>(0, granule_position - frames);
  }
  if (hole) {
    const int64_t missing = std::min(granule_position - position - frames, kMaxGapFrames);
    if (missing > 0) {
      queue[first_new].gap_frames =
          static_cast<int>(missing / kGapQuantumFrames * kGapQuantumFrames);
    }
    if (granule_position - frames > position) position = granule_position - frames;
    hole = false;
  }
  position += frames;
  if (!last) return;
  int64_t trim = std::clamp<int64_t>(position - granule_position, 0, frames);
  for (size_t i = queue.size(); i > first_new && trim > 0; --i) {
    StoredPacket& stored = queue[i - 1];
    stored.trim_frames = static_cast<int>(std::min<int64_t>(trim, stored.frames));
    trim -= stored.trim_frames;
  }
}

StatusOr<std::unique_ptr<OggOpusReader>> OggOpusReader::Create() {
  return std::unique_ptr<OggOpusReader>(new OggOpusReader(std::make_unique<Impl>()));
}

OggOpusReader::OggOpusReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OggOpusReader::~OggOpusReader() = default;

Status OggOpusReader::Feed(std::span<const uint8_t> bytes) {
  if (bytes.size() > kMaxFeedBytes || impl_->file_ended) {
    return {StatusCode::kInvalidArgument, "at most 64 KiB at once, none after Finish"};
  }
  if (bytes.empty()) return {};
  char* buffer = ogg_sync_buffer(&impl_->sync, static_cast<long>(bytes.size()));
  if (buffer == nullptr) return {StatusCode::kInternal, "out of memory"};
  std::memcpy(buffer, bytes.data(), bytes.size());
  ogg_sync_wrote(&impl_->sync, static_cast<long>(bytes.size()));
  return {};
}

void OggOpusReader::Finish() { impl_->file_ended = true; }

bool OggOpusReader::Next(Packet& packet) {
  Impl& impl = *impl_;
  while (impl.queue.empty() && impl.status.ok()) {
    ogg_page page;
    const int result = ogg_sync_pageout(&impl.sync, &page);
    if (result > 0) {
      impl.TakePage(page);
    } else if (result < 0) {
      // libogg looks for the next page on its own; a file that does not even begin with one is
      // something else.
      if (!impl.any_page) impl.Fail(StatusCode::kCorruptData, "not an Ogg file");
    } else if (impl.file_ended) {
      if (impl.state == Impl::State::kNoStream) {
        impl.Fail(StatusCode::kCorruptData,
                  impl.any_page ? "no Opus stream in this Ogg file" : "not an Ogg file");
      } else if (impl.state == Impl::State::kTags) {
        impl.Fail(StatusCode::kCorruptData, "the file ends inside its headers");
      }
      return false;
    } else {
      return false;
    }
  }
  if (impl.queue.empty()) return false;
  impl.current = std::move(impl.queue.front());
  impl.queue.pop_front();
  const StoredPacket& current = impl.current;
  packet.bytes = current.bytes;
  packet.first_of_stream = current.first_of_stream;
  // The pre-skip counts from the first sample, a hole before the first packet included.
  const auto gap_skipped = static_cast<int>(std::min<int64_t>(impl.skip_left, current.gap_frames));
  impl.skip_left -= gap_skipped;
  packet.gap_frames = (current.gap_frames - gap_skipped) / kGapQuantumFrames * kGapQuantumFrames;
  const int audible = current.frames - current.trim_frames;
  packet.skip_frames = static_cast<int>(std::min<int64_t>(impl.skip_left, current.frames));
  impl.skip_left -= packet.skip_frames;
  packet.keep_frames = std::max(0, audible - packet.skip_frames);
  return true;
}

const Status& OggOpusReader::status() const { return impl_->status; }
bool OggOpusReader::complete() const {
  const Impl& s = *impl_;
  const bool whole_pages = s.sync.fill == s.sync.returned;
  const bool whole_packets = s.stream_open && s.stream.body_fill == s.stream.body_returned;
  return s.state == Impl::State::kEnded ||
         (s.state == Impl::State::kAudio && s.file_ended && whole_pages && whole_packets);
}
bool OggOpusReader::has_header() const { return impl_->has_header; }
const OggOpusHeader& OggOpusReader::header() const { return impl_->header; }

}  // namespace earshot
