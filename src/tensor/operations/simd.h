// A vector of floats as wide as the processor's registers, and the functions of it that the operations need.
#pragma once

#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace vitlab {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif

typedef float Vector __attribute__((vector_size(kLanes * 4)));
typedef int32_t Integers __attribute__((vector_size(kLanes * 4)));
typedef uint32_t Words __attribute__((vector_size(kLanes * 4)));

inline Vector load(const float* from) {
  Vector value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline void store(float* to, Vector value) { std::memcpy(to, &value, sizeof value); }

/** The first `count` of `kLanes` floats; the others are 0. */
inline Vector loadPart(const float* from, long count) {
  Vector value = {};
  std::memcpy(&value, from, count * sizeof(float));
  return value;
}

inline void storePart(float* to, Vector value, long count) { std::memcpy(to, &value, count * sizeof(float)); }

/** Minus zero, because adding it would cost an addition: -0 + 0 is 0. */
inline Vector all(float value) { return value - Vector{}; }

inline Vector larger(Vector a, Vector b) { return a > b ? a : b; }

inline Vector smaller(Vector a, Vector b) { return a < b ? a : b; }

/** 1 / x to the last place or two, for x that is neither 0 nor infinite: a division takes several times as long. */
inline Vector reciprocal(Vector x) {
#if defined(__AVX512F__)
  const Vector guess = (Vector)_mm512_rcp14_ps((__m512)x);
  // One step of Newton's doubles the 14 bits.
  return guess * (2.0f - x * guess);
#else
  return 1.0f / x;
#endif
}

/** Of two vectors the elements at `AT` of both, those of the second behind those of the first. */
template <int... AT>
inline Vector pick(Vector a, Vector b, std::integer_sequence<int, AT...>) {
#if defined(__clang__) || __GNUC__ >= 12
  return __builtin_shufflevector(a, b, AT...);
#else
  return __builtin_shuffle(a, b, Integers{AT...});
#endif
}

/** Swaps the blocks of DISTANCE x DISTANCE that lie off the diagonal of each block twice that large. */
template <int DISTANCE, int... LANE>
inline void swapBlocks(Vector* rows, std::integer_sequence<int, LANE...>) {
  constexpr std::integer_sequence<int, (LANE & DISTANCE ? kLanes + LANE - DISTANCE : LANE)...> left;
  constexpr std::integer_sequence<int, (LANE & DISTANCE ? kLanes + LANE : LANE + DISTANCE)...> right;
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; i++)
    if (!(i & DISTANCE)) {
      const Vector a = rows[i], b = rows[i + DISTANCE];
      rows[i] = pick(a, b, left);
      rows[i + DISTANCE] = pick(a, b, right);
    }
}

/** Transposes a square of as many vectors as a vector has elements: a quarter of a shuffle for each. */
template <int DISTANCE = kLanes / 2>
inline void transposeSquare(Vector* rows) {
  if constexpr (DISTANCE > 0) {
    swapBlocks<DISTANCE>(rows, std::make_integer_sequence<int, kLanes>{});
    transposeSquare<DISTANCE / 2>(rows);
  }
}

inline float sumOf(Vector value) {
  float sum = 0;
  for (int i = 0; i < kLanes; i++) sum += value[i];
  return sum;
}

inline float largestOf(Vector value) {
  float most = value[0];
  for (int i = 1; i < kLanes; i++) most = value[i] > most ? value[i] : most;
  return most;
}

/**
 * e to the power x, to 2 units in the last place: 2^n times a polynomial of the rest, |rest| <= ln(2) / 2 (Cody and Waite,
 * "Software Manual for the Elementary Functions", 1980, chapter 6). Below -87 it is 0, NaN stays NaN.
 */
inline Vector exponential(Vector x) {
  const Vector low = all(-87.0f), high = all(88.0f);
  const Vector inside = smaller(larger(x, low), high);
  // Adding 1.5 * 2^23 rounds to a whole number, which then stands in the lowest bits.
  const Vector shifter = all(12582912.0f);
  const Vector shifted = inside * 1.44269504088896341f + shifter;
  const Vector n = shifted - shifter;
  const Vector rest = (inside - n * 0.693359375f) - n * -2.12194440e-4f;
  Vector sum = rest * 1.9875691500e-4f + 1.3981999507e-3f;
  sum = sum * rest + 8.3334519073e-3f;
  sum = sum * rest + 4.1665795894e-2f;
  sum = sum * rest + 1.6666665459e-1f;
  sum = sum * rest + 5.0000001201e-1f;
  sum = sum * rest * rest + rest + 1.0f;
  const Integers exponent = ((Integers)shifted - (Integers)shifter) << 23;
  const Vector result = (Vector)((Integers)sum + exponent);
  const Vector known = x < low ? Vector{} : result;
  return x == x ? known : x;
}

}  // namespace vitlab
