#include "codec/h264_encoder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "codec/h264_bitstream.h"
#include "codec/h264_decoder.h"
#include "codec/h264_files.h"
#include "support/md5.h"

namespace earshot::testing {
namespace {

std::unique_ptr<H264Encoder> MakeEncoder(const H264EncoderConfig& config) {
  auto encoder = H264Encoder::Create(config);
  EXPECT_TRUE(encoder.ok()) << encoder.status().message();
  return std::move(encoder).value();
}

struct Encoded {
  std::vector<Bytes> pictures;
  std::vector<Bytes> frames;
  std::vector<int> layers;
  Bytes description;
  H264EncoderTotals totals;
};

Encoded EncodeAll(const H264EncoderConfig& config, int num_frames) {
  MovingPictures source(config.width, config.height);
  const auto encoder = MakeEncoder(config);
  Encoded encoded;
  for (int i = 0; i < num_frames; ++i) {
    encoded.pictures.push_back(source.Next());
    const int bytes = encoder->Encode(encoded.pictures.back(), false);
    EXPECT_GT(bytes, 0) << i;
    EXPECT_EQ(encoder->packet().size(), static_cast<size_t>(bytes));
    encoded.frames.emplace_back(encoder->packet().begin(), encoder->packet().end());
    encoded.layers.push_back(encoder->temporal_layer());
  }
  encoded.description.assign(encoder->description().begin(), encoder->description().end());
  encoded.totals = encoder->totals();
  return encoded;
}

TEST(H264EncoderTest, WhatIsDecodedIsAsFarFromTheSourceAsTheEncoderSays) {
  constexpr int kWidth = 176;
  constexpr int kHeight = 144;
  const Encoded encoded = EncodeAll({.width = kWidth, .height = kHeight, .bitrate_kbps = 500}, 30);
  auto decoder = std::move(H264Decoder::Create().value());
  double squared_error = 0;
  for (size_t i = 0; i < encoded.frames.size(); ++i) {
    ASSERT_EQ(decoder->Decode(encoded.frames[i]), 1);
    ASSERT_EQ(decoder->frame().size(), encoded.pictures[i].size());
    for (size_t k = 0; k < kWidth * kHeight; ++k) {
      const double difference = encoded.pictures[i][k] - decoder->frame()[k];
      squared_error += difference * difference;
    }
  }
  EXPECT_EQ(encoded.totals.samples_y, 30.0 * kWidth * kHeight);
  // It passes through decibels in single precision.
  EXPECT_NEAR(encoded.totals.squared_error_y, squared_error, 1e-4 * squared_error);
  EXPECT_GT(10 * std::log10(255.0 * 255 * encoded.totals.samples_y / squared_error), 30);
}

TEST(H264EncoderTest, TheProfileIsConstrainedBaseline) {
  const Encoded encoded = EncodeAll({.width = 320, .height = 180}, 2);
  auto decoder = std::move(H264Decoder::Create().value());
  ASSERT_EQ(decoder->Decode(encoded.frames[0]), 1);
  EXPECT_EQ(decoder->sps().profile, 66);
  EXPECT_EQ(decoder->sps().constraints & 0xc0, 0xc0);
  EXPECT_EQ(decoder->sps().width, 320);
  EXPECT_EQ(decoder->sps().height, 180);
}

// What is not x86-64 has other code: it must not change a bit. The sums are of the library's own
// native build with assembler.
TEST(H264EncoderTest, StreamsAreTheSameInEveryBuild) {
  if (std::string(H264LibraryVersion()) != "openh264 2.6.0") GTEST_SKIP() << "sums are of 2.6.0";
  const auto sum_of = [](int width, int height, int complexity) {
    Bytes all;
    for (const Bytes& frame :
         EncodeAll(
             {.width = width, .height = height, .bitrate_kbps = 300, .complexity = complexity}, 20)
             .frames) {
      all.insert(all.end(), frame.begin(), frame.end());
    }
    return Md5(all);
  };
  EXPECT_EQ(sum_of(176, 144, 0), "681e85407f21007ed80c7ac8bfb0c227");
  EXPECT_EQ(sum_of(320, 180, 1), "876bc39fa8b5f4c2f3a059ff54b3ca06");
  EXPECT_EQ(sum_of(176, 144, 2), "0144713e1cf4c80507df590b46238d8e");
}

TEST(H264EncoderTest, TheBitrateIsKeptAndFollowsAChange) {
  for (const int kbps : {400, 1000}) {
    const Encoded encoded = EncodeAll({.width = 320, .height = 180, .bitrate_kbps = kbps}, 150);
    const double measured = static_cast<double>(encoded.totals.bytes) * 8 / 5 / 1000;
    EXPECT_NEAR(measured, kbps, 0.2 * kbps);
    EXPECT_EQ(encoded.totals.frames, 150);
  }
  const auto encoder = MakeEncoder({.width = 320, .height = 180, .bitrate_kbps = 1000});
  MovingPictures source(320, 180);
  const auto bytes_of = [&](int num_frames) {
    int bytes = 0;
    for (int i = 0; i < num_frames; ++i) bytes += encoder->Encode(source.Next(), false);
    return bytes;
  };
  bytes_of(60);
  EXPECT_NEAR(bytes_of(90) * 8 / 3 / 1000, 1000, 250);
  ASSERT_TRUE(encoder->SetRates(400, 30, 1).ok());
  bytes_of(60);
  EXPECT_NEAR(bytes_of(90) * 8 / 3 / 1000, 400, 100);
  ASSERT_TRUE(encoder->SetRates(400, 15, 1).ok());
  bytes_of(30);
  EXPECT_NEAR(bytes_of(45) * 8 / 3 / 1000, 400, 100);
  EXPECT_FALSE(encoder->SetRates(0, 30, 1).ok());
  EXPECT_FALSE(encoder->SetRates(100, 30, 0).ok());
}

TEST(H264EncoderTest, KeyFramesComeWhenAskedForAndAtTheirInterval) {
  const auto encoder = MakeEncoder({.width = 64, .height = 48, .max_key_frame_interval = 8});
  MovingPictures source(64, 48);
  for (int i = 0; i < 20; ++i) {
    ASSERT_GT(encoder->Encode(source.Next(), i == 3), 0);
    const bool key = i == 0 || i == 3 || i == 11 || i == 19;
    EXPECT_EQ(encoder->is_key_frame(), key) << i;
    // A parameter set before each of them, so that a stream can be entered there.
    EXPECT_EQ((encoder->packet()[4] & 31) == 7, key) << i;
  }
  EXPECT_EQ(encoder->totals().key_frames, 4);
  for (const int interval : {0, 1}) {
    EXPECT_EQ(EncodeAll({.width = 64, .height = 48, .max_key_frame_interval = interval}, 5)
                  .totals.key_frames,
              5);
  }
}

TEST(H264EncoderTest, WithoutHigherTemporalLayersTheStreamDecodes) {
  const Encoded encoded = EncodeAll({.width = 64, .height = 48, .temporal_layers = 3}, 16);
  EXPECT_EQ(encoded.layers, (std::vector<int>{0, 2, 1, 2, 0, 2, 1, 2, 0, 2, 1, 2, 0, 2, 1, 2}));
  for (int layers = 0; layers < 3; ++layers) {
    auto all = std::move(H264Decoder::Create().value());
    auto some = std::move(H264Decoder::Create().value());
    for (size_t i = 0; i < encoded.frames.size(); ++i) {
      ASSERT_EQ(all->Decode(encoded.frames[i]), 1);
      if (encoded.layers[i] > layers) continue;
      ASSERT_EQ(some->Decode(encoded.frames[i]), 1) << layers << ' ' << i;
      EXPECT_EQ(Md5(some->frame()), Md5(all->frame()));
    }
  }
}

TEST(H264EncoderTest, TheAvcFormatHoldsTheSameStream) {
  H264EncoderConfig config = {.width = 64, .height = 48, .max_key_frame_interval = 4};
  const Encoded annex_b = EncodeAll(config, 6);
  config.format = H264Format::kAvc;
  const Encoded avc = EncodeAll(config, 6);
  auto one = std::move(H264Decoder::Create().value());
  auto other = std::move(H264Decoder::Create().value());
  ASSERT_TRUE(other->SetDescription(avc.description).ok());
  for (size_t i = 0; i < 6; ++i) {
    ASSERT_EQ(one->Decode(annex_b.frames[i]), 1);
    ASSERT_EQ(other->Decode(avc.frames[i]), 1);
    EXPECT_EQ(Md5(one->frame()), Md5(other->frame()));
    EXPECT_EQ(avc.frames[i][0], 0);
    EXPECT_EQ(avc.frames[i].size(), 4u + (size_t{avc.frames[i][2]} << 8) + avc.frames[i][3]);
  }
}

TEST(H264EncoderTest, SizesFromTheSmallestToTheLargestAreEncodedOddOnesWithoutTheirLastColumn) {
  for (const auto& [width, height] : {std::pair{16, 16}, std::pair{17, 33}, std::pair{130, 18},
                                      std::pair{4096, 2304}, std::pair{16, 1000}}) {
    const Encoded encoded = EncodeAll({.width = width, .height = height, .bitrate_kbps = 20000}, 2);
    auto decoder = std::move(H264Decoder::Create().value());
    for (const Bytes& frame : encoded.frames) ASSERT_EQ(decoder->Decode(frame), 1);
    EXPECT_EQ(decoder->width(), width & ~1);
    EXPECT_EQ(decoder->height(), height & ~1);
    double difference = 0;
    for (int y = 0; y < decoder->height(); ++y) {
      for (int x = 0; x < decoder->width(); ++x) {
        const int was = encoded.pictures[1][static_cast<size_t>(y * width + x)];
        difference +=
            std::abs(was - decoder->frame()[static_cast<size_t>(y * decoder->width() + x)]);
      }
    }
    EXPECT_LT(difference / (decoder->width() * decoder->height()), 8) << width << ' ' << height;
  }
}

TEST(H264EncoderTest, TheLowestBitrateStillGivesAFrameForEachPicture) {
  EXPECT_EQ(EncodeAll({.width = 320, .height = 180, .bitrate_kbps = 1}, 100).totals.frames, 100);
}

TEST(H264EncoderTest, ValuesOutOfRangeAreRefused) {
  const H264EncoderConfig good = {.width = 64, .height = 48};
  const auto refused = [&good](auto change) {
    H264EncoderConfig config = good;
    change(config);
    return H264Encoder::Create(config).status().code() == StatusCode::kInvalidArgument;
  };
  EXPECT_FALSE(refused([](auto&) {}));
  EXPECT_TRUE(refused([](auto& c) { c.width = 15; }));
  EXPECT_TRUE(refused([](auto& c) { c.height = -1; }));
  EXPECT_TRUE(refused([](auto& c) { c.width = c.height = 16384; }));
  EXPECT_TRUE(refused([](auto& c) { c.frame_rate_den = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.frame_rate_num = 2'000'000'000; }));
  EXPECT_TRUE(refused([](auto& c) { c.frame_rate_num = 2000; }));
  EXPECT_TRUE(refused([](auto& c) { c.bitrate_kbps = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.complexity = 3; }));
  EXPECT_TRUE(refused([](auto& c) { c.temporal_layers = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.temporal_layers = 4; }));
  EXPECT_TRUE(refused([](auto& c) { c.max_key_frame_interval = -1; }));
  EXPECT_TRUE(refused([](auto& c) { c.format = static_cast<H264Format>(2); }));
  const auto encoder = MakeEncoder(good);
  EXPECT_EQ(encoder->Encode(Bytes(100), false), ToInt(StatusCode::kInvalidArgument));
  EXPECT_EQ(encoder->totals().frames, 0);
}

}  // namespace
}  // namespace earshot::testing
