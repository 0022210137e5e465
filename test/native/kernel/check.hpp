// The smallest harness that names what failed: a test is a sentence, a check is a sentence, a failure has its line.
// No registration, no macros, no dependency: main.cpp calls one function per file.
#pragma once

#include <cstdio>

namespace spikeline::test {

class Checks {
 public:
  // Runs one test; it passes if all its checks hold.
  template <typename Body>
  void Test(const char* sentence, Body body) {
    sentence_ = sentence;
    failed_checks_ = 0;
    body();
    ++(failed_checks_ == 0 ? passed_ : failed_);
  }

  bool Expect(bool holds, const char* what, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (holds) return true;
    // A broken loop shall not print a million lines.
    if (++failed_checks_ <= kMostPrinted) std::printf("%s:%d: %s\n  failed: %s\n", file, line, sentence_, what);
    return false;
  }

  [[nodiscard]] int Report() const {
    std::printf("%d passed, %d failed\n", passed_, failed_);
    return failed_ == 0 && passed_ > 0 ? 0 : 1;
  }

 private:
  static constexpr int kMostPrinted = 5;
  const char* sentence_ = "";
  int failed_checks_ = 0;
  int passed_ = 0;
  int failed_ = 0;
};

}  // namespace spikeline::test
