// Non-linearities and their slopes; src/tensor/activation.ts has the formulas.
#pragma once

#include <type_traits>

#include "simd.h"

namespace vitlab {

enum class Activation { none, relu, gelu, geluTanh };

struct Active {
  Vector value;
  Vector slope;
};

/** The distribution function of the standard normal, and e^(-x²/2). */
struct Normal {
  Vector below;
  Vector bell;
};

/**
 * Exact to 1.5e-7: Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, 7.1.26, whose exponential is also the
 * density's.
 */
inline Normal normal(Vector x) {
  const Vector size = x < 0 ? -x : x;
  const Vector bell = exponential(x * x * -0.5f);
  const Vector t = reciprocal(smaller(size, all(1e6f)) * (0.3275911f * 0.70710678118654752f) + 1.0f);
  Vector sum = t * 1.061405429f + -1.453152027f;
  sum = sum * t + 1.421413741f;
  sum = sum * t + -0.284496736f;
  sum = sum * t + 0.254829592f;
  const Vector tail = sum * t * bell * 0.5f;
  return {x < 0 ? tail : 1.0f - tail, bell};
}

template <Activation KIND>
inline Active activate(Vector x) {
  if constexpr (KIND == Activation::relu) {
    return {x > 0 ? x : (x == x ? Vector{} : x), x > 0 ? all(1.0f) : Vector{}};
  } else if constexpr (KIND == Activation::gelu) {
    const Normal n = normal(x);
    return {x * n.below, n.below + x * n.bell * 0.3989422804014327f};
  } else if constexpr (KIND == Activation::geluTanh) {
    const Vector square = x * x;
    const Vector inner = x * (square * 0.044715f + 1.0f) * 0.7978845608028654f;
    const Vector below = reciprocal(exponential(inner * -2.0f) + 1.0f);
    const Vector steep = (square * (3 * 0.044715f) + 1.0f) * 0.7978845608028654f;
    return {x * below, below + x * below * (1.0f - below) * steep * 2.0f};
  } else {
    return {x, all(1.0f)};
  }
}

/** Calls `work` with an activation known to the compiler. */
template <typename Work>
inline void withActivation(int kind, const Work& work) {
  switch (kind) {
    case 1: return work(std::integral_constant<Activation, Activation::relu>{});
    case 2: return work(std::integral_constant<Activation, Activation::gelu>{});
    case 3: return work(std::integral_constant<Activation, Activation::geluTanh>{});
    default: return work(std::integral_constant<Activation, Activation::none>{});
  }
}

}  // namespace vitlab
