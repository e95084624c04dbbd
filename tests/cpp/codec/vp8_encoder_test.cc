#include "codec/vp8_encoder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "codec/vp8_decoder.h"
#include "codec/vp8_files.h"
#include "codec/vp8_frame_header.h"
#include "support/md5.h"

namespace earshot::testing {
namespace {

std::unique_ptr<Vp8Encoder> MakeEncoder(const Vp8EncoderConfig& config) {
  auto encoder = Vp8Encoder::Create(config);
  EXPECT_TRUE(encoder.ok()) << encoder.status().message();
  return std::move(encoder).value();
}

struct Encoded {
  std::vector<Bytes> pictures;
  std::vector<Bytes> frames;
  Vp8EncoderTotals totals;
};

Encoded EncodeAll(const Vp8EncoderConfig& config, int num_frames) {
  MovingPictures source(config.width, config.height);
  const auto encoder = MakeEncoder(config);
  Encoded encoded;
  for (int i = 0; i < num_frames; ++i) {
    encoded.pictures.push_back(source.Next());
    const int bytes = encoder->Encode(encoded.pictures.back(), false);
    EXPECT_GT(bytes, 0);
    EXPECT_EQ(encoder->packet().size(), static_cast<size_t>(bytes));
    encoded.frames.emplace_back(encoder->packet().begin(), encoder->packet().end());
  }
  encoded.totals = encoder->totals();
  return encoded;
}

bool IsKeyFrame(const Bytes& frame) { return (frame[0] & 1) == 0; }

TEST(Vp8EncoderTest, WhatIsDecodedIsAsFarFromTheSourceAsTheEncoderSays) {
  const Encoded encoded = EncodeAll({.width = 175, .height = 143, .bitrate_kbps = 400}, 30);
  auto decoder = std::move(Vp8Decoder::Create().value());
  double squared_error = 0;
  for (size_t i = 0; i < encoded.frames.size(); ++i) {
    ASSERT_EQ(decoder->Decode(encoded.frames[i]), 1);
    ASSERT_EQ(decoder->frame().size(), encoded.pictures[i].size());
    for (size_t k = 0; k < 175 * 143; ++k) {
      const double difference = encoded.pictures[i][k] - decoder->frame()[k];
      squared_error += difference * difference;
    }
  }
  EXPECT_EQ(encoded.totals.squared_error_y, squared_error);
  EXPECT_EQ(encoded.totals.samples_y, 30.0 * 175 * 143);
  EXPECT_GT(10 * std::log10(255.0 * 255 * encoded.totals.samples_y / squared_error), 30);
}

// The sums are those of libvpx 1.17.0's own native build: what replaces its code on other machines
// must not change a bit. Every kind of motion search, transform and prediction is among the speeds.
TEST(Vp8EncoderTest, StreamsAreTheSameInEveryBuild) {
  if (std::string(Vp8LibraryVersion()) != "libvpx 1.17.0") GTEST_SKIP() << "sums are of 1.17.0";
  const auto sum_of = [](int width, int height, int speed) {
    Bytes all;
    for (const Bytes& frame :
         EncodeAll({.width = width, .height = height, .bitrate_kbps = 300, .speed = speed}, 20)
             .frames) {
      all.insert(all.end(), frame.begin(), frame.end());
    }
    return Md5(all);
  };
  EXPECT_EQ(sum_of(176, 144, 1), "f1ffa65d713e9571c57b68c417dc9045");
  EXPECT_EQ(sum_of(176, 144, 4), "a0d5f41a558d9863bc133741fa21e817");
  EXPECT_EQ(sum_of(320, 180, 6), "b73e2d1c1b43b903b631395ffa6c2c0a");
  EXPECT_EQ(sum_of(175, 143, 10), "b4c175077904d947d4f71034fd3dabce");
  EXPECT_EQ(sum_of(176, 144, 16), "97e499f8a40ee6406df35a816fd4c49b");
}

TEST(Vp8EncoderTest, TheBitrateIsKept) {
  for (const int kbps : {400, 1000}) {
    const Encoded encoded = EncodeAll({.width = 320, .height = 180, .bitrate_kbps = kbps}, 150);
    const double measured = static_cast<double>(encoded.totals.bytes) * 8 / 5 / 1000;
    EXPECT_NEAR(measured, kbps, 0.2 * kbps);
    EXPECT_EQ(encoded.totals.frames, 150);
  }
}

TEST(Vp8EncoderTest, KeyFramesComeWhenAskedForAndAtTheirInterval) {
  const auto encoder = MakeEncoder({.width = 64, .height = 48, .max_key_frame_interval = 8});
  MovingPictures source(64, 48);
  for (int i = 0; i < 20; ++i) {
    ASSERT_GT(encoder->Encode(source.Next(), i == 3), 0);
    const bool key = i == 0 || i == 3 || i == 11 || i == 19;
    EXPECT_EQ(IsKeyFrame(Bytes(encoder->packet().begin(), encoder->packet().end())), key) << i;
  }
  EXPECT_EQ(encoder->totals().key_frames, 4);
  for (const int interval : {0, 1}) {
    for (const Bytes& frame :
         EncodeAll({.width = 64, .height = 48, .max_key_frame_interval = interval}, 5).frames) {
      EXPECT_TRUE(IsKeyFrame(frame)) << interval;
    }
  }
}

TEST(Vp8EncoderTest, AnySizeFromOnePixelToTheLargestIsEncoded) {
  for (const auto& [width, height] :
       {std::pair{1, 1}, std::pair{17, 1}, std::pair{2, 33}, std::pair{4096, 2304}}) {
    const Encoded encoded = EncodeAll({.width = width, .height = height}, 2);
    auto decoder = std::move(Vp8Decoder::Create().value());
    for (const Bytes& frame : encoded.frames) ASSERT_EQ(decoder->Decode(frame), 1);
    EXPECT_EQ(decoder->width(), width);
    EXPECT_EQ(decoder->height(), height);
  }
}

TEST(Vp8EncoderTest, ValuesOutOfRangeAreRefused) {
  const Vp8EncoderConfig good = {.width = 64, .height = 48};
  const auto refused = [&good](auto change) {
    Vp8EncoderConfig config = good;
    change(config);
    return Vp8Encoder::Create(config).status().code() == StatusCode::kInvalidArgument;
  };
  EXPECT_FALSE(refused([](auto&) {}));
  EXPECT_TRUE(refused([](auto& c) { c.width = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.height = -1; }));
  EXPECT_TRUE(refused([](auto& c) { c.width = c.height = 16383; }));
  EXPECT_TRUE(refused([](auto& c) { c.frame_rate_den = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.frame_rate_num = 2'000'000'000; }));
  EXPECT_TRUE(refused([](auto& c) { c.frame_rate_num = 2000; }));
  EXPECT_TRUE(refused([](auto& c) { c.bitrate_kbps = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.speed = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.speed = 17; }));
  EXPECT_TRUE(refused([](auto& c) { c.max_key_frame_interval = -1; }));
  const auto encoder = MakeEncoder(good);
  EXPECT_EQ(encoder->Encode(Bytes(100), false), ToInt(StatusCode::kInvalidArgument));
  EXPECT_EQ(encoder->totals().frames, 0);
}

}  // namespace
}  // namespace earshot::testing
