#include "codec/ogg_opus_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "codec/ogg_opus_writer.h"
#include "codec/ogg_pages.h"

namespace earshot {
namespace {

using Bytes = std::vector<uint8_t>;

struct Found {
  Bytes bytes;
  int gap = 0;
  int skip = 0;
  int keep = 0;
  bool first = false;
};

struct Reading {
  Status status;
  bool complete = false;
  OggOpusHeader header;
  std::vector<Found> packets;

  int64_t kept() const {
    int64_t sum = 0;
    for (const Found& packet : packets) sum += packet.keep;
    return sum;
  }
};

Reading Read(const Bytes& file, size_t piece = 4096) {
  auto reader = OggOpusReader::Create();
  Reading reading;
  OggOpusReader::Packet packet;
  const auto take = [&] {
    while (reader.value()->Next(packet)) {
      reading.packets.push_back({{packet.bytes.begin(), packet.bytes.end()},
                                 packet.gap_frames,
                                 packet.skip_frames,
                                 packet.keep_frames,
                                 packet.first_of_stream});
    }
  };
  for (size_t at = 0; at < file.size(); at += piece) {
    const size_t size = std::min(piece, file.size() - at);
    EXPECT_TRUE(reader.value()->Feed(std::span(file).subspan(at, size)).ok());
    take();
  }
  reader.value()->Finish();
  take();
  reading.status = reader.value()->status();
  reading.complete = reader.value()->complete();
  if (reader.value()->has_header()) reading.header = reader.value()->header();
  return reading;
}

/// A CELT packet of 20 ms.
Bytes Packet(size_t size, uint8_t fill) {
  Bytes packet(size, fill);
  packet[0] = 31 << 3;
  return packet;
}

void Append(Bytes& file, const Bytes& more) { file.insert(file.end(), more.begin(), more.end()); }
void Append(Bytes& file, const OggPage& page) { Append(file, SerializeOggPage(page)); }

Bytes WriteFile(int num_packets, int64_t num_frames, uint32_t serial = 1, int num_channels = 1) {
  auto writer = OggOpusWriter::Create(
      {.header = {.num_channels = num_channels, .pre_skip = 312, .input_sample_rate_hz = 48000},
       .serial = serial});
  for (int i = 0; i < num_packets; ++i) {
    EXPECT_TRUE(writer.value()->Write(Packet(200, static_cast<uint8_t>(i))).ok());
  }
  EXPECT_TRUE(writer.value()->Finish(num_frames).ok());
  return writer.value()->TakePages();
}

/// OpusHead and OpusTags pages, then `pages`, of serial number 1.
Bytes FileOf(const std::vector<OggPage>& pages, int pre_skip = 312) {
  OggPage head = MakeOggPage({BuildOpusHead({1, pre_skip, 48000, 0})}, 0, 1, 0);
  head.first = true;
  Bytes file;
  Append(file, head);
  Append(file, MakeOggPage({BuildOpusTags("v", "")}, 0, 1, 1));
  for (const OggPage& page : pages) Append(file, page);
  return file;
}

TEST(OggOpusReaderTest, GivesBackWhatTheWriterWrote) {
  const Bytes file = WriteFile(200, 191'588, 1, 2);
  for (const size_t piece : {1u, 7u, 4096u, 65536u}) {
    const Reading reading = Read(file, piece);
    ASSERT_TRUE(reading.status.ok());
    EXPECT_TRUE(reading.complete);
    EXPECT_EQ(reading.header.num_channels, 2);
    EXPECT_EQ(reading.header.pre_skip, 312);
    EXPECT_EQ(reading.header.input_sample_rate_hz, 48000u);
    ASSERT_EQ(reading.packets.size(), 200u);
    for (size_t i = 0; i < 200; ++i)
      ASSERT_EQ(reading.packets[i].bytes, Packet(200, static_cast<uint8_t>(i)));
    EXPECT_TRUE(reading.packets.front().first);
    EXPECT_FALSE(reading.packets[1].first);
    EXPECT_EQ(reading.packets.front().skip, 312);
    EXPECT_EQ(reading.packets.front().keep, 648);
    EXPECT_EQ(reading.kept(), 191'588);
  }
}

TEST(OggOpusReaderTest, EndTrimmingMayReachBackOverPackets) {
  OggPage page = MakeOggPage({Packet(3, 0), Packet(3, 1), Packet(3, 2)}, 1000, 1, 2);
  page.last = true;
  const Reading reading = Read(FileOf({page}));
  ASSERT_EQ(reading.packets.size(), 3u);
  EXPECT_EQ(reading.packets[0].keep, 648);
  EXPECT_EQ(reading.packets[1].keep, 40);
  EXPECT_EQ(reading.packets[2].keep, 0);
}

TEST(OggOpusReaderTest, PreSkipMayReachIntoLaterPackets) {
  OggPage page = MakeOggPage({Packet(3, 0), Packet(3, 1), Packet(3, 2)}, 2880, 1, 2);
  page.last = true;
  const Reading reading = Read(FileOf({page}, 1000));
  ASSERT_EQ(reading.packets.size(), 3u);
  EXPECT_EQ(reading.packets[0].skip, 960);
  EXPECT_EQ(reading.packets[0].keep, 0);
  EXPECT_EQ(reading.packets[1].skip, 40);
  EXPECT_EQ(reading.kept(), 1880);
}

TEST(OggOpusReaderTest, AStreamMayBeginAnywhereInTime) {
  OggPage first = MakeOggPage({Packet(3, 0)}, 1'000'960, 1, 2);
  OggPage second = MakeOggPage({Packet(3, 1)}, 1'001'900, 1, 3);
  second.last = true;
  EXPECT_EQ(Read(FileOf({first, second})).kept(), 960 + 940 - 312);
}

TEST(OggOpusReaderTest, MissingPagesAreConcealedAndBounded) {
  const auto gap = [](int64_t missing_frames) {
    OggPage first = MakeOggPage({Packet(3, 0)}, 960, 1, 2);
    OggPage second = MakeOggPage({Packet(3, 1)}, 1920 + missing_frames, 1, 9);
    const Reading reading = Read(FileOf({first, second}));
    EXPECT_EQ(reading.packets.size(), 2u);
    return reading.packets[1].gap;
  };
  EXPECT_EQ(gap(2 * 960), 2 * 960);
  EXPECT_EQ(gap(0), 0);
  EXPECT_EQ(gap(int64_t{1} << 60), 48000);
  EXPECT_EQ(gap(-500), 0);
}

TEST(OggOpusReaderTest, ChainedStreamsFollowEachOther) {
  Bytes file = WriteFile(10, 9000, 1);
  Append(file, WriteFile(5, 4000, 2));
  const Reading reading = Read(file);
  ASSERT_TRUE(reading.status.ok());
  ASSERT_EQ(reading.packets.size(), 15u);
  EXPECT_TRUE(reading.packets[10].first);
  EXPECT_EQ(reading.packets[10].skip, 312);
  EXPECT_EQ(reading.kept(), 13'000);

  Bytes stereo_after_mono = WriteFile(10, 9000, 1, 1);
  Append(stereo_after_mono, WriteFile(5, 4000, 2, 2));
  EXPECT_EQ(Read(stereo_after_mono).status.code(), StatusCode::kUnsupported);
}

TEST(OggOpusReaderTest, OtherStreamsBesideAreIgnored) {
  const auto ours = ParseOggPages(WriteFile(100, 95'000, 1));
  OggPage other = MakeOggPage({Bytes(40, 'v')}, 0, 77, 0);
  other.first = true;
  Bytes file;
  Append(file, other);
  for (size_t i = 0; i < ours.size(); ++i) {
    Append(file, ours[i]);
    if (i > 0) Append(file, MakeOggPage({Bytes(300, 'v')}, 5, 77, static_cast<uint32_t>(i)));
  }
  EXPECT_EQ(Read(file).kept(), 95'000);
}

TEST(OggOpusReaderTest, SaysWhatIsWrongWithTheFile) {
  const auto code = [](const Bytes& file) { return Read(file).status.code(); };
  EXPECT_EQ(code({}), StatusCode::kCorruptData);
  EXPECT_EQ(code(Bytes(100'000, 'R')), StatusCode::kCorruptData);
  OggPage vorbis = MakeOggPage({Bytes(30, 1)}, 0, 1, 0);
  vorbis.first = true;
  EXPECT_STREQ(Read(SerializeOggPage(vorbis)).status.message(), "no Opus stream in this Ogg file");
  for (const auto& [at, value] : {std::pair{8, 0x10}, {9, 0}, {9, 6}, {18, 1}}) {
    Bytes head = BuildOpusHead({1, 312, 48000, 0});
    head[static_cast<size_t>(at)] = static_cast<uint8_t>(value);
    OggPage page = MakeOggPage({head}, 0, 1, 0);
    page.first = true;
    EXPECT_EQ(code(SerializeOggPage(page)), StatusCode::kUnsupported) << at;
  }
  OggPage head = MakeOggPage({BuildOpusHead({1, 312, 48000, 0})}, 0, 1, 0);
  head.first = true;
  Bytes no_tags = SerializeOggPage(head);
  EXPECT_STREQ(Read(no_tags).status.message(), "the file ends inside its headers");
  Append(no_tags, MakeOggPage({Packet(30, 0)}, 960, 1, 1));
  EXPECT_EQ(code(no_tags), StatusCode::kCorruptData);
}

TEST(OggOpusReaderTest, AFileCutOffIsReadSoFarAndNotComplete) {
  const Bytes file = WriteFile(200, 191'588);
  for (size_t size = 0; size < file.size(); size += 97) {
    const Reading reading = Read(Bytes(file.begin(), file.begin() + static_cast<ptrdiff_t>(size)));
    EXPECT_FALSE(reading.complete);
    EXPECT_LT(reading.kept(), 191'588);
  }
}

TEST(OggOpusReaderTest, AFileWithoutAnEndOfStreamIsCompleteBehindAWholePacket) {
  const OggPage page = MakeOggPage({Packet(300, 0), Packet(300, 1)}, 1920, 1, 2);
  const Bytes file = FileOf({page});
  EXPECT_TRUE(Read(file).complete);
  EXPECT_EQ(Read(file).kept(), 1920 - 312);
  EXPECT_FALSE(Read(Bytes(file.begin(), file.end() - 1)).complete);
  // The last packet goes on where the file ends.
  OggPage cut = MakeOggPage({Packet(300, 0), Packet(300, 1)}, 960, 1, 2);
  cut.lacing.pop_back();
  cut.body.resize(300 + 255);
  EXPECT_FALSE(Read(FileOf({cut})).complete);
}

TEST(OggOpusReaderTest, EndlessPacketsAreRefused) {
  // Pages of nothing but full segments continue one packet for ever.
  Bytes file = FileOf({});
  for (uint32_t i = 0; i < 20; ++i) {
    OggPage page = MakeOggPage({}, -1, 1, 2 + i);
    page.continued = i > 0;
    page.lacing.assign(255, 255);
    page.body.assign(255 * 255, 31 << 3);
    Append(file, page);
  }
  EXPECT_EQ(Read(file).status.code(), StatusCode::kCorruptData);
}

TEST(OggOpusReaderTest, DamagedFilesNeverGiveMoreThanTheyHold) {
  const auto pages = ParseOggPages(WriteFile(60, 57'000));
  std::minstd_rand random(3);
  for (int round = 0; round < 400; ++round) {
    Bytes file;
    for (OggPage page : pages) {
      // Damage before the checksum is made, so that the reader sees it.
      for (int hits = static_cast<int>(random() % 3); hits > 0; --hits) {
        switch (random() % 6) {
          case 0:
            page.granule_position = static_cast<int64_t>(random()) << (random() % 33);
            break;
          case 1:
            page.lacing[random() % page.lacing.size()] = static_cast<uint8_t>(random());
            break;
          case 2:
            page.body[random() % page.body.size()] = static_cast<uint8_t>(random());
            break;
          case 3:
            page.sequence = static_cast<uint32_t>(random());
            break;
          case 4:
            page.first = !page.first;
            break;
          default:
            page.last = !page.last;
            break;
        }
      }
      size_t body = 0;
      for (const uint8_t lacing : page.lacing) body += lacing;
      page.body.resize(body);
      Append(file, page);
    }
    const Reading reading = Read(file);
    for (const Found& packet : reading.packets) {
      ASSERT_LE(packet.bytes.size(), file.size());
      ASSERT_GE(packet.keep, 0);
      ASSERT_LE(packet.skip + packet.keep, 5760);
      ASSERT_GE(packet.gap, 0);
      ASSERT_LE(packet.gap, 48000);
    }
  }
}

}  // namespace
}  // namespace earshot
