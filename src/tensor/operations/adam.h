// One step of Adam over all parameters; src/train/optimizers/adam.ts has the formulas.
#pragma once

#include <cmath>
#include <vector>

#include "simd.h"
#include "threads.h"

namespace vitlab {

struct AdamStep {
  float beta1, beta2;
  /** 1 - beta1 and 1 - beta2, which a float of nearly 1 no longer tells exactly. */
  float fresh1, fresh2;
  float epsilon;
  /** Learning rate over 1 - beta1^update, and 1 / √(1 - beta2^update). */
  float rate, correction;
  /** Share of the weights added to the gradient (Adam) or taken from the weights (AdamW). */
  float penalty, shrinkage;
  /** What the gradients are multiplied by first. */
  float gradientScale;
};

/** One parameter and what is kept of it; new means and squares may stand where the old ones do. */
struct AdamParameter {
  long size;
  const float *weights, *gradient, *mean, *square;
  /** Whether its weights decay, 1 or 0. */
  float decayed;
  /** The part of the step that it takes. */
  float share;
  float *newWeights, *newMean, *newSquare;
};

/** Some of a parameter's numbers; what is returned is 0 where all new weights are finite, otherwise NaN. */
inline Vector adamPart(const AdamParameter& p, long first, long end, const AdamStep& s) {
  // Left out where they count for nothing: nothing times infinity would be NaN.
  const bool scaled = s.gradientScale != 1, partly = p.share != 1;
  const bool penalized = s.penalty * p.decayed != 0, shrunk = s.shrinkage * p.decayed != 0;
  Vector probe = {};
  for (long i = first; i < end; i += kLanes) {
    const long left = end - i, count = left < kLanes ? left : kLanes;
    const auto read = [&](const float* from) { return count == kLanes ? load(from + i) : loadPart(from + i, count); };
    const auto write = [&](float* to, Vector value) {
      if (count == kLanes) store(to + i, value);
      else storePart(to + i, value, count);
    };
    const Vector w = read(p.weights);
    Vector slope = scaled ? read(p.gradient) * s.gradientScale : read(p.gradient);
    if (penalized) slope += w * s.penalty;
    const Vector m = read(p.mean) * s.beta1 + slope * s.fresh1;
    const Vector v = read(p.square) * s.beta2 + slope * slope * s.fresh2;
    Vector root;
    for (int lane = 0; lane < kLanes; lane++) root[lane] = std::sqrt(v[lane]);
    Vector next = (shrunk ? w - w * s.shrinkage : w) - m / (root * s.correction + s.epsilon) * s.rate;
    if (partly) next = w + (next - w) * p.share;
    probe += next * 0.0f;
    write(p.newWeights, next);
    write(p.newMean, m);
    write(p.newSquare, v);
  }
  return probe;
}

/** Reads four numbers and writes three for each weight, once; returns 0, or NaN where a new weight is infinite or NaN. */
inline float adam(const std::vector<AdamParameter>& parameters, const AdamStep& s) {
  long size = 0;
  for (const AdamParameter& p : parameters) size += p.size;
  std::atomic<bool> finite{true};
  divide(size, kLanes, size > 32768, [&](long first, long end) {
    Vector probe = {};
    long start = 0;
    for (const AdamParameter& p : parameters) {
      const long from = first > start ? first - start : 0, to = end - start < p.size ? end - start : p.size;
      if (from < to) probe += adamPart(p, from, to, s);
      start += p.size;
    }
    if (sumOf(probe) != 0) finite = false;
  });
  return finite ? 0 : NAN;
}

/** The sum of a tensor's squares, of which no number gets too small for the sum. */
inline float sumOfSquares(const float* numbers, long size) {
  constexpr long block = 4096;
  double total = 0;
  for (long first = 0; first < size; first += block) {
    const long end = first + block < size ? first + block : size;
    Vector sum = {};
    long i = first;
    for (; i + kLanes <= end; i += kLanes) sum += load(numbers + i) * load(numbers + i);
    if (i < end) {
      const Vector rest = loadPart(numbers + i, end - i);
      sum += rest * rest;
    }
    total += sumOf(sum);
  }
  return (float)total;
}

}  // namespace vitlab
