// earshot-video.wasm: VP8 encoder and decoder, and pictures. Its memory grows with the size of the
// pictures, which the classes below bound. What it exports besides is in vp8_encoder_exports.cc,
// vp8_decoder_exports.cc and picture_exports.cc.
#include "bindings/abi.h"
#include "codec/vp8_encoder.h"
#include "codec/vp8_frame_header.h"

static_assert(earshot::abi::kMaxVp8Pixels == earshot::kMaxVp8Pixels);

extern "C" {

int abi_version() { return earshot::abi::kAbiVersion; }
const char* library_version() { return earshot::Vp8LibraryVersion(); }

}  // extern "C"
