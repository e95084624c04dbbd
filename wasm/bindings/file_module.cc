// earshot-file.wasm: Ogg Opus files and sample rate conversion, for the command line. Its memory
// grows as a file demands; the code below bounds that. Negative results are StatusCodes.
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "bindings/boundary.h"
#include "bindings/planar_block.h"
#include "codec/ogg_opus_reader.h"
#include "codec/ogg_opus_writer.h"
#include "dsp/resampler.h"

using earshot::StatusCode;
using earshot::ToInt;

namespace {

constexpr int kMaxResamplerFrames = 65536;
constexpr int kTextBytes = 256;

struct Writer {
  std::unique_ptr<earshot::OggOpusWriter> ogg;
  std::array<uint8_t, earshot::abi::kMaxOpusPacketBytes> packet;
  std::vector<uint8_t> pages;
};

struct Reader {
  std::unique_ptr<earshot::OggOpusReader> ogg;
  std::array<uint8_t, earshot::OggOpusReader::kMaxFeedBytes> input;
  earshot::OggOpusReader::Packet packet;
  std::array<double, static_cast<size_t>(earshot::abi::OggPacketField::kCount)> fields;
  std::array<double, static_cast<size_t>(earshot::abi::OggHeaderField::kCount)> header;
};

struct RateConverter {
  earshot::Resampler resampler;
  earshot::PlanarBlock input;
  earshot::PlanarBlock output;
};

}  // namespace

extern "C" {

int abi_version() { return earshot::abi::kAbiVersion; }

/// Memory for a text argument, used by the next call that takes one.
char* text_buffer() {
  static std::array<char, kTextBytes> text;
  return text.data();
}

/// `vendor_bytes` of text_buffer name the encoder library, the `comment_bytes` behind them are one
/// NAME=value.
Writer* ogg_writer_create(int num_channels, int pre_skip, uint32_t input_sample_rate_hz,
                          uint32_t serial, int vendor_bytes, int comment_bytes) {
  if (vendor_bytes < 0 || comment_bytes < 0 || vendor_bytes > kTextBytes ||
      comment_bytes > kTextBytes - vendor_bytes) {
    return nullptr;
  }
  earshot::OggOpusWriterConfig config;
  config.header = {num_channels, pre_skip, input_sample_rate_hz, 0};
  config.serial = serial;
  config.vendor.assign(text_buffer(), static_cast<size_t>(vendor_bytes));
  config.comment.assign(text_buffer() + vendor_bytes, static_cast<size_t>(comment_bytes));
  auto ogg = earshot::OggOpusWriter::Create(config);
  if (!ogg.ok()) return nullptr;
  auto* writer = new (std::nothrow) Writer;
  if (writer != nullptr) writer->ogg = std::move(ogg).value();
  return writer;
}

void ogg_writer_destroy(Writer* writer) { delete writer; }
uint8_t* ogg_writer_packet(Writer* writer) { return writer->packet.data(); }

/// Appends the packet in ogg_writer_packet.
int ogg_writer_write(Writer* writer, int bytes) {
  if (bytes < 0 || bytes > earshot::abi::kMaxOpusPacketBytes) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  return ToInt(writer->ogg->Write(std::span(writer->packet).first(static_cast<size_t>(bytes))));
}

/// Ends the stream after `num_frames` at 48 kHz, the pre-skip not counted.
int ogg_writer_finish(Writer* writer, double num_frames) {
  if (!(num_frames >= 0 && num_frames < 1e15)) return ToInt(StatusCode::kInvalidArgument);
  return ToInt(writer->ogg->Finish(static_cast<int64_t>(num_frames)));
}

/// Takes the pages made since the last call: returns their size; ogg_writer_bytes is where they
/// are, until the next call.
int ogg_writer_take(Writer* writer) {
  writer->pages = writer->ogg->TakePages();
  return static_cast<int>(writer->pages.size());
}
const uint8_t* ogg_writer_bytes(Writer* writer) { return writer->pages.data(); }

Reader* ogg_reader_create() {
  auto ogg = earshot::OggOpusReader::Create();
  if (!ogg.ok()) return nullptr;
  auto* reader = new (std::nothrow) Reader;
  if (reader != nullptr) reader->ogg = std::move(ogg).value();
  return reader;
}

void ogg_reader_destroy(Reader* reader) { delete reader; }
/// 65,536 bytes.
uint8_t* ogg_reader_input(Reader* reader) { return reader->input.data(); }

/// Appends the first `bytes` of ogg_reader_input; 0 bytes end the file.
int ogg_reader_feed(Reader* reader, int bytes) {
  if (bytes < 0 || bytes > static_cast<int>(reader->input.size())) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  if (bytes > 0) {
    return ToInt(reader->ogg->Feed(std::span(reader->input).first(static_cast<size_t>(bytes))));
  }
  reader->ogg->Finish();
  return 0;
}

/// 1 when ogg_reader_packet and ogg_reader_fields hold the next packet, 0 when more input is needed
/// or the file is read, else a StatusCode that ogg_reader_error explains.
int ogg_reader_next(Reader* reader) {
  using Field = earshot::abi::OggPacketField;
  const bool found = reader->ogg->Next(reader->packet);
  if (!reader->ogg->status().ok()) return ToInt(reader->ogg->status());
  if (!found) return 0;
  const earshot::OggOpusReader::Packet& packet = reader->packet;
  const auto set = [reader](Field field, auto value) {
    reader->fields[static_cast<size_t>(field)] = static_cast<double>(value);
  };
  set(Field::kBytes, packet.bytes.size());
  set(Field::kGapFrames, packet.gap_frames);
  set(Field::kSkipFrames, packet.skip_frames);
  set(Field::kKeepFrames, packet.keep_frames);
  set(Field::kFirstOfStream, packet.first_of_stream);
  return 1;
}

const uint8_t* ogg_reader_packet(Reader* reader) { return reader->packet.bytes.data(); }
const double* ogg_reader_fields(Reader* reader) { return reader->fields.data(); }
const char* ogg_reader_error(Reader* reader) { return reader->ogg->status().message(); }
/// Whether the newest stream came to its end; without it the file was cut off.
int ogg_reader_complete(Reader* reader) { return reader->ogg->complete() ? 1 : 0; }

/// OpusHead of the stream being read; null before it was found.
const double* ogg_reader_header(Reader* reader) {
  using Field = earshot::abi::OggHeaderField;
  if (!reader->ogg->has_header()) return nullptr;
  const earshot::OggOpusHeader& header = reader->ogg->header();
  const auto set = [reader](Field field, auto value) {
    reader->header[static_cast<size_t>(field)] = static_cast<double>(value);
  };
  set(Field::kNumChannels, header.num_channels);
  set(Field::kPreSkip, header.pre_skip);
  set(Field::kInputSampleRateHz, header.input_sample_rate_hz);
  set(Field::kOutputGain, header.output_gain_q8_db);
  return reader->header.data();
}

RateConverter* resampler_create(int input_rate_hz, int output_rate_hz, int num_channels,
                                int max_frames) {
  if (max_frames < 1 || max_frames > kMaxResamplerFrames || num_channels < 1 || num_channels > 2) {
    return nullptr;
  }
  auto resampler = earshot::Resampler::Create({input_rate_hz, output_rate_hz, num_channels});
  if (!resampler.ok()) return nullptr;
  const int max_output = resampler.value().MaxOutput(max_frames);
  return new RateConverter{std::move(resampler).value(),
                           earshot::PlanarBlock(num_channels, max_frames),
                           earshot::PlanarBlock(num_channels, max_output)};
}

void resampler_destroy(RateConverter* converter) { delete converter; }
float* resampler_input(RateConverter* converter, int channel) {
  return converter->input.plane(channel);
}
float* resampler_output(RateConverter* converter, int channel) {
  return converter->output.plane(channel);
}

/// Takes the first `frames` of the inputs; returns how many frames of the outputs are now valid.
int resampler_process(RateConverter* converter, int frames) {
  if (!converter->input.Holds(frames)) return ToInt(StatusCode::kInvalidArgument);
  return converter->resampler.Process(converter->input.const_first(frames),
                                      converter->output.first(converter->output.max_frames()));
}

/// How far the output lags the input, in output samples.
double resampler_delay(RateConverter* converter) { return converter->resampler.DelaySamples(); }

}  // extern "C"
