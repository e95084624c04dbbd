#include "codec/g711_decoder.h"

#include <gtest/gtest.h>

#include <array>

#include "g711_signals.h"
#include "support/allocation_counter.h"

namespace earshot::testing {
namespace {

std::unique_ptr<G711StreamDecoder> Make(G711Law law = G711Law::kMuLaw, int num_channels = 1) {
  return std::move(G711StreamDecoder::Create({.law = law, .num_channels = num_channels}).value());
}

std::vector<uint8_t> Encode(G711Law law, std::span<const float> sound) {
  std::vector<uint8_t> codes;
  for (const float x : sound) {
    codes.push_back(EncodeG711(law, static_cast<int16_t>(std::lrint(x * 32767))));
  }
  return codes;
}

TEST(G711StreamDecoder, EveryCodeGivesItsLevelOnEveryChannel) {
  std::vector<uint8_t> codes(256);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<uint8_t>(i);
  for (const G711Law law : {G711Law::kALaw, G711Law::kMuLaw}) {
    for (const int num_channels : {1, 2}) {
      const auto channels = static_cast<std::size_t>(num_channels);
      std::vector<float> out(256 * channels);
      ASSERT_EQ(Make(law, num_channels)->Decode(codes, out), 256);
      for (std::size_t i = 0; i < out.size(); ++i) {
        ASSERT_EQ(out[i] * 32768, DecodeG711(law, codes[i / channels])) << i;
      }
    }
  }
}

TEST(G711StreamDecoder, OneOrTwoChannels) {
  EXPECT_FALSE(G711StreamDecoder::Create({.num_channels = 0}).ok());
  EXPECT_FALSE(G711StreamDecoder::Create({.num_channels = 3}).ok());
}

TEST(G711StreamDecoder, AByteIsASampleFromOneTo120Milliseconds) {
  const auto decoder = Make();
  const std::vector<uint8_t> payload(2000);
  std::vector<float> out(2000);
  for (std::size_t size = 0; size <= payload.size(); ++size) {
    const int expected =
        size >= 8 && size <= 960 ? static_cast<int>(size) : ToInt(StatusCode::kCorruptData);
    const auto bytes = std::span(payload).first(size);
    ASSERT_EQ(decoder->PacketDuration(bytes), expected) << size;
    ASSERT_EQ(decoder->Decode(bytes, out), expected) << size;
    ASSERT_FALSE(decoder->HasRedundancy(bytes));
  }
  EXPECT_EQ(decoder->DecodeRedundancy(payload, 160, out), ToInt(StatusCode::kUnsupported));
}

TEST(G711StreamDecoder, RefusesWhatDoesNotFit) {
  const auto decoder = Make(G711Law::kALaw, 2);
  const std::vector<uint8_t> payload(160);
  std::vector<float> out(319);
  EXPECT_EQ(decoder->Decode(payload, out), ToInt(StatusCode::kBufferTooSmall));
  EXPECT_EQ(decoder->Conceal(160, out), ToInt(StatusCode::kBufferTooSmall));
  for (const int frames : {-20, 0, 19, 30, 980, 1 << 30}) {
    EXPECT_EQ(decoder->Conceal(frames, out), ToInt(StatusCode::kInvalidArgument)) << frames;
  }
  EXPECT_EQ(decoder->Conceal(140, out), 140);
}

TEST(G711StreamDecoder, ConcealedSoundIsOnEveryChannel) {
  const auto mono = Make();
  const auto stereo = Make(G711Law::kMuLaw, 2);
  const std::vector<uint8_t> payload = Encode(G711Law::kMuLaw, Vowel(57, 800));
  std::vector<float> a(800), b(1600);
  mono->Decode(payload, a);
  stereo->Decode(payload, b);
  ASSERT_EQ(mono->Conceal(800, a), 800);
  ASSERT_EQ(stereo->Conceal(800, b), 800);
  EXPECT_GT(Peak(a), 0.1f);
  for (std::size_t i = 0; i < b.size(); ++i) ASSERT_EQ(b[i], a[i / 2]);
}

TEST(G711StreamDecoder, WhatWasConcealedInVainIsForgotten) {
  const auto decoder = Make();
  const auto other = Make();
  const std::vector<uint8_t> codes = Encode(G711Law::kMuLaw, Vowel(57.3, 2400));
  const std::span<const uint8_t> payload(codes);
  std::vector<float> out(800), expected(800);
  for (auto* each : {decoder.get(), other.get()}) each->Decode(payload.first(800), out);
  decoder->SaveState();
  decoder->Conceal(800, out);
  decoder->RestoreState();
  const auto check = [&] {
    ASSERT_EQ(decoder->Decode(payload.subspan(800, 800), out), 800);
    other->Decode(payload.subspan(800, 800), expected);
    ASSERT_EQ(out, expected);
    decoder->Conceal(800, out);
    other->Conceal(800, expected);
    ASSERT_EQ(out, expected);
  };
  check();
  // Within a gap as well.
  decoder->SaveState();
  decoder->Decode(payload.first(800), out);
  decoder->RestoreState();
  check();
}

TEST(G711StreamDecoder, ResetForgetsEverything) {
  const auto decoder = Make();
  const auto fresh = Make();
  const std::vector<uint8_t> codes = Encode(G711Law::kMuLaw, Vowel(57.3, 960));
  std::vector<float> out(960), expected(960);
  decoder->Decode(codes, out);
  decoder->Conceal(160, out);
  decoder->Reset();
  decoder->Decode(codes, out);
  fresh->Decode(codes, expected);
  EXPECT_EQ(out, expected);
  decoder->Conceal(960, out);
  fresh->Conceal(960, expected);
  EXPECT_EQ(out, expected);
}

TEST(G711StreamDecoder, AnyBytesAndGapsStayInRangeWithoutAllocating) {
  for (const G711Law law : {G711Law::kALaw, G711Law::kMuLaw}) {
    const auto decoder = Make(law, 2);
    std::mt19937 random(7);
    std::array<uint8_t, 1500> payload;
    std::vector<float> out(1920);
    const int64_t allocations = AllocationCount();
    for (int round = 0; round < 4000; ++round) {
      const int kind = static_cast<int>(random() % 8);
      int frames = 0;
      if (kind < 3) {
        frames = decoder->Conceal(20 * (1 + static_cast<int>(random() % 48)), out);
      } else if (kind == 3) {
        decoder->SaveState();
      } else if (kind == 4 && round > 100) {
        decoder->RestoreState();
      } else {
        const std::size_t size = random() % (kind == 5 ? 1500 : 200);
        // Loud noise, or loud and quiet at random: as unlike speech as it gets.
        const unsigned mask = random() % 2 == 0 ? 0xFF : 0x8F;
        for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<uint8_t>(random() & mask);
        frames = decoder->Decode(std::span(payload).first(size), out);
      }
      for (int i = 0; i < 2 * frames; ++i) {
        ASSERT_LE(std::abs(out[static_cast<std::size_t>(i)]), 1.0f);
      }
    }
    EXPECT_EQ(AllocationCount(), allocations);
  }
}

}  // namespace
}  // namespace earshot::testing
