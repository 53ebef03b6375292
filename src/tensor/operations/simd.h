// A vector of floats as wide as the processor's registers, and the functions of it that the operations need.
#pragma once

#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__AVX__)
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

#if defined(__AVX512F__)
inline __mmask16 firstOf(long count) { return (__mmask16)((1u << count) - 1); }
#endif

#if defined(__wasm__)
// What is rare and called in many places would make a shipped module several times as large.
#define VITLAB_ONCE __attribute__((noinline)) inline
#else
#define VITLAB_ONCE inline
#endif

/** The first `count` of `kLanes` floats; the others are 0. */
VITLAB_ONCE Vector loadPart(const float* from, long count) {
#if defined(__AVX512F__)
  return (Vector)_mm512_maskz_loadu_ps(firstOf(count), from);
#else
  Vector value = {};
  std::memcpy(&value, from, count * sizeof(float));
  return value;
#endif
}

/** A vector of which `left` floats are there, all of them or none as well; the others are 0. */
inline Vector loadUpTo(const float* from, long left) {
  return left >= kLanes ? load(from) : left > 0 ? loadPart(from, left) : Vector{};
}

VITLAB_ONCE void storePart(float* to, Vector value, long count) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, firstOf(count), (__m512)value);
#else
  std::memcpy(to, &value, count * sizeof(float));
#endif
}

/** Minus zero, because adding it would cost an addition: -0 + 0 is 0. */
inline Vector all(float value) { return value - Vector{}; }

/** sum + a b, rounded once where the processor has it as one instruction, as the compiler has it everywhere but in WebAssembly. */
inline Vector plusProduct(Vector sum, Vector a, Vector b) {
#if defined(__wasm_relaxed_simd__)
  return __builtin_wasm_relaxed_madd_f32x4(a, b, sum);
#else
  return sum + a * b;
#endif
}

// Where one of both is NaN, these are b, as the processor's own instructions have it.
inline Vector larger(Vector a, Vector b) {
#if defined(__AVX512F__)
  return (Vector)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(__AVX__)
  return (Vector)_mm256_max_ps((__m256)a, (__m256)b);
#else
  return a > b ? a : b;
#endif
}

inline Vector smaller(Vector a, Vector b) {
#if defined(__AVX512F__)
  return (Vector)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(__AVX__)
  return (Vector)_mm256_min_ps((__m256)a, (__m256)b);
#else
  return a < b ? a : b;
#endif
}

/** 1 / x to the last place or two, for x that is neither 0 nor infinite: a division takes several times as long. */
inline Vector reciprocal(Vector x) {
#if defined(__AVX512F__)
  const Vector guess = (Vector)_mm512_rcp14_ps((__m512)x);
  // One step of Newton's doubles the 14 bits.
  return guess * (2.0f - x * guess);
#elif defined(__wasm__)
  // Other processors are told to take numbers too small for a float's whole precision for 0; this one can't be.
  return x > 8.5070587e37f ? Vector{} : 1.0f / x;
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

/** A vector turned by so many elements. */
template <int BY, int... LANE>
inline Vector turned(Vector value, std::integer_sequence<int, LANE...>) {
  return pick(value, value, std::integer_sequence<int, (LANE + BY) % kLanes...>{});
}

/** What `meet` makes of all elements, two by two: of 16 in four steps. */
template <int BY = kLanes / 2, typename Meet>
inline float together(Vector value, const Meet& meet) {
  if constexpr (BY == 0) return value[0];
  else return together<BY / 2>(meet(value, turned<BY>(value, std::make_integer_sequence<int, kLanes>{})), meet);
}

inline float sumOf(Vector value) {
  return together(value, [](Vector a, Vector b) { return a + b; });
}

inline float largestOf(Vector value) { return together(value, larger); }

/**
 * e to the power x, to 2 units in the last place: 2^n times a polynomial of the rest, |rest| <= ln(2) / 2 (Cody and Waite,
 * "Software Manual for the Elementary Functions", 1980, chapter 6). Below -87 it is 0, NaN stays NaN.
 */
inline Vector exponential(Vector x) {
  const Vector low = all(-87.0f), high = all(88.0f);
  const Vector inside = smaller(high, larger(low, x));
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
#if defined(__AVX512F__)
  return (Vector)_mm512_maskz_scalef_ps(_mm512_cmp_ps_mask((__m512)x, (__m512)low, _CMP_NLT_UQ), (__m512)sum, (__m512)n);
#else
  const Integers exponent = ((Integers)shifted - (Integers)shifter) << 23;
  const Vector result = (Vector)((Integers)sum + exponent);
  const Vector known = x < low ? Vector{} : result;
  return x == x ? known : x;
#endif
}

}  // namespace vitlab
