// FrameAdapter: runs a stage that wants frames of M samples on blocks of any other length, one
// sample out for each in, with the smallest delay that allows.
//
// After t samples in, whole frames have given ⌊t/M⌋·M samples and t must have come out, so the
// delay must cover the largest t mod M that occurs. If every block is a multiple of g, t visits
// exactly the multiples of gcd(g, M): the least possible delay is M − gcd(g, M). 128 and 480: 448
// samples; 128 and 256: 128; unknown block lengths (g = 1): M − 1.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include "base/audio_view.h"
#include "base/status.h"

namespace earshot {

struct FrameAdapterConfig {
  int num_channels = 1;     ///< ≥ 1
  int frame_samples = 480;  ///< M ≥ 1, what the stage wants
  int block_multiple = 1;   ///< g ≥ 1: every block is expected to be a multiple of this
};

/// Owns its buffers, made by Create. Process is real-time safe if the stage is.
class FrameAdapter {
 public:
  static StatusOr<FrameAdapter> Create(const FrameAdapterConfig& config) {
    if (config.num_channels < 1 || config.frame_samples < 1 || config.block_multiple < 1) {
      return Status(StatusCode::kInvalidArgument,
                    "channels, frame length and block multiple must be positive");
    }
    return FrameAdapter(config);
  }
  FrameAdapter(FrameAdapter&&) noexcept = default;
  FrameAdapter& operator=(FrameAdapter&&) noexcept = default;

  /// Feeds `in` through `process_frame(AudioView frame)`, which works in place on M samples per
  /// channel and is called zero or more times, and fills `out`, of the same shape, with what came
  /// out latency_samples() ago (silence at the start). Any length is allowed; `in` and `out` may be
  /// the same memory. A length that is no multiple of block_multiple inserts the silence that it
  /// makes unavoidable, once, and raises latency_samples().
  template <typename ProcessFrame>
  void Process(ConstAudioView in, AudioView out, ProcessFrame&& process_frame) {
    AcceptBlockLength(in.num_frames());
    for (int done = 0; done < in.num_frames();) {
      const int count = std::min(in.num_frames() - done, frame_samples_ - filled_);
      for (int c = 0; c < num_channels_; ++c) {
        std::copy_n(in.channels()[c] + done, count, frame_channels_[Index(c)] + filled_);
      }
      filled_ += count;
      if (filled_ == frame_samples_) {
        process_frame(AudioView(frame_channels_.data(), num_channels_, frame_samples_));
        filled_ = 0;
        for (int c = 0; c < num_channels_; ++c) {
          std::copy_n(frame_channels_[Index(c)], frame_samples_, Queue(c) + queued_);
        }
        queued_ += frame_samples_;
      }
      for (int c = 0; c < num_channels_; ++c) {
        std::copy_n(Queue(c), count, out.channels()[c] + done);
        std::copy(Queue(c) + count, Queue(c) + queued_, Queue(c));
      }
      queued_ -= count;
      done += count;
    }
  }

  /// Output lags input by this, the processing of the stage itself not counted. Constant while
  /// blocks keep to block_multiple; never more than M − 1.
  int latency_samples() const { return frame_samples_ - granularity_; }

  /// Forgets all sound; keeps the latency.
  void Reset() {
    std::fill(storage_.begin(), storage_.end(), 0.0F);
    filled_ = 0;
    queued_ = latency_samples();
  }

 private:
  explicit FrameAdapter(const FrameAdapterConfig& config)
      : num_channels_(config.num_channels),
        frame_samples_(config.frame_samples),
        granularity_(std::gcd(config.frame_samples, config.block_multiple)),
        storage_(Index(config.num_channels) * Index(3 * config.frame_samples)),
        frame_channels_(Index(config.num_channels)) {
    for (int c = 0; c < num_channels_; ++c) frame_channels_[Index(c)] = Lane(c);
    queued_ = latency_samples();
  }

  static std::size_t Index(int i) { return static_cast<std::size_t>(i); }
  // Per channel: a frame of M being filled, then the queue of what waits to come out. Just after a
  // frame the queue holds the latency (< M) and what the block under way still has to take (≤ M).
  float* Lane(int channel) { return storage_.data() + Index(channel) * Index(3 * frame_samples_); }
  float* Queue(int channel) { return Lane(channel) + frame_samples_; }

  void AcceptBlockLength(int num_frames) {
    const int granularity = std::gcd(granularity_, num_frames);
    const int added = granularity_ - granularity;
    if (added == 0) return;
    for (int c = 0; c < num_channels_; ++c) {
      std::copy_backward(Queue(c), Queue(c) + queued_, Queue(c) + queued_ + added);
      std::fill_n(Queue(c), added, 0.0F);
    }
    queued_ += added;
    granularity_ = granularity;
  }

  int num_channels_;
  int frame_samples_;
  int granularity_;  ///< t mod M is always a multiple of this
  int filled_ = 0;
  int queued_ = 0;
  std::vector<float> storage_;
  std::vector<float*> frame_channels_;  ///< into storage_, whose memory stays in place when moved
};

}  // namespace earshot
