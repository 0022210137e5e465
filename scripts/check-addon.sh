#!/usr/bin/env bash
# The tests of the native network against an addon that is built with the address and undefined-behaviour sanitizers:
# catches reads and writes past borrowed typed arrays. Works on a copy; the tree's own build is left alone.
# Needs g++ and an installed tree (`npm ci`).
set -euo pipefail
cd "$(dirname "$0")/.."
repo=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tar -c --exclude=./node_modules --exclude=./.git --exclude=./native/build . | tar -x -C "$work"
ln -s "$repo/node_modules" "$work/node_modules"
cd "$work"

sanitize="-fsanitize=address,undefined -fno-sanitize-recover=undefined"
CXXFLAGS="$sanitize -g -fno-omit-frame-pointer -D_GLIBCXX_ASSERTIONS -UNDEBUG" LDFLAGS="$sanitize" \
  npm run --silent build:native >build.log 2>&1 || { tail -n 40 build.log; exit 1; }
nm -D native/build/Release/spikeline.node >symbols
grep -q __asan_init symbols || {
  echo "Expected the addon to be instrumented, but it is not."
  exit 1
}

# Node itself allocates for ever; leaks are the business of scripts/check-kernel.sh.
status=0
LD_PRELOAD=$(g++ -print-file-name=libasan.so) ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 \
  node node_modules/vitest/vitest.mjs run --config test/vitest.config.ts --project unit test/native test/network \
  2>&1 | tee tests.log || status=$?
if grep -E 'runtime error|ERROR: AddressSanitizer' tests.log; then status=1; fi
exit "$status"
