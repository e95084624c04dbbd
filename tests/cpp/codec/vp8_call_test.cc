// Vp8Encoder as calls use it: Vp8Profile::kCall.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "codec/vp8_decoder.h"
#include "codec/vp8_encoder.h"
#include "codec/vp8_files.h"
#include "codec/vp8_frame_header.h"

namespace earshot::testing {
namespace {

constexpr int64_t kFrameUs = 33'333;

std::unique_ptr<Vp8Encoder> MakeEncoder(const Vp8EncoderConfig& config) {
  auto encoder = Vp8Encoder::Create(config);
  EXPECT_TRUE(encoder.ok()) << encoder.status().message();
  return std::move(encoder).value();
}

Vp8EncoderConfig CallConfig() {
  Vp8EncoderConfig config;
  config.width = 320;
  config.height = 180;
  config.bitrate_kbps = 500;
  config.speed = 8;
  config.max_key_frame_interval = 0;
  config.profile = Vp8Profile::kCall;
  config.measure_error = false;
  return config;
}

struct Frame {
  Bytes bytes;
  bool key_frame;
  int temporal_layer;
  bool discardable;
  int quantizer;
};

/// A stream in the making: pictures of a moving scene at the times of a clock.
class Stream {
 public:
  explicit Stream(const Vp8EncoderConfig& config)
      : encoder_(MakeEncoder(config)), source_(config.width, config.height) {}

  Vp8Encoder& encoder() { return *encoder_; }

  /// Encodes `num_pictures`, `step_us` apart; dropped ones have no bytes.
  std::vector<Frame> Encode(int num_pictures, int64_t step_us = kFrameUs, bool key_frame = false) {
    std::vector<Frame> frames;
    for (int i = 0; i < num_pictures; ++i) {
      EXPECT_GE(encoder_->Encode(source_.Next(), key_frame && i == 0, time_us_), 0);
      time_us_ += step_us;
      const Vp8EncodedFrame& frame = encoder_->frame();
      frames.push_back({Bytes(frame.bytes.begin(), frame.bytes.end()), frame.key_frame,
                        frame.temporal_layer, frame.discardable, frame.quantizer});
    }
    return frames;
  }

  void Resize(int width, int height) { source_ = MovingPictures(width, height); }

 private:
  std::unique_ptr<Vp8Encoder> encoder_;
  MovingPictures source_;
  int64_t time_us_ = 5'000'000;
};

size_t BytesOf(const std::vector<Frame>& frames) {
  size_t bytes = 0;
  for (const Frame& frame : frames) bytes += frame.bytes.size();
  return bytes;
}

double KbpsOf(const std::vector<Frame>& frames, int64_t step_us = kFrameUs) {
  return static_cast<double>(BytesOf(frames)) * 8e3 /
         (static_cast<double>(step_us) * static_cast<double>(frames.size()));
}

void Append(std::vector<Frame>& all, const std::vector<Frame>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// The pictures of the frames that `keep` lets through; empty where it does not.
std::vector<Bytes> DecodeSome(const std::vector<Frame>& frames,
                              const std::function<bool(size_t)>& keep) {
  auto decoder = std::move(Vp8Decoder::Create().value());
  std::vector<Bytes> pictures(frames.size());
  for (size_t i = 0; i < frames.size(); ++i) {
    if (frames[i].bytes.empty() || !keep(i)) continue;
    EXPECT_EQ(decoder->Decode(frames[i].bytes), 1) << i;
    pictures[i].assign(decoder->frame().begin(), decoder->frame().end());
  }
  return pictures;
}

TEST(Vp8CallTest, TheBitrateIsFollowedWithinTheStream) {
  const Vp8EncoderConfig config = CallConfig();
  Stream stream(config);
  for (const int kbps : {500, 300, 1000, 400}) {
    Vp8EncoderConfig changed = config;
    changed.bitrate_kbps = kbps;
    ASSERT_TRUE(stream.encoder().Update(changed).ok());
    stream.Encode(30);  // the buffer pays its debts or spends its savings
    const std::vector<Frame> frames = stream.Encode(120);
    EXPECT_NEAR(KbpsOf(frames), kbps, 0.1 * kbps);
    EXPECT_TRUE(std::none_of(frames.begin(), frames.end(), [](auto& f) { return f.key_frame; }));
  }
  EXPECT_EQ(stream.encoder().totals().key_frames, 1);
}

// A fixed number of bits a picture would miss it by the ratio of the rates.
TEST(Vp8CallTest, TheBitrateIsThatOfTheTimestampsAtAnyFrameRate) {
  Stream stream(CallConfig());
  stream.Encode(30);
  for (const int64_t step_us : {66'667, 100'000, 40'000}) {
    stream.Encode(10, step_us);
    EXPECT_NEAR(KbpsOf(stream.Encode(90, step_us), step_us), 500, 75) << step_us;
  }
}

TEST(Vp8CallTest, APauseIsNoBurst) {
  Stream stream(CallConfig());
  const std::vector<Frame> before = stream.Encode(60);
  stream.Encode(1, 30'000'000);
  const std::vector<Frame> after = stream.Encode(1);
  // A quarter of a second's bits, and some.
  EXPECT_LT(after[0].bytes.size(), 500'000U / 8 / 2);
  EXPECT_NEAR(KbpsOf(stream.Encode(90)), 500, 75);
}

TEST(Vp8CallTest, TimesThatStandStillOrRunBackAreTaken) {
  Stream stream(CallConfig());
  stream.Encode(30);
  EXPECT_NEAR(KbpsOf(stream.Encode(60, 0)), 500, 75);
  EXPECT_NEAR(KbpsOf(stream.Encode(60, -kFrameUs)), 500, 75);
  const Bytes picture(stream.encoder().config().width * stream.encoder().config().height * 3 / 2);
  EXPECT_GE(stream.encoder().Encode(picture, false, int64_t{1} << 53), 0);
  EXPECT_GE(stream.encoder().Encode(picture, false, -(int64_t{1} << 53)), 0);
  EXPECT_EQ(stream.encoder().Encode(picture, false, (int64_t{1} << 53) + 1),
            ToInt(StatusCode::kInvalidArgument));
}

TEST(Vp8CallTest, KeyFramesComeOnRequestAndAreBounded) {
  Vp8EncoderConfig config = CallConfig();
  config.bitrate_kbps = 300;
  Stream stream(config);
  // 0.3 s of the bitrate; the quantiser may not reach it in one step.
  constexpr size_t kBound = 300'000 / 8 * 3 / 10 * 3 / 2;
  EXPECT_LT(stream.Encode(1)[0].bytes.size(), kBound);
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(stream.Encode(40).back().key_frame);
    const std::vector<Frame> frames = stream.Encode(2, kFrameUs, true);
    EXPECT_TRUE(frames[0].key_frame);
    EXPECT_FALSE(frames[1].key_frame);
    EXPECT_LT(frames[0].bytes.size(), kBound);
  }
  config.max_key_frame_interval = 12;
  ASSERT_TRUE(stream.encoder().Update(config).ok());
  const std::vector<Frame> frames = stream.Encode(40);
  EXPECT_EQ(std::count_if(frames.begin(), frames.end(), [](auto& f) { return f.key_frame; }), 3);
}

TEST(Vp8CallTest, QuantizersStayWithinTheirBounds) {
  // Bounds are on libvpx's scale of 64, of which 20 and 30 are the format's 25 and 39.
  Vp8EncoderConfig config = CallConfig();
  config.bitrate_kbps = 10'000;
  config.min_quantizer = 20;
  Stream stream(config);
  int lowest = 127;
  for (const Frame& frame : stream.Encode(60)) lowest = std::min(lowest, frame.quantizer);
  EXPECT_EQ(lowest, 25);
  config.bitrate_kbps = 20;
  config.max_quantizer = 30;
  ASSERT_TRUE(stream.encoder().Update(config).ok());
  int highest = 0;
  for (const Frame& frame : stream.Encode(60)) highest = std::max(highest, frame.quantizer);
  EXPECT_EQ(highest, 39);
}

TEST(Vp8CallTest, PicturesAreDroppedRatherThanLate) {
  Vp8EncoderConfig config = CallConfig();
  config.bitrate_kbps = 20;
  config.max_quantizer = 30;
  Stream dropping(config);
  const std::vector<Frame> frames = dropping.Encode(150);
  const auto dropped = std::count_if(frames.begin(), frames.end(),
                                     [](const Frame& frame) { return frame.bytes.empty(); });
  EXPECT_GT(dropped, 30);
  EXPECT_EQ(dropping.encoder().totals().dropped, dropped);
  EXPECT_EQ(dropping.encoder().totals().frames, 150 - dropped);
  DecodeSome(frames, [](size_t) { return true; });
  config.allow_drops = false;
  for (const Frame& frame : Stream(config).Encode(60)) EXPECT_FALSE(frame.bytes.empty());
}

TEST(Vp8CallTest, SpeedsChangeWithinTheStream) {
  Vp8EncoderConfig config = CallConfig();
  Stream stream(config);
  std::vector<Frame> frames = stream.Encode(20);
  for (const int speed : {16, 1, 4, 12}) {
    config.speed = speed;
    ASSERT_TRUE(stream.encoder().Update(config).ok());
    Append(frames, stream.Encode(10));
  }
  EXPECT_EQ(stream.encoder().totals().key_frames, 1);
  DecodeSome(frames, [](size_t) { return true; });
}

class Vp8LayersTest : public ::testing::TestWithParam<int> {};

TEST_P(Vp8LayersTest, WithoutUpperLayersTheRestIsDecodedAsWithThem) {
  const int num_layers = GetParam();
  Vp8EncoderConfig config = CallConfig();
  config.temporal_layers = num_layers;
  Stream stream(config);
  std::vector<Frame> frames = stream.Encode(50);
  // In the middle of the pattern: another bitrate, a key frame, another mode.
  config.bitrate_kbps = 300;
  ASSERT_TRUE(stream.encoder().Update(config).ok());
  Append(frames, stream.Encode(7));
  Append(frames, stream.Encode(30, kFrameUs, true));
  config.screen_content = 1;
  ASSERT_TRUE(stream.encoder().Update(config).ok());
  Append(frames, stream.Encode(43));

  const std::vector<Bytes> all = DecodeSome(frames, [](size_t) { return true; });
  for (int top = 0; top < num_layers; ++top) {
    const std::vector<Bytes> some =
        DecodeSome(frames, [&](size_t i) { return frames[i].temporal_layer <= top; });
    for (size_t i = 0; i < frames.size(); ++i) {
      EXPECT_TRUE(some[i].empty() || some[i] == all[i]) << "layers to " << top << ", frame " << i;
    }
  }
  // Upper layers let in again from a frame of layer 0 on.
  const auto back = std::find_if(frames.begin() + 20, frames.end(),
                                 [](const Frame& frame) { return frame.temporal_layer == 0; });
  const auto from = static_cast<size_t>(back - frames.begin());
  const std::vector<Bytes> switched =
      DecodeSome(frames, [&](size_t i) { return i >= from || frames[i].temporal_layer == 0; });
  EXPECT_TRUE(std::equal(switched.begin() + static_cast<std::ptrdiff_t>(from), switched.end(),
                         all.begin() + static_cast<std::ptrdiff_t>(from)));
}

TEST_P(Vp8LayersTest, WhatIsCalledDiscardableCanBeLeftOutAndNothingElse) {
  Vp8EncoderConfig config = CallConfig();
  config.temporal_layers = GetParam();
  config.allow_drops = false;
  const std::vector<Frame> frames = Stream(config).Encode(40);
  const std::vector<Bytes> all = DecodeSome(frames, [](size_t) { return true; });
  for (size_t left_out = 20; left_out < 28; ++left_out) {
    const std::vector<Bytes> some = DecodeSome(frames, [&](size_t i) { return i != left_out; });
    const bool same =
        std::equal(some.begin() + static_cast<std::ptrdiff_t>(left_out) + 1, some.end(),
                   all.begin() + static_cast<std::ptrdiff_t>(left_out) + 1);
    EXPECT_EQ(same, frames[left_out].discardable) << left_out;
  }
}

TEST_P(Vp8LayersTest, PatternAndBitratesOfTheLayers) {
  const int num_layers = GetParam();
  const std::vector<int> pattern[] = {{0}, {0, 1}, {0, 2, 1, 2}};
  const std::vector<double> shares[] = {{1}, {0.6, 1}, {0.4, 0.6, 1}};
  Vp8EncoderConfig config = CallConfig();
  config.temporal_layers = num_layers;
  Stream stream(config);
  std::vector<Frame> frames = stream.Encode(40);
  frames = stream.Encode(160);
  std::vector<double> bytes(static_cast<size_t>(num_layers));
  const std::vector<int>& order = pattern[num_layers - 1];
  for (size_t i = 0; i < frames.size(); ++i) {
    ASSERT_EQ(frames[i].temporal_layer, order[i % order.size()]) << i;
    for (int layer = frames[i].temporal_layer; layer < num_layers; ++layer) {
      bytes[static_cast<size_t>(layer)] += static_cast<double>(frames[i].bytes.size());
    }
  }
  for (size_t layer = 0; layer < bytes.size(); ++layer) {
    const double kbps = bytes[layer] * 8e3 / (160 * static_cast<double>(kFrameUs));
    EXPECT_NEAR(kbps, 500 * shares[num_layers - 1][layer], 75) << layer;
  }
}

INSTANTIATE_TEST_SUITE_P(Layers, Vp8LayersTest, ::testing::Values(1, 2, 3));

TEST(Vp8CallTest, TheNumberOfLayersChangesWithinTheStream) {
  Vp8EncoderConfig config = CallConfig();
  Stream stream(config);
  std::vector<Frame> frames = stream.Encode(9);
  for (const int num_layers : {3, 1, 2, 3, 2, 1}) {
    config.temporal_layers = num_layers;
    ASSERT_TRUE(stream.encoder().Update(config).ok());
    const std::vector<Frame> more = stream.Encode(31);
    EXPECT_EQ(more[0].temporal_layer, 0);
    int highest = 0;
    for (const Frame& frame : more) highest = std::max(highest, frame.temporal_layer);
    EXPECT_EQ(highest, num_layers - 1);
    Append(frames, more);
  }
  const std::vector<Bytes> all = DecodeSome(frames, [](size_t) { return true; });
  const std::vector<Bytes> base =
      DecodeSome(frames, [&](size_t i) { return frames[i].temporal_layer == 0; });
  for (size_t i = 0; i < frames.size(); ++i) EXPECT_TRUE(base[i].empty() || base[i] == all[i]) << i;
}

TEST(Vp8CallTest, AnotherSizeBeginsWithAKeyFrameOfIt) {
  Vp8EncoderConfig config = CallConfig();
  Stream stream(config);
  std::vector<Frame> frames = stream.Encode(10);
  auto decoder = std::move(Vp8Decoder::Create().value());
  for (const auto& [width, height] :
       {std::pair{160, 90}, std::pair{1280, 719}, std::pair{33, 17}, std::pair{320, 180}}) {
    config.width = width;
    config.height = height;
    ASSERT_TRUE(stream.encoder().Update(config).ok());
    stream.Resize(width, height);
    frames = stream.Encode(5);
    EXPECT_TRUE(frames[0].key_frame);
    for (const Frame& frame : frames) {
      if (frame.bytes.empty()) continue;
      EXPECT_EQ(decoder->Decode(frame.bytes), 1);
      EXPECT_EQ(decoder->width(), width);
      EXPECT_EQ(decoder->height(), height);
    }
  }
  EXPECT_EQ(stream.encoder().totals().key_frames, 5);
}

/// Pages of coloured text, each shown for a while.
class TextPictures {
 public:
  Bytes Next() {
    const auto page = static_cast<unsigned>(time_++ / kPicturesPerPage);
    Bytes picture(kWidth * kHeight * 3 / 2, 128);
    uint8_t* const u = picture.data() + kWidth * kHeight;
    uint8_t* const v = u + kWidth * kHeight / 4;
    for (unsigned y = 0; y < kHeight; ++y) {
      for (unsigned x = 0; x < kWidth; ++x) {
        if (!IsInk(page, x, y)) {
          picture[y * kWidth + x] = 235;
          continue;
        }
        picture[y * kWidth + x] = 60;
        const unsigned chroma = y / 2 * (kWidth / 2) + x / 2;
        u[chroma] = static_cast<uint8_t>(90 + y / 12 % 3 * 50);
        v[chroma] = static_cast<uint8_t>(190 - y / 12 % 5 * 30);
      }
    }
    return picture;
  }

  static constexpr unsigned kWidth = 320;
  static constexpr unsigned kHeight = 240;
  static constexpr int kPicturesPerPage = 45;

 private:
  static bool IsInk(unsigned page, unsigned x, unsigned y) {
    if (x % 7 == 6 || y % 12 >= 9) return false;
    const unsigned glyph = (y / 12 + 31 * page) * 2654435761U ^ (x / 7 + 1) * 2246822519U;
    return (glyph >> (x % 7 / 2 + y % 12 / 2 * 3)) % 2 != 0;
  }

  int time_ = 0;
};

Vp8EncoderConfig ScreenConfig(int screen_content) {
  Vp8EncoderConfig config = CallConfig();
  config.width = TextPictures::kWidth;
  config.height = TextPictures::kHeight;
  config.screen_content = screen_content;
  return config;
}

TEST(Vp8CallTest, ScreenContentKeepsTheColoursOfText) {
  const auto chroma_error = [](int screen_content) {
    Vp8EncoderConfig config = ScreenConfig(screen_content);
    config.min_quantizer = config.max_quantizer = 45;
    const auto encoder = MakeEncoder(config);
    auto decoder = std::move(Vp8Decoder::Create().value());
    TextPictures source;
    double error = 0;
    for (int i = 0; i < 20; ++i) {
      const Bytes picture = source.Next();
      if (encoder->Encode(picture, false, i * kFrameUs) == 0) continue;
      EXPECT_EQ(decoder->Decode(encoder->packet()), 1);
      for (size_t k = config.width * config.height; k < picture.size(); ++k) {
        error += std::pow(picture[k] - decoder->frame()[k], 2);
      }
    }
    return error;
  };
  EXPECT_LT(chroma_error(1), 0.9 * chroma_error(0));
}

TEST(Vp8CallTest, ANewPageOfAScreenIsNoBurst) {
  const auto largest_new_page = [](int screen_content) {
    Vp8EncoderConfig config = ScreenConfig(screen_content);
    config.bitrate_kbps = 1000;
    const auto encoder = MakeEncoder(config);
    TextPictures source;
    int largest = 0;
    for (int i = 0; i < 4 * TextPictures::kPicturesPerPage; ++i) {
      const int bytes = encoder->Encode(source.Next(), false, i * kFrameUs);
      EXPECT_GE(bytes, 0);
      if (i >= TextPictures::kPicturesPerPage) largest = std::max(largest, bytes);
    }
    return largest;
  };
  EXPECT_LT(largest_new_page(2), 0.8 * largest_new_page(0));
}

TEST(Vp8CallTest, ErrorsAreMeasuredOnlyWhenAskedFor) {
  Vp8EncoderConfig config = CallConfig();
  Stream stream(config);
  stream.Encode(3);
  EXPECT_EQ(stream.encoder().totals().samples_y, 0);
  config.measure_error = true;
  ASSERT_TRUE(stream.encoder().Update(config).ok());
  stream.Encode(3);
  EXPECT_EQ(stream.encoder().totals().samples_y, 3 * 320 * 180);
}

TEST(Vp8CallTest, ValuesOutOfRangeAreRefusedAndLeaveTheOldOnes) {
  Stream stream(CallConfig());
  stream.Encode(3);
  const auto refused = [&stream](auto change) {
    Vp8EncoderConfig config = CallConfig();
    change(config);
    return stream.encoder().Update(config).code() == StatusCode::kInvalidArgument &&
           Vp8Encoder::Create(config).status().code() == StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](auto& c) { c.width = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.threads = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.threads = 65; }));
  EXPECT_TRUE(refused([](auto& c) { c.max_quantizer = 64; }));
  EXPECT_TRUE(refused([](auto& c) { c.min_quantizer = 57; }));
  EXPECT_TRUE(refused([](auto& c) { c.min_quantizer = -1; }));
  EXPECT_TRUE(refused([](auto& c) { c.temporal_layers = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.temporal_layers = 4; }));
  EXPECT_TRUE(refused([](auto& c) { c.screen_content = 3; }));
  EXPECT_TRUE(refused([](auto& c) { c.noise_reduction = 7; }));
  EXPECT_TRUE(refused([](auto& c) { c.static_threshold = -1; }));
  EXPECT_TRUE(refused([](auto& c) { c.static_threshold = 100'001; }));
  EXPECT_TRUE(refused([](auto& c) { c.token_partitions = 4; }));
  EXPECT_FALSE(stream.Encode(1)[0].key_frame);
  EXPECT_EQ(stream.encoder().config().width, 320);
}

TEST(Vp8CallTest, EveryCornerOfTheSettingsIsEncoded) {
  for (const int num_layers : {1, 3}) {
    for (const int kbps : {1, 1'000'000}) {
      for (const int num : {1, 1000}) {
        Vp8EncoderConfig config = CallConfig();
        config.frame_rate_num = num;
        config.frame_rate_den = num == 1 ? 1'000'000'000 : 1;
        config.bitrate_kbps = kbps;
        config.temporal_layers = num_layers;
        config.noise_reduction = 6;
        config.static_threshold = 100'000;
        config.token_partitions = 3;
        config.screen_content = 2;
        config.error_resilient = true;
        const std::vector<Frame> frames = Stream(config).Encode(12);
        EXPECT_TRUE(frames[0].key_frame);
        DecodeSome(frames, [](size_t) { return true; });
      }
    }
  }
}

}  // namespace
}  // namespace earshot::testing
