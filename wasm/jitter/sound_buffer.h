// SoundBuffer: decoded sound around the moment of playing: a little of the past, which time
// stretching and concealment look back on, and what is ready to be played. Interleaved; all counts
// are frames (samples per channel).
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace earshot {

/// Fixed storage made at construction. The writer must keep to room().
class SoundBuffer {
 public:
  SoundBuffer(int num_channels, int history_frames, int max_ahead_frames)
      : num_channels_(num_channels),
        history_(history_frames),
        capacity_(3 * history_frames + 2 * max_ahead_frames),
        max_ahead_(max_ahead_frames),
        data_(static_cast<std::size_t>(capacity_) * static_cast<std::size_t>(num_channels)),
        play_(history_frames),
        end_(history_frames) {}

  int num_channels() const { return num_channels_; }
  /// Frames before the play position that are always readable (silence at first).
  int history() const { return history_; }
  int ahead() const { return end_ - play_; }
  int room() const { return max_ahead_ - ahead(); }

  /// The frame `offset` from the play position: −history() … ahead().
  const float* at(int offset) const { return data_.data() + Index(play_ + offset); }
  float* at(int offset) { return data_.data() + Index(play_ + offset); }

  /// Space for `frames` ≤ room() to be written and then taken over by Commit of as many or fewer.
  std::span<float> Prepare(int frames) {
    if (end_ + frames > capacity_) Compact();
    return {data_.data() + Index(end_), Index(frames)};
  }
  void Commit(int frames) { end_ += frames; }

  /// Plays `frames` ≤ ahead().
  void Read(int frames, std::span<float> out) {
    std::copy_n(at(0), Index(frames), out.begin());
    play_ += frames;
  }

  /// Passes over `frames` ≤ ahead(), which have been played by other means.
  void Advance(int frames) { play_ += frames; }

  /// Takes `frames` ≤ ahead() out at the play position; the past moves up to it.
  void RemoveAtPlay(int frames) {
    std::copy_backward(at(-history_), at(0), at(frames));
    play_ += frames;
  }

  /// Opens a gap of `frames` ≤ room() before the frame `offset` from the play position, repeating
  /// what lies before it.
  void RepeatBefore(int offset, int frames) {
    if (end_ + frames > capacity_) Compact();
    const float* from = at(offset - frames);
    std::copy_backward(from, static_cast<const float*>(at(ahead())), at(ahead() + frames));
    end_ += frames;
  }

  void Clear() {
    std::fill(data_.begin(), data_.end(), 0.0f);
    play_ = end_ = history_;
  }

 private:
  std::size_t Index(int frames) const {
    return static_cast<std::size_t>(frames) * static_cast<std::size_t>(num_channels_);
  }
  // Moves past and future to the front of the storage.
  void Compact() {
    std::copy(at(-history_), at(ahead()), data_.data());
    end_ = history_ + ahead();
    play_ = history_;
  }

  const int num_channels_;
  const int history_;
  const int capacity_;
  const int max_ahead_;
  std::vector<float> data_;
  int play_;
  int end_;
};

}  // namespace earshot
