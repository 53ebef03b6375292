// Layer normalization over the last axis, a sum before it where wanted; src/tensor/layer-norm.ts has the formulas.
#pragma once

#include <cmath>

#include "keep.h"
#include "linear.h"

namespace vitlab {

/** x + drop(branch), element by element; without x, drop(branch) alone. */
inline void addDropped(long rows, long columns, const float* x, const float* branch, const Keep& keep, float* y) {
  divide(rows, 1, (double)rows * columns > 1e5, [&](long first, long end) {
    for (long row = first; row < end; row++)
      for (long column = 0; column < columns; column += kWide * kLanes) {
        Vector factors[kWide] = {};
        if (keep.drops()) keep.factors<kWide>(row, column, factors);
        for (int w = 0; w < kWide; w++) {
          const long at = row * columns + column + w * kLanes;
          const long left = columns - column - w * kLanes, count = left < kLanes ? left : kLanes;
          if (count <= 0) continue;
          Vector sum = count == kLanes ? load(branch + at) : loadPart(branch + at, count);
          if (keep.drops()) sum *= factors[w];
          if (x) sum += count == kLanes ? load(x + at) : loadPart(x + at, count);
          if (count == kLanes) store(y + at, sum);
          else storePart(y + at, sum, count);
        }
      }
  });
}

/** `statistics` `[rows, 2]`: the mean of each row, and 1 / √(variance + ε). */
inline void layerNorm(long rows, long features, const float* x, const float* scale, const float* shift, float epsilon, float* y,
                      float* statistics) {
  divide(rows, 1, (double)rows * features > 1e5, [&](long first, long end) {
    for (long row = first; row < end; row++) {
      const float* from = x + row * features;
      Vector sums = {};
      long i = 0;
      for (; i + kLanes <= features; i += kLanes) sums += load(from + i);
      if (i < features) sums += loadPart(from + i, features - i);
      const float mean = sumOf(sums) / features;
      Vector squares = {};
      for (i = 0; i + kLanes <= features; i += kLanes) {
        const Vector centered = load(from + i) - mean;
        squares += centered * centered;
      }
      float rest = 0;
      for (; i < features; i++) rest += (from[i] - mean) * (from[i] - mean);
      const float inverse = 1 / std::sqrt((sumOf(squares) + rest) / features + epsilon);
      statistics[2 * row] = mean;
      statistics[2 * row + 1] = inverse;
      float* to = y + row * features;
      for (i = 0; i + kLanes <= features; i += kLanes)
        store(to + i, (load(from + i) - mean) * inverse * load(scale + i) + load(shift + i));
      for (; i < features; i++) to[i] = (from[i] - mean) * inverse * scale[i] + shift[i];
    }
  });
}

inline void layerNormGradient(long rows, long features, const float* x, const float* scale, const float* statistics,
                              const float* dy, float* dx, float* dScale, float* dShift) {
  const bool worth = (double)rows * features > 1e5;
  const int parts = worth ? Threads::shared().count() : 1;
  const long padded = (features + kLanes - 1) / kLanes * kLanes;
  Scratch::Use scratch;
  // Each thread sums the gradients of its rows; the sums are added in the threads' order.
  float* sums = scratch.take(parts * 2 * padded);
  const auto work = [&](int part) {
    float* dScales = sums + part * 2 * padded;
    float* dShifts = dScales + padded;
    std::memset(dScales, 0, 2 * padded * sizeof(float));
    const Range range = partOf(rows, part, parts);
    for (long row = range.first; row < range.end; row++) {
      const float mean = statistics[2 * row], inverse = statistics[2 * row + 1];
      const float *from = x + row * features, *dyRow = dy + row * features;
      const auto each = [&](const auto& visit) {
        for (long i = 0; i < features; i += kLanes) {
          const long left = features - i;
          if (left >= kLanes) visit(i, kLanes, load(from + i), load(dyRow + i), load(scale + i));
          else visit(i, left, loadPart(from + i, left), loadPart(dyRow + i, left), loadPart(scale + i, left));
        }
      };
      Vector slopes = {}, along = {};
      each([&](long i, long, Vector value, Vector d, Vector gamma) {
        const Vector normalized = (value - mean) * inverse;
        slopes += d * gamma;
        along += d * gamma * normalized;
        store(dScales + i, load(dScales + i) + d * normalized);
        store(dShifts + i, load(dShifts + i) + d);
      });
      const float slope = sumOf(slopes) / features, lean = sumOf(along) / features;
      each([&](long i, long count, Vector value, Vector d, Vector gamma) {
        const Vector normalized = (value - mean) * inverse;
        const Vector result = (d * gamma - slope - normalized * lean) * inverse;
        if (count == kLanes) store(dx + row * features + i, result);
        else storePart(dx + row * features + i, result, count);
      });
    }
  };
  if (parts == 1) work(0);
  else Threads::shared().each(work);
  for (long i = 0; i < features; i++) {
    dScale[i] = dShift[i] = 0;
    for (int part = 0; part < parts; part++) {
      dScale[i] += sums[part * 2 * padded + i];
      dShift[i] += sums[part * 2 * padded + padded + i];
    }
  }
}

}  // namespace vitlab
