#include "codec/vp8_temporal_layers.h"

namespace earshot {

int Vp8TemporalLayers::LayerAt(int num_layers, int position) {
  if (position == 0) return 0;
  return num_layers == 2 || position % 2 == 0 ? 1 : 2;
}

void Vp8TemporalLayers::Restart(int num_layers) {
  position_ = 0;
  if (num_layers == num_layers_) return;
  if (num_layers_ == kMaxVp8TemporalLayers) must_clean_golden_ = true;
  num_layers_ = num_layers;
}

Vp8FrameRole Vp8TemporalLayers::Next(bool key_frame) {
  if (key_frame) {
    position_ = 0;
    must_clean_golden_ = false;  // it replaces everything
  }
  Vp8FrameRole role;
  role.layer = LayerAt(num_layers_, position_);
  position_ = (position_ + 1) % Period(num_layers_);
  cleans_golden_ = must_clean_golden_ && role.layer == 0;
  role.free = num_layers_ == 1 && !cleans_golden_;
  role.updates_last = role.layer == 0;
  // Layer 1 is referred to by the layer above it, where there is one.
  role.updates_golden = cleans_golden_ || (role.layer == 1 && num_layers_ == 3);
  if (role.layer == 0) golden_is_fresh_ = false;
  role.refers_golden = role.layer == 2 && golden_is_fresh_;
  if (role.updates_golden) golden_is_fresh_ = true;
  if (cleans_golden_) must_clean_golden_ = false;
  return role;
}

void Vp8TemporalLayers::OnDropped() {
  // It may have been the one of this period, or the period ends with this frame.
  golden_is_fresh_ = false;
  if (cleans_golden_) must_clean_golden_ = true;
}

}  // namespace earshot
