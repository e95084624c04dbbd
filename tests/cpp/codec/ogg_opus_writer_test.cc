#include "codec/ogg_opus_writer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/ogg_pages.h"

namespace earshot {
namespace {

using Bytes = std::vector<uint8_t>;

/// A CELT packet of 20 ms whose content is `fill`.
Bytes Packet(size_t size, uint8_t fill) {
  Bytes packet(size, fill);
  packet[0] = 31 << 3;
  return packet;
}

void Append(Bytes& file, const Bytes& more) { file.insert(file.end(), more.begin(), more.end()); }

std::unique_ptr<OggOpusWriter> MakeWriter() {
  auto writer = OggOpusWriter::Create(
      {.header = {.num_channels = 2, .pre_skip = 312, .input_sample_rate_hz = 44100},
       .serial = 0xCAFE,
       .vendor = "a codec",
       .comment = "ENCODER=test"});
  EXPECT_TRUE(writer.ok());
  return std::move(writer).value();
}

TEST(OggOpusWriterTest, HeadersAreThoseOfRfc7845) {
  auto writer = MakeWriter();
  const auto pages = ParseOggPages(writer->TakePages());
  ASSERT_EQ(pages.size(), 2u);
  EXPECT_TRUE(pages[0].first);
  EXPECT_FALSE(pages[1].first);
  EXPECT_EQ(pages[0].granule_position, 0);
  EXPECT_EQ(pages[1].granule_position, 0);
  EXPECT_EQ(pages[0].serial, 0xCAFEu);
  const Bytes head = {'O',  'p',  'u',  's',  'H', 'e', 'a', 'd', 1, 2,
                      0x38, 0x01, 0x44, 0xAC, 0,   0,   0,   0,   0};
  EXPECT_EQ(pages[0].body, head);
  const std::string tags("OpusTags\x07\0\0\0a codec\x01\0\0\0\x0c\0\0\0ENCODER=test", 39);
  EXPECT_EQ(std::string(pages[1].body.begin(), pages[1].body.end()), tags);
}

TEST(OggOpusWriterTest, PacketsAndGranulePositionsAreKept) {
  auto writer = MakeWriter();
  Bytes file = writer->TakePages();
  std::vector<Bytes> packets;
  for (size_t i = 0; i < 500; ++i) {
    packets.push_back(Packet(1 + i % 600, static_cast<uint8_t>(i)));  // 255 and 510 included
    ASSERT_TRUE(writer->Write(packets.back()).ok());
    Append(file, writer->TakePages());
  }
  constexpr int64_t kFrames = 500 * 960 - 312 - 100;
  ASSERT_TRUE(writer->Finish(kFrames).ok());
  Append(file, writer->TakePages());

  const auto pages = ParseOggPages(file);
  ASSERT_GT(pages.size(), 10u);
  const auto found = PacketsOf(pages);
  ASSERT_EQ(found.size(), 502u);
  for (size_t i = 0; i < 500; ++i) ASSERT_EQ(found[i + 2], packets[i]);

  int64_t packets_before = 0;
  for (size_t p = 0; p < pages.size(); ++p) {
    EXPECT_EQ(pages[p].sequence, p);
    EXPECT_EQ(pages[p].last, p + 1 == pages.size());
    if (p < 2) continue;
    int64_t ends = 0;
    for (const uint8_t lacing : pages[p].lacing) ends += lacing < 255 ? 1 : 0;
    EXPECT_LE(ends * 960, 48000) << "a page holds at most one second";
    packets_before += ends;
    if (!pages[p].last) {
      EXPECT_EQ(pages[p].granule_position, packets_before * 960);
    }
  }
  EXPECT_EQ(pages.back().granule_position, 312 + kFrames);
}

TEST(OggOpusWriterTest, SmallPacketsAreFlushedEverySecond) {
  auto writer = MakeWriter();
  writer->TakePages();
  for (int i = 0; i < 151; ++i) ASSERT_TRUE(writer->Write(Packet(3, 0)).ok());
  const auto pages = ParseOggPages(writer->TakePages());
  ASSERT_EQ(pages.size(), 2u);
  EXPECT_EQ(pages[0].granule_position, 48000);
  EXPECT_EQ(pages[1].granule_position, 96000);
}

TEST(OggOpusWriterTest, RefusesWhatWouldMakeABrokenFile) {
  auto writer = MakeWriter();
  EXPECT_EQ(writer->Finish(0).code(), StatusCode::kInvalidArgument) << "no packet at all";
  EXPECT_EQ(writer->Write(Bytes{}).code(), StatusCode::kCorruptData);
  EXPECT_EQ(writer->Write(Bytes{31 << 3 | 3, 0}).code(), StatusCode::kCorruptData);
  ASSERT_TRUE(writer->Write(Packet(10, 0)).ok());
  EXPECT_EQ(writer->Finish(960).code(), StatusCode::kInvalidArgument)
      << "312 of the 960 are pre-skip";
  ASSERT_TRUE(writer->Write(Packet(10, 0)).ok());
  EXPECT_EQ(writer->Finish(648).code(), StatusCode::kInvalidArgument)
      << "the last packet is of no use";
  ASSERT_TRUE(writer->Finish(649).ok());
  EXPECT_EQ(writer->Write(Packet(10, 0)).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(writer->Finish(648).code(), StatusCode::kFailedPrecondition);
  EXPECT_FALSE(OggOpusWriter::Create({.header = {.num_channels = 3}}).ok());
  EXPECT_FALSE(OggOpusWriter::Create({.header = {.pre_skip = 65536}}).ok());
  EXPECT_FALSE(OggOpusWriter::Create({.vendor = std::string(256, 'x')}).ok());
}

}  // namespace
}  // namespace earshot
