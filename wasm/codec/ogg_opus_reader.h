// OggOpusReader: an Ogg Opus file (RFC 7845), fed piece by piece, to Opus packets and what to keep
// of each.
//
//   auto reader = OggOpusReader::Create();
//   while (more) {
//     reader.value()->Feed(piece);                  // or Finish() at the end of the file
//     OggOpusReader::Packet packet;
//     while (reader.value()->Next(packet)) …        // decode, drop packet.skip_frames, keep
//     packet.keep_frames
//   }
//   if (!reader.value()->status().ok()) …
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/status.h"
#include "codec/ogg_opus_header.h"

namespace earshot {

/// Reads chained files (streams one after another) as long as the number of channels stays, and
/// picks the first Opus stream of multiplexed ones. Memory is bounded whatever the file holds. Not
/// for real-time threads.
class OggOpusReader {
 public:
  /// One packet and its place. Frames are samples per channel at 48 kHz.
  struct Packet {
    std::span<const uint8_t> bytes;  ///< Valid until the next call of Feed, Finish or Next.
    int gap_frames = 0;   ///< Sound missing from the file before this packet, to be concealed; a
                          ///< multiple of 2.5 ms.
    int skip_frames = 0;  ///< To drop from the start of the decoded packet: pre-skip.
    int keep_frames = 0;  ///< To keep after those; less than the rest where the end is trimmed.
    bool first_of_stream =
        false;  ///< Reset the decoder first: a chained stream begins. header() is its header.
  };

  static StatusOr<std::unique_ptr<OggOpusReader>> Create();
  ~OggOpusReader();

  /// Appends a piece of the file, at most kMaxFeedBytes; take all packets before feeding more.
  Status Feed(std::span<const uint8_t> bytes);
  static constexpr size_t kMaxFeedBytes = 65536;

  /// Says that the file ends here.
  void Finish();

  /// The next packet, or false when more input is needed, the file is read, or status() has an
  /// error.
  bool Next(Packet& packet);

  /// kCorruptData for what is not Ogg or breaks RFC 7845, kUnsupported for valid files we do not
  /// read. After Finish and the last packet also for a file without an Opus stream or cut off
  /// inside its headers.
  const Status& status() const;

  /// Whether the newest stream has reached its end: its end-of-stream page or, as recorders of live
  /// streams leave one out, an end of the file behind a whole page and a whole packet. Any other
  /// file was cut off.
  bool complete() const;

  /// Whether header() is known.
  bool has_header() const;
  const OggOpusHeader& header() const;

 private:
  struct Impl;
  explicit OggOpusReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace earshot
