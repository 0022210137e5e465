#include "kernel/random.hpp"

#include "tests.hpp"

namespace spikeline::test {

void TestRandom(Checks& t) {
  t.Test("the generator is xoshiro128++", [&] {
    // From the authors' C code with the state 1, 2, 3, 4.
    Random random(0);
    random.set_state({1, 2, 3, 4});
    t.Expect(random.Next() == 641, "first");
    t.Expect(random.Next() == 1573767, "second");
    t.Expect(random.Next() == 3222811527U, "third");
  });
  t.Test("no seed makes a generator that stands still", [&] {
    for (std::uint32_t seed = 0; seed < 1000; ++seed) {
      const Random::State s = Random(seed).state();
      t.Expect((s[0] | s[1] | s[2] | s[3]) != 0, "a state is not all 0");
    }
  });
  t.Test("units lie in [0, 1) around a half", [&] {
    Random random(3);
    double sum = 0;
    for (int k = 0; k < 10000; ++k) {
      const float unit = random.NextUnit();
      t.Expect(unit >= 0 && unit < 1, "in range");
      sum += static_cast<double>(unit);
    }
    t.Expect(sum > 4850 && sum < 5150, "the mean is within five standard deviations");
  });
  t.Test("the order of words matters to a key", [&] { t.Expect(HashWords(1, 2) != HashWords(2, 1), "1, 2 and 2, 1"); });
}

}  // namespace spikeline::test
