// The linear layers with products in bfloat16; everything else of them is in float32, as in linear.h and feed-forward.h.
#pragma once

#include "bfloat16.h"
#include "feed-forward.h"
#include "refuse.h"

namespace vitlab {

#if VITLAB_BFLOAT16

/** How products in bfloat16 are computed here: in tiles, in vectors, or not at all. */
inline const char* bfloat16Instructions() { return hasTiles() ? "amx" : "avx512"; }

/** Floats that rows of rounded numbers take up. */
constexpr long keptSize(long rows, long columns) { return roundedSize(rows, columns) / 2; }

/** Room for rounded rows: given, to be kept for a gradient, or for this operation alone. */
inline uint16_t* roomFor(float* kept, long rows, long columns, Scratch::Use& scratch) {
  return kept ? reinterpret_cast<uint16_t*>(kept) : takeRounded(scratch, rows, columns);
}

inline Rounded keptRows(const float* kept, long columns) {
  return {reinterpret_cast<const uint16_t*>(kept), roundedStride(columns)};
}

inline Rounded roundedWeight(long inputs, long outputs, const float* weight, Scratch::Use& scratch) {
  return rounded(inputs, outputs, {weight, outputs}, takeRounded(scratch, inputs, outputs));
}

/** As `linear`; `kept`, where given, gets x rounded. */
inline void mixedLinear(long rows, long inputs, long outputs, const Matrix& x, const float* weight, const float* bias,
                        const float* residual, float* y, float* kept) {
  Scratch::Use scratch;
  const Rounded a = rounded(rows, inputs, x, roomFor(kept, rows, inputs, scratch));
  const LinearEnd end = {outputs, bias, residual, y};
  roundedProduct(rows, outputs, inputs, a, roundedWeight(inputs, outputs, weight, scratch), false,
                 [&](long row, long column, int count, const Tile<kWide>& tile) {
                   end.take<Activation::none>(row, column, count, tile);
                 });
}

/** As `weightGradient`, for x as `mixedLinear` kept it. */
inline void mixedWeightGradient(long rows, long inputs, long outputs, const float* kept, const float* dy, float* dWeight,
                                float* dBias) {
  Scratch::Use scratch;
  const Rounded b = rounded(rows, outputs, {dy, outputs}, takeRounded(scratch, rows, outputs));
  roundedWeightGradient(rows, inputs, outputs, keptRows(kept, inputs), b, dWeight, dBias);
}

/** As `inputGradient`. */
inline void mixedInputGradient(long rows, long inputs, long outputs, const float* weight, const float* dy, float* dx) {
  Scratch::Use scratch;
  const Rounded a = rounded(rows, outputs, {dy, outputs}, takeRounded(scratch, rows, outputs));
  roundedProduct(rows, inputs, outputs, a, roundedWeight(inputs, outputs, weight, scratch), true,
                 [&](long row, long column, int count, const Tile<kWide>& tile) {
                   storeTile(tile, dx + row * inputs + column, inputs, count, inputs - column);
                 });
}

/** Two vectors at a place of rounded rows. */
inline void storePlace(uint16_t* rows, long stride, long row, long column, const Vector* values) {
  storeRounded(rows + row * stride + column, values[0], values[1]);
}

/** As `feedForward`; `kept` and `before`, where given, get x and what the activation is applied to, rounded. */
inline void mixedFeedForward(const FeedForward& f, const float* bias2, const float* residual, float* y, float* kept, float* before) {
  Scratch::Use scratch;
  const Rounded x = rounded(f.rows, f.inputs, {f.x, f.inputs}, roomFor(kept, f.rows, f.inputs, scratch));
  const long stride = roundedStride(f.hidden);
  uint16_t* hidden = takeRounded(scratch, f.rows, f.hidden);
  uint16_t* beforeRows = reinterpret_cast<uint16_t*>(before);
  withActivation(f.activation, [&](auto kind) {
    roundedProduct(f.rows, f.hidden, f.inputs, x, roundedWeight(f.inputs, f.hidden, f.weight1, scratch), false,
                   [&](long row, long column, int rows, const Tile<kWide>& tile) {
                     Vector shift[kWide];
                     loadBias1(f, column, shift);
                     for (int r = 0; r < rows; r++) {
                       Vector factors[kWide], sums[kWide], active[kWide];
                       hiddenFactors(f, row + r, column, factors);
                       for (int w = 0; w < kWide; w++) {
                         sums[w] = tile.sums[r][w] + shift[w];
                         active[w] = activate<decltype(kind)::value>(sums[w]).value * factors[w];
                       }
                       if (beforeRows) storePlace(beforeRows, stride, row + r, column, sums);
                       storePlace(hidden, stride, row + r, column, active);
                     }
                   });
  });
  const LinearEnd end = {f.outputs, bias2, residual, y};
  roundedProduct(f.rows, f.outputs, f.hidden, {hidden, stride}, roundedWeight(f.hidden, f.outputs, f.weight2, scratch), false,
                 [&](long row, long column, int count, const Tile<kWide>& tile) {
                   end.take<Activation::none>(row, column, count, tile);
                 });
}

/** As `feedForwardGradient`, from what `mixedFeedForward` kept. */
inline void mixedFeedForwardGradient(const FeedForward& f, const float* dy, const float* kept, const float* before,
                                     const FeedForwardGradient& to) {
  Scratch::Use scratch;
  const long stride = roundedStride(f.hidden);
  uint16_t* h = takeRounded(scratch, f.rows, f.hidden);
  uint16_t* dHidden = takeRounded(scratch, f.rows, f.hidden);
  const uint16_t* beforeRows = reinterpret_cast<const uint16_t*>(before);
  const Rounded dRows = rounded(f.rows, f.outputs, {dy, f.outputs}, takeRounded(scratch, f.rows, f.outputs));
  withActivation(f.activation, [&](auto kind) {
    roundedProduct(f.rows, f.hidden, f.outputs, dRows, roundedWeight(f.hidden, f.outputs, f.weight2, scratch), true,
                   [&](long row, long column, int rows, const Tile<kWide>& tile) {
                     for (int r = 0; r < rows; r++) {
                       Vector factors[kWide], active[kWide], slope[kWide];
                       hiddenFactors(f, row + r, column, factors);
                       for (int w = 0; w < kWide; w++) {
                         const Active a = activate<decltype(kind)::value>(
                             loadRounded(beforeRows + (row + r) * stride + column + w * kLanes));
                         active[w] = a.value * factors[w];
                         slope[w] = a.slope * factors[w] * tile.sums[r][w];
                       }
                       storePlace(h, stride, row + r, column, active);
                       storePlace(dHidden, stride, row + r, column, slope);
                     }
                   });
  });
  const Rounded hidden = {h, stride}, slopes = {dHidden, stride};
  roundedWeightGradient(f.rows, f.hidden, f.outputs, hidden, dRows, to.dWeight2, to.dBias2);
  roundedWeightGradient(f.rows, f.inputs, f.hidden, keptRows(kept, f.inputs), slopes, to.dWeight1, to.dBias1);
  roundedProduct(f.rows, f.inputs, f.hidden, slopes, roundedWeight(f.inputs, f.hidden, f.weight1, scratch), true,
                 [&](long row, long column, int count, const Tile<kWide>& tile) {
                   storeTile(tile, to.dx + row * f.inputs + column, f.inputs, count, f.inputs - column);
                 });
}

#else

[[noreturn]] inline void refuseBfloat16() { refuse("this processor has no instructions for bfloat16"); }

inline const char* bfloat16Instructions() { return "none"; }
inline long keptSize(long, long) { refuseBfloat16(); }
inline void mixedLinear(long, long, long, const Matrix&, const float*, const float*, const float*, float*, float*) { refuseBfloat16(); }
inline void mixedWeightGradient(long, long, long, const float*, const float*, float*, float*) { refuseBfloat16(); }
inline void mixedInputGradient(long, long, long, const float*, const float*, float*) { refuseBfloat16(); }
inline void mixedFeedForward(const FeedForward&, const float*, const float*, float*, float*, float*) { refuseBfloat16(); }
inline void mixedFeedForwardGradient(const FeedForward&, const float*, const float*, const float*, const FeedForwardGradient&) {
  refuseBfloat16();
}

#endif

}  // namespace vitlab
