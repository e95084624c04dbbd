#!/usr/bin/env bash
# get-emscripten.sh PREFIX: Emscripten 3.1.69 for a machine without it, from the Debian mirror that the machine already uses.
#
# Debian 12's own Emscripten is too old and trixie's does not install on Debian 12, but their packages run side by side out
# of one folder: clang, lld and llvm 19 come from bookworm, emscripten (architecture: all) from trixie, and trixie's binaryen
# runs on trixie's own libc. Needs no root, changes nothing outside PREFIX, and apt checks every package's signature.
# An interrupted run leaves PREFIX absent; the next one uses the packages already fetched.
set -euo pipefail

fail() { echo "get-emscripten: $*" >&2; exit 1; }

final=$1
[ ! -e "$final" ] || exit 0
arch=$(dpkg --print-architecture 2>/dev/null || true)
[ "$arch" = amd64 ] || fail "only Debian on amd64 is known to work; install emsdk (3.1.69 or newer) and put emcc on PATH"
triplet=x86_64-linux-gnu
loader=ld-linux-x86-64.so.2
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
  awk '$2 ~ /^(oldstable|stable|testing|bookworm|trixie|forky|sid)$/ { print $1; exit }')
[ -n "$mirror" ] || fail "no Debian source is configured on this machine; install emsdk and put emcc on PATH"

work=$final.part
apt=$final.packages
rm -rf "$work"
mkdir -p "$work" "$apt"/{cache/archives/partial,parts,debs}

# apt with lists of its own: the system's configuration of mirrors, proxies and keys applies, its state stays untouched.
apt_in() {
  local suite=$1
  shift
  apt-get -q -o Dir::Etc::sourcelist="$apt/$suite.list" -o Dir::Etc::sourceparts="$apt/parts" \
    -o Dir::State::lists="$apt/lists-$suite" -o Dir::Cache="$apt/cache" -o Dir::State::status=/dev/null \
    -o Acquire::Retries=3 -o Acquire::Languages=none -o APT::Architecture="$arch" -o APT::Sandbox::User="$(id -un)" "$@"
}
fetch_from() {
  local suite=$1
  shift
  echo "deb [signed-by=$keyring arch=$arch] $mirror $suite main" >"$apt/$suite.list"
  mkdir -p "$apt/lists-$suite/partial"
  apt_in "$suite" update
  (cd "$apt/debs" && apt_in "$suite" download "$@")
}
fetch_from bookworm clang-19 libllvm19 libclang-cpp19 libclang-common-19-dev lld-19 llvm-19 llvm-19-linker-tools \
  libz3-4 libedit2 libbsd0 libmd0 libxml2 libicu72 node-acorn
fetch_from trixie emscripten binaryen libc6 libstdc++6 libgcc-s1

for deb in "$apt"/debs/*.deb; do
  case ${deb##*/} in
    binaryen* | libc6* | libstdc++6* | libgcc-s1*) to=$work/trixie ;;
    *) to=$work/root ;;
  esac
  mkdir -p "$to"
  dpkg-deb --fsys-tarfile "$deb" | tar x -C "$to" --exclude='*/wasm32-emscripten/pic' \
    --exclude='*/wasm32-emscripten/lto-pic' --exclude='./usr/share/emscripten/test' --exclude='./usr/share/doc/*/*.html'
done

lib=$work/root/usr/lib
for library in "$lib/$triplet"/lib{LLVM,z3,edit,bsd,md,xml2,icuuc,icudata}*.so.*; do
  ln -sf "../../$triplet/${library##*/}" "$lib/llvm-19/lib/${library##*/}"
done
emscripten=$work/root/usr/share/emscripten
mkdir -p "$emscripten/node_modules" "$work/binaryen/bin" "$work/llvm/bin"
ln -sfn ../../nodejs/acorn "$emscripten/node_modules/acorn"

wrap() {
  printf '#!/bin/sh\nr="$(dirname "$(readlink -f "$0")")/../.."\n%s\n' "$2" >"$1"
  chmod +x "$1"
}
for tool in "$work"/trixie/usr/bin/*; do
  name=${tool##*/}
  libs="\$r/trixie/usr/lib/$triplet"
  wrap "$work/binaryen/bin/$name" "exec \"$libs/$loader\" --library-path \"$libs\" \"\$r/trixie/usr/bin/$name\" \"\$@\""
done
for tool in "$lib"/llvm-19/bin/*; do
  name=${tool##*/}
  wrap "$work/llvm/bin/$name" "LD_LIBRARY_PATH=\"\$r/root/usr/lib/llvm-19/lib\" exec \"\$r/root/usr/lib/llvm-19/bin/$name\" \"\$@\""
done

# Beside emcc.py, where Emscripten looks by itself: builds need no environment variable.
cat >"$emscripten/.emscripten" <<CONFIG
LLVM_ROOT = '$final/llvm/bin'
BINARYEN_ROOT = '$final/binaryen'
NODE_JS = 'node'
FROZEN_CACHE = True
LLVM_ADD_VERSION = ''
CLANG_ADD_VERSION = ''
CONFIG
mv "$work" "$final"
rm -rf "$apt"
