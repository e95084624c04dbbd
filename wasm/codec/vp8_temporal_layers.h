// Which frames of a VP8 stream may be left out: the patterns of temporal layers.
//
// Layer 0 refers to layer 0 alone, every layer only to the ones up to it, and no frame of an upper
// layer changes what a decoder remembers for the lower ones: neither pictures nor probabilities. So
// whoever forwards the stream may leave out the upper layers from any frame on, and let them in
// again from any frame of layer 0 on.
#pragma once

namespace earshot {

inline constexpr int kMaxVp8TemporalLayers = 3;

/// What one frame may refer to and what it replaces. VP8 keeps three pictures: the frames of layer
/// 0 are in "last", those of layer 1 of three in "golden".
struct Vp8FrameRole {
  int layer = 0;               ///< 0 … kMaxVp8TemporalLayers - 1.
  bool free = false;           ///< The encoder chooses: a stream of one layer.
  bool refers_golden = false;  ///< Every frame refers to "last".
  bool updates_last = true;
  bool updates_golden = false;
};

/// Layers in the order 0 1 (two layers, half the frame rate in layer 0) or 0 2 1 2 (three layers, a
/// quarter and a half), as WebRTC and WebCodecs have them for L1T2 and L1T3.
class Vp8TemporalLayers {
 public:
  /// `num_layers`: 1 … kMaxVp8TemporalLayers.
  explicit Vp8TemporalLayers(int num_layers) : num_layers_(num_layers) {}

  /// The role of the next frame; a key frame starts the pattern anew.
  Vp8FrameRole Next(bool key_frame);
  /// The frame of the latest Next was not made.
  void OnDropped();
  /// The next frame is of layer 0, of `num_layers` from then on.
  void Restart(int num_layers);

  /// Frames until the pattern repeats.
  static int Period(int num_layers) { return 1 << (num_layers - 1); }
  /// Layer of the frame at `position` of the period.
  static int LayerAt(int num_layers, int position);

 private:
  int num_layers_;
  int position_ = 0;
  /// "Golden" is of this period, so that whoever has layer 0 of it may refer to it.
  bool golden_is_fresh_ = false;
  /// "Golden" may be of an upper layer, and layer 0 is free to refer to it as soon as it is not.
  bool must_clean_golden_ = false;
  bool cleans_golden_ = false;  // the latest frame
};

}  // namespace earshot
