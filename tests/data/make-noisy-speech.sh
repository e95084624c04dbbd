#!/bin/sh
# Rebuilds clean-speech.wav, room-noise.wav and noisy-speech.opus from their sources (see CREDITS.md).
# usage: make-noisy-speech.sh [SOURCES]   a folder with speech/kerstin-de-48k and noise/speech-commands-bg-16k
# Needs sox, opusenc and Node. Not part of the build: its results are committed.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
sources=${1:-$here/../../../shared/data}
if [ ! -d "$sources/speech/kerstin-de-48k" ]; then
  echo "make-noisy-speech: no $sources/speech/kerstin-de-48k: give the folder of sources" >&2
  exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Three sentences with pauses, 10 s in all, quiet at both ends so that a loop has no audible seam.
for id in 0208 0115 0201; do
  sox "$sources/speech/kerstin-de-48k/de_rhasspy-$id.flac" -b 16 "$work/$id.wav" norm -4 pad 0.3 0.22
done
sox "$work/0208.wav" "$work/0115.wav" "$work/0201.wav" "$work/joined.wav"
# 24 kHz keeps the speech to 12 kHz and the files small.
sox "$work/joined.wav" -b 16 -r 24000 "$here/clean-speech.wav" fade 0.02 10 0.02 dither
# The noise stays at its own 16 kHz (a third of the bytes); whoever mixes it resamples.
sox "$sources/noise/speech-commands-bg-16k/exercise_bike.flac" -b 16 "$here/room-noise.wav" trim 26 10 fade 0.02 10 0.02 norm -6
node "$here/mix-noisy-speech.mjs" "$work/noisy.wav"
opusenc --quiet --bitrate 112 --comp 10 "$work/noisy.wav" "$here/noisy-speech.opus"
