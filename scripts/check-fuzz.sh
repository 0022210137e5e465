#!/usr/bin/env bash
# Fuzzes the kernel for some seconds with libFuzzer and sanitizers: each target of test/native/fuzz, 60 s together.
# usage: scripts/check-fuzz.sh [seconds]
# A finding is kept as fuzz-crash-* in the current folder. Needs clang-14 with its runtime (another: CLANGXX=clang++).
set -euo pipefail
here=$PWD
cd "$(dirname "$0")/.."
repo=$PWD
seconds=${1:-60}
clangxx=${CLANGXX:-clang++-14}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

flags=(-std=c++20 -g -O1 -fno-omit-frame-pointer -ffp-contract=off -fsanitize=address,undefined
  -fno-sanitize-recover=undefined -D_GLIBCXX_ASSERTIONS -Wall -Wextra -Werror "-I$repo/native")

ls "$repo"/native/kernel/*.cpp |
  xargs -P "$(nproc)" -I{} "$clangxx" "${flags[@]}" -fsanitize=fuzzer-no-link -c {}

targets=("$repo"/test/native/fuzz/*.cc)
for source in "${targets[@]}"; do
  name=$(basename "$source" .cc)
  "$clangxx" "${flags[@]}" -fsanitize=fuzzer "$source" ./*.o -o "fuzz-$name"
  mkdir "corpus-$name"
  echo "fuzzing $name for $((seconds / ${#targets[@]})) s"
  "./fuzz-$name" -max_total_time=$((seconds / ${#targets[@]})) -max_len=4096 -print_final_stats=1 \
    -artifact_prefix="$here/fuzz-crash-$name-" "corpus-$name" >"$name.log" 2>&1 || {
    tail -n 60 "$name.log"
    exit 1
  }
  grep -E '^(Done|stat::)' "$name.log"
done
