// Replays a packet trace through the jitter buffer in simulated time, natively: the job, the clock
// and the JSON of libwebrtc's NetEq in the peer harness neteq_replay, for comparisons side by side.
// `npx earshot replay` does the same through WebAssembly.
//
//   replay SPEECH.wav TRACE.txt OUT.wav [--fec] [--red N] [--bitrate N] [--min-delay ms]
//   [--max-delay ms] [--latency-hint interactive|balanced|playback]
//
// SPEECH: 48 kHz mono 16-bit. TRACE: one line per 20 ms packet in the order of sending, its delay
// in ms or "lost".
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "codec/opus_decoder.h"
#include "codec/opus_encoder.h"
#include "jitter/jitter_buffer.h"

namespace {

using namespace earshot;  // NOLINT(google-build-using-namespace)

constexpr int kRateHz = 48000;
constexpr int kPacketFrames = kRateHz / 50;
constexpr double kPacketMs = 20;
constexpr double kTickMs = 10;
constexpr double kTailMs = 400;
constexpr size_t kWavHeaderBytes = 44;

struct Arguments {
  const char* speech = nullptr;
  const char* trace = nullptr;
  const char* out = nullptr;
  bool fec = false;
  int red = 0;
  int bitrate = 32000;
  int min_delay_ms = 0;
  int max_delay_ms = 2000;
  LatencyHint latency_hint = LatencyHint::kBalanced;
};

struct Packet {
  double arrival_ms;
  size_t index;
};

/// Every payload, and those that arrive in the order of their arrival.
struct Stream {
  std::vector<std::vector<uint8_t>> payloads;
  std::vector<Packet> packets;
};

[[noreturn]] void Fail(const char* what, const char* name) {
  std::fprintf(stderr, "replay: %s: %s\n", name, what);
  std::exit(2);
}

bool ParseHint(const std::string& text, LatencyHint& to) {
  constexpr std::array kNames = {"interactive", "balanced", "playback"};
  const auto* name = std::find(kNames.begin(), kNames.end(), text);
  to = static_cast<LatencyHint>(name - kNames.begin());
  return name != kNames.end();
}

bool Parse(int argc, char** argv, Arguments& to) {
  if (argc < 4) return false;
  to.speech = argv[1];
  to.trace = argv[2];
  to.out = argv[3];
  for (int i = 4; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--fec") {
      to.fec = true;
      continue;
    }
    if (i + 1 == argc) return false;
    if (option == "--latency-hint") {
      if (!ParseHint(argv[++i], to.latency_hint)) return false;
      continue;
    }
    const int value = std::atoi(argv[++i]);
    if (option == "--bitrate") {
      to.bitrate = value;
    } else if (option == "--red") {
      to.red = value;
    } else if (option == "--min-delay") {
      to.min_delay_ms = value;
    } else if (option == "--max-delay") {
      to.max_delay_ms = value;
    } else {
      return false;
    }
  }
  return true;
}

std::vector<float> ReadSpeech(const char* name) {
  std::ifstream file(name, std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
  int16_t channels = 0;
  int32_t rate = 0;
  if (bytes.size() < kWavHeaderBytes || std::memcmp(bytes.data(), "RIFF", 4) != 0)
    Fail("not a WAV file", name);
  for (size_t at = 12; at + 8 <= bytes.size();) {
    uint32_t size = 0;
    std::memcpy(&size, &bytes[at + 4], 4);
    const size_t body = at + 8;
    if (std::memcmp(&bytes[at], "fmt ", 4) == 0 && body + 16 <= bytes.size()) {
      std::memcpy(&channels, &bytes[body + 2], 2);
      std::memcpy(&rate, &bytes[body + 4], 4);
    } else if (std::memcmp(&bytes[at], "data", 4) == 0) {
      if (channels != 1 || rate != kRateHz) Fail("must be 48 kHz mono 16-bit", name);
      std::vector<float> speech(std::min<size_t>(size, bytes.size() - body) / 2);
      for (size_t i = 0; i < speech.size(); ++i) {
        int16_t sample = 0;
        std::memcpy(&sample, &bytes[body + 2 * i], 2);
        speech[i] = static_cast<float>(sample) / 32768.0f;
      }
      return speech;
    }
    at = body + size + (size & 1);
  }
  Fail("holds no sound", name);
}

void WriteSpeech(const char* name, const std::vector<int16_t>& pcm) {
  FILE* file = std::fopen(name, "wb");
  if (file == nullptr) Fail("cannot be written", name);
  const auto size = static_cast<uint32_t>(pcm.size() * 2);
  const uint32_t riff = size + 36, format_size = 16, rate = kRateHz, bytes_per_second = 2 * kRateHz;
  const std::array<uint16_t, 2> format = {1, 1}, sample = {2, 16};
  std::fwrite("RIFF", 1, 4, file);
  std::fwrite(&riff, 4, 1, file);
  std::fwrite("WAVEfmt ", 1, 8, file);
  std::fwrite(&format_size, 4, 1, file);
  std::fwrite(format.data(), 2, 2, file);
  std::fwrite(&rate, 4, 1, file);
  std::fwrite(&bytes_per_second, 4, 1, file);
  std::fwrite(sample.data(), 2, 2, file);
  std::fwrite("data", 1, 4, file);
  std::fwrite(&size, 4, 1, file);
  std::fwrite(pcm.data(), 2, pcm.size(), file);
  std::fclose(file);
}

/// Delays in ms, negative for lost packets.
std::vector<double> ReadTrace(const char* name) {
  std::ifstream file(name);
  std::vector<double> delays;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    delays.push_back(line[0] == 'l' ? -1.0 : std::atof(line.c_str()));
  }
  if (delays.empty()) Fail("holds no packets", name);
  return delays;
}

Stream Send(const Arguments& arguments, const std::vector<float>& speech,
            const std::vector<double>& delays, size_t num_packets) {
  auto encoder = std::move(OpusStreamEncoder::Create({}).value());
  bool ok = encoder->set_bitrate(arguments.bitrate).ok() && encoder->set_complexity(9).ok();
  if (arguments.fec)
    ok = ok && encoder->set_inband_fec(true).ok() && encoder->set_expected_loss_percent(20).ok();
  if (!ok) Fail("out of range", "--bitrate");
  Stream stream;
  std::array<uint8_t, kMaxPacketBytes> bytes;
  for (size_t i = 0; i < num_packets; ++i) {
    const int size = encoder->Encode({speech.data() + i * kPacketFrames, kPacketFrames}, bytes);
    if (size <= 0) Fail("cannot be encoded", arguments.speech);
    stream.payloads.emplace_back(bytes.begin(), bytes.begin() + size);
    if (delays[i] < 0) continue;
    stream.packets.push_back({static_cast<double>(i) * kPacketMs + kPacketMs + delays[i], i});
  }
  std::stable_sort(stream.packets.begin(), stream.packets.end(),
                   [](const Packet& a, const Packet& b) { return a.arrival_ms < b.arrival_ms; });
  return stream;
}

/// Hands over packet `index` with copies of the `red` ones before it.
void Insert(JitterBuffer& buffer, const Stream& stream, size_t index, int red) {
  std::vector<RedundantCopy> copies;
  for (size_t distance = std::min(static_cast<size_t>(red), index); distance > 0; --distance) {
    copies.push_back(
        {static_cast<uint32_t>(distance * kPacketFrames), stream.payloads[index - distance]});
  }
  const auto number = static_cast<uint32_t>(index);
  buffer.InsertPacket({1, static_cast<uint16_t>(number + 1000), number * kPacketFrames + 4000},
                      stream.payloads[index], copies);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!Parse(argc, argv, arguments)) {
    std::fprintf(stderr,
                 "usage: replay SPEECH.wav TRACE.txt OUT.wav [--fec] [--red N] [--bitrate N] "
                 "[--min-delay ms] [--max-delay ms] "
                 "[--latency-hint interactive|balanced|playback]\n");
    return 2;
  }
  const std::vector<float> speech = ReadSpeech(arguments.speech);
  const std::vector<double> delays = ReadTrace(arguments.trace);
  const size_t num_packets = std::min(speech.size() / kPacketFrames, delays.size());
  const Stream stream = Send(arguments, speech, delays, num_packets);
  const std::vector<Packet>& packets = stream.packets;

  auto decoder = std::move(OpusStreamDecoder::Create({}).value());
  auto created = JitterBuffer::Create({.min_delay_ms = arguments.min_delay_ms,
                                       .max_delay_ms = arguments.max_delay_ms,
                                       .latency_hint = arguments.latency_hint},
                                      *decoder);
  if (!created.ok()) Fail(created.status().message(), "--min-delay, --max-delay");
  JitterBuffer& buffer = *created.value();

  std::vector<float> tick(static_cast<size_t>(buffer.frames_per_tick()));
  std::vector<int16_t> out;
  size_t next = 0;
  double cpu_seconds = 0;
  const double end_ms = static_cast<double>(num_packets) * kPacketMs + kTailMs;
  for (double now = 0; now < end_ms; now += kTickMs) {
    for (; next < packets.size() && packets[next].arrival_ms <= now; ++next) {
      Insert(buffer, stream, packets[next].index, arguments.red);
    }
    const auto start = std::chrono::steady_clock::now();
    buffer.GetAudio(tick);
    cpu_seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    for (const float x : tick)
      out.push_back(
          static_cast<int16_t>(std::lrint(std::clamp(x * 32768.0f, -32768.0f, 32767.0f))));
  }
  WriteSpeech(arguments.out, out);

  const JitterBufferStats& s = buffer.stats();
  const auto percent = [&s](int64_t samples) {
    return 100.0 * static_cast<double>(samples) / static_cast<double>(s.total_samples);
  };
  const double emitted = std::max(1.0, static_cast<double>(s.emitted_samples));
  std::printf(
      "{\"packets\":%zu,\"lost_pct\":%.2f,\"late_discarded\":%lld,\"concealed_pct\":%.3f,"
      "\"concealment_events\":%lld,"
      "\"mean_buffer_delay_ms\":%.1f,\"mean_target_delay_ms\":%.1f,\"accel_pct\":%.2f,\"decel_"
      "pct\":%.2f,"
      "\"interruptions\":%lld,\"us_per_10ms\":%.1f}\n",
      num_packets,
      100.0 * static_cast<double>(num_packets - packets.size()) / static_cast<double>(num_packets),
      static_cast<long long>(s.packets_discarded), percent(s.concealed_samples),
      static_cast<long long>(s.concealment_events), s.delay_sum_ms / emitted,
      s.target_delay_sum_ms / emitted, percent(s.removed_samples), percent(s.inserted_samples),
      static_cast<long long>(s.interruptions), 1e6 * cpu_seconds / (end_ms / kTickMs));
  return 0;
}
