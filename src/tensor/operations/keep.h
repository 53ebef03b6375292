// Which elements dropout keeps: a pure function of two keys and the element's place, so that nothing has to be stored.
#pragma once

#include "simd.h"

namespace vitlab {

/**
 * Dropout's factors: 0, or 1 / (1 - rate) for an element that stays. src/tensor/dropout.ts states the generator and is its
 * other implementation; both give the same factors.
 *
 * A word serves two elements of a row, 16 columns apart: its lower half the first, its upper half the second.
 */
struct Keep {
  uint32_t first = 0;
  uint32_t second = 0;
  /** Of 65,536: how many draws are dropped. 0 where nothing is. */
  uint32_t dropped = 0;
  float scale = 1;
  /** Words of a row. */
  uint32_t width = 0;

  Keep() = default;

  /** `keys` are four floats, each with 16 bits of the two keys, lower halves first: a float holds no 32. */
  Keep(float rate, const float* keys, long columns) {
    if (!(rate > 0)) return;
    const long rounded = (long)(rate * 65536.0 + 0.5);
    dropped = (uint32_t)(rounded < 65535 ? rounded : 65535);
    first = (uint32_t)keys[0] | (uint32_t)keys[1] << 16;
    second = (uint32_t)keys[2] | (uint32_t)keys[3] << 16;
    scale = 65536.0f / (float)(65536 - dropped);
    width = (uint32_t)((columns + 31) / 32 * 16);
  }

  bool drops() const { return dropped > 0; }

  /** The words at a place of a row and the places after it. */
  Words words(long row, long place) const {
    constexpr uint32_t step = 0x9e3779b9u;
    Words x;
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; i++) x[i] = (uint32_t)i * step;
    x += ((uint32_t)row * width + (uint32_t)place) * step + first;
    x ^= x >> 16;
    x *= 0x21f0aaadu;
    x ^= second;
    x ^= x >> 15;
    x *= 0x735a2d97u;
    return x ^ (x >> 15);
  }

  /** Of draws of 16 bits. */
  Vector factorsOf(Words draws) const { return (Integers)draws >= (Integers{} + (int32_t)dropped) ? all(scale) : Vector{}; }

  /** Factors of WIDE vectors of a row, from a column that WIDE vectors divide. */
  template <int WIDE>
  __attribute__((always_inline)) void factors(long row, long column, Vector* to) const {
    if constexpr (WIDE * kLanes == 32) {
      Words drawn[WIDE];
      for (int w = 0; w < WIDE / 2; w++) {
        drawn[w] = words(row, column / 2 + w * kLanes);
        to[w] = factorsOf(drawn[w] & 0xffffu);
        to[w + WIDE / 2] = factorsOf(drawn[w] >> 16);
      }
    } else {
      for (int w = 0; w < WIDE; w++) {
        const long at = column + w * kLanes;
        const Words drawn = words(row, at / 32 * 16 + at % 16);
        to[w] = factorsOf(at / 16 % 2 ? drawn >> 16 : drawn & 0xffffu);
      }
    }
  }
};

}  // namespace vitlab
