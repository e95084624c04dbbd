#!/bin/sh
# Makes tests/data/h264: short streams of x264, and what FFmpeg's own decoder makes of them, an MD5 a picture (I420). Run it in this
# folder; needs ffmpeg with libx264.
set -eu
mkdir -p h264
make() { # NAME SIZE PICTURES OPTION…
  name=$1 size=$2 pictures=$3
  shift 3
  # The message with the settings of x264 is left out; so is the time code of the pictures' pattern.
  ffmpeg -v error -y -f lavfi -i "testsrc2=size=$size:rate=30" -frames:v "$pictures" -pix_fmt yuv420p -c:v libx264 -threads 1 "$@" \
    -bsf:v filter_units=remove_types=6 -f h264 "h264/$name.h264"
}
add_sums() { # NAME
  name=$1
  ffmpeg -v error -i "h264/$name.h264" -fps_mode passthrough -f framemd5 - | sed -n 's/^0,.*, *\([0-9a-f]\{32\}\)$/\1/p' > "h264/$name.h264.md5"
}
make baseline 176x144 12 -profile:v baseline -crf 30 -g 6
make slices 98x62 8 -profile:v baseline -crf 28 -x264-params slices=3:ref=3
make main 98x62 12 -profile:v main -crf 30 -bf 0
make high 98x62 10 -profile:v high -crf 26 -bf 0 -x264-params 8x8dct=1
for name in baseline slices main high; do add_sums "$name"; done
# What is refused has no pictures.
make b-frames 98x62 6 -profile:v main -crf 30 -bf 2 -x264-params b-pyramid=none
make interlaced 96x64 3 -profile:v main -crf 35 -x264-params interlaced=1
make high10 96x64 2 -pix_fmt yuv420p10le -profile:v high10 -crf 35
