#!/usr/bin/env bash
# The kernel without Node: each header compiles alone, two compilers have nothing to warn of, and the unit tests of
# test/native/kernel pass with asserts, the address and undefined-behaviour sanitizers and the leak check.
# Needs g++ and clang++-14 (another: CLANGXX=clang++).
set -euo pipefail
cd "$(dirname "$0")/.."
repo=$PWD
clangxx=${CLANGXX:-clang++-14}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

common=(-std=c++20 -ffp-contract=off -fno-exceptions -fno-rtti "-I$repo/native")
warnings=(-Wall -Wextra -Werror)
sanitized=(-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
  -D_GLIBCXX_ASSERTIONS)

# One compiler call per file named on stdin, as many at once as there are cores.
for_each() { xargs -P "$(nproc)" -I{} "$@"; }

echo "headers alone"
for header in "$repo"/native/kernel/*.hpp; do
  name=$(basename "$header")
  echo "#include \"kernel/$name\"" >"header_${name%.hpp}.cpp"
done
ls "$work"/header_*.cpp | for_each g++ "${common[@]}" "${warnings[@]}" -Wconversion -fsyntax-only {}

echo "warnings of g++ and $clangxx"
ls "$repo"/native/kernel/*.cpp | for_each g++ "${common[@]}" "${warnings[@]}" -Wconversion -O3 -c {} -o /dev/null
ls "$repo"/native/kernel/*.cpp | for_each "$clangxx" "${common[@]}" "${warnings[@]}" -fsyntax-only {}

echo "unit tests with sanitizers"
ls "$repo"/native/kernel/*.cpp "$repo"/test/native/kernel/*.cpp |
  for_each g++ "${common[@]}" "${sanitized[@]}" "${warnings[@]}" -c {}
g++ "${sanitized[@]}" ./*.o -o kernel_tests
./kernel_tests
