// One step of Adam over all parameters; src/train/optimizers/adam.ts has the formulas.
#pragma once

#include <cmath>

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
};

/** Reads four vectors and writes three, once; `decayed`, where given, is 1 where weights decay. */
inline void adam(long size, const AdamStep& s, const float* weights, const float* gradient, const float* mean,
                 const float* square, const float* decayed, float* newWeights, float* newMean, float* newSquare) {
  // Left out where they count for nothing: nothing times infinity would be NaN.
  const bool penalized = s.penalty != 0, shrunk = s.shrinkage != 0;
  divide(size, kLanes, size > 32768, [&](long first, long end) {
    for (long i = first; i < end; i += kLanes) {
      const long left = end - i, count = left < kLanes ? left : kLanes;
      const auto read = [&](const float* from) { return count == kLanes ? load(from + i) : loadPart(from + i, count); };
      const auto write = [&](float* to, Vector value) {
        if (count == kLanes) store(to + i, value);
        else storePart(to + i, value, count);
      };
      const Vector w = read(weights);
      const Vector shrinking = decayed ? w * read(decayed) : w;
      const Vector slope = penalized ? read(gradient) + shrinking * s.penalty : read(gradient);
      const Vector m = read(mean) * s.beta1 + slope * s.fresh1;
      const Vector v = read(square) * s.beta2 + slope * slope * s.fresh2;
      Vector root;
      for (int lane = 0; lane < kLanes; lane++) root[lane] = std::sqrt(v[lane]);
      write(newWeights, (shrunk ? w - shrinking * s.shrinkage : w) - m / (root * s.correction + s.epsilon) * s.rate);
      write(newMean, m);
      write(newSquare, v);
    }
  });
}

}  // namespace vitlab
