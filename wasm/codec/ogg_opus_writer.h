// OggOpusWriter: Opus packets to an Ogg Opus file (RFC 7845), page by page.
//
//   auto writer = OggOpusWriter::Create({.header = {.num_channels = 1, .pre_skip = 312}, .vendor =
//   …}); for (…) { writer.value()->Write(packet); Save(writer.value()->TakePages()); }
//   writer.value()->Finish(frames); Save(writer.value()->TakePages());
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "codec/ogg_opus_header.h"

namespace earshot {

struct OggOpusWriterConfig {
  OggOpusHeader header = {};
  uint32_t serial = 0;       ///< Tells the stream from others it may be chained with.
  std::string vendor = {};   ///< The encoder library, at most 255 bytes.
  std::string comment = {};  ///< One "NAME=value", at most 255 bytes, or empty.
};

/// Pages hold at most one second (RFC 7845 §6 asks for less than a second of buffering). Not for
/// real-time threads.
class OggOpusWriter {
 public:
  /// kInvalidArgument for a header outside its ranges or texts that are too long.
  static StatusOr<std::unique_ptr<OggOpusWriter>> Create(const OggOpusWriterConfig& config);
  ~OggOpusWriter();

  /// The next packet of the stream; kCorruptData unless it is Opus.
  Status Write(std::span<const uint8_t> packet);

  /// Ends the stream so that a reader gives out exactly `num_frames` samples per channel at 48 kHz
  /// after the pre-skip: an end inside the last packet. Nothing can be written afterwards.
  Status Finish(int64_t num_frames);

  /// The bytes made since the last call.
  std::vector<uint8_t> TakePages();

 private:
  struct Impl;
  explicit OggOpusWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace earshot
