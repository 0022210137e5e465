// exp(x) in double precision from additions and multiplications alone, so that every machine gives the same bits;
// libm's is not specified to. For building decay tables: not for hot loops.
//
// Range reduction x = k ln 2 + r, |r| <= ln 2 / 2 (ln 2 in two parts, Cody & Waite), Taylor series of degree 13 by
// Horner, scaled by 2^k through the exponent bits. Within 2 units in the last place of the true value on [-700, 0].
#pragma once

namespace spikeline {

// Precondition: x <= 0. Below -700 the result is 0.
[[nodiscard]] double ExpNonPositive(double x) noexcept;

}  // namespace spikeline
