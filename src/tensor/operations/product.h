// Matrix products, small enough to be understood and as fast as the processor's registers allow.
#pragma once

#include "simd.h"
#include "threads.h"

namespace vitlab {

// A tile of the product is held in registers while its sums grow: kRows rows of kWide vectors. Two vectors are enough for
// both multipliers of a core to be busy in each cycle, and leave registers for the operands.
#if defined(__wasm__)
// With more, WebAssembly's compilers keep sums in memory.
constexpr int kRows = 4;
#elif defined(__AVX__) && !defined(__AVX512F__)
constexpr int kRows = 6;
#else
constexpr int kRows = 8;
#endif
constexpr int kWide = 2;

template <int WIDE>
struct Tile {
  Vector sums[kRows][WIDE];
};

/** A matrix whose rows, or columns where it is transposed, lie `stride` floats apart. */
struct Matrix {
  const float* data;
  long stride;
  bool transposed = false;
};

/**
 * Adds to a tile the products of `depth` columns of A (kRows rows) with as many rows of B, `bStride` floats apart. Rows and columns
 * of A lie as far apart as is said.
 */
template <int WIDE>
inline void multiplyAny(long depth, const float* a, long rowStride, long columnStride, const float* b, long bStride,
                        Tile<WIDE>& tile) {
  Vector sums[kRows][WIDE];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int w = 0; w < WIDE; w++) sums[r][w] = tile.sums[r][w];
  for (long k = 0; k < depth; k++) {
    Vector row[WIDE];
#pragma GCC unroll 4
    for (int w = 0; w < WIDE; w++) row[w] = load(b + k * bStride + w * kLanes);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; r++) {
      const Vector factor = all(a[r * rowStride + k * columnStride]);
#pragma GCC unroll 4
      for (int w = 0; w < WIDE; w++) sums[r][w] = plusProduct(sums[r][w], factor, row[w]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++)
#pragma GCC unroll 4
    for (int w = 0; w < WIDE; w++) tile.sums[r][w] = sums[r][w];
}

/** The same where one of both distances is 1, which spares an addition for each number. */
template <int WIDE, bool TRANSPOSED>
inline void multiply(long depth, const float* a, long aStride, const float* b, long bStride, Tile<WIDE>& tile) {
  multiplyAny<WIDE>(depth, a, TRANSPOSED ? 1 : aStride, TRANSPOSED ? aStride : 1, b, bStride, tile);
}

/** The same for the last rows of A, fewer than kRows: only they are read. */
template <int WIDE>
VITLAB_ONCE void multiplyRest(long depth, const float* a, long rowStride, long columnStride, int rows, const float* b, long bStride,
                              Tile<WIDE>& tile) {
  for (int r = 0; r < rows; r++) {
    Vector sums[WIDE];
    for (int w = 0; w < WIDE; w++) sums[w] = tile.sums[r][w];
    for (long k = 0; k < depth; k++) {
      const Vector factor = all(a[r * rowStride + k * columnStride]);
      for (int w = 0; w < WIDE; w++) sums[w] = plusProduct(sums[w], factor, load(b + k * bStride + w * kLanes));
    }
    for (int w = 0; w < WIDE; w++) tile.sums[r][w] = sums[w];
  }
}

/** Whole panels of kWide vectors that cover so many columns. */
template <int WIDE = kWide>
constexpr long panelsOf(long columns) {
  return (columns + WIDE * kLanes - 1) / (WIDE * kLanes);
}

/**
 * How far apart rows of so many floats are best laid, where columns of them are read: an odd number of cache lines. At a power of two
 * all rows would meet in the same few places of the cache.
 */
constexpr long apart(long floats) {
  constexpr long line = 16;
  return (floats + line - 1) / line % 2 ? (floats + line - 1) / line * line : ((floats + line - 1) / line + 1) * line;
}

/** Floats of a packed matrix. */
template <int WIDE = kWide>
constexpr long packedSize(long rows, long columns) {
  return panelsOf<WIDE>(columns) * rows * WIDE * kLanes;
}

/**
 * Copies one panel of B, its rows `first` to `first + depth`, so that the vectors that a tile takes one after the other lie one
 * after the other; columns past the last are 0.
 */
template <int WIDE = kWide>
inline void packPanel(const Matrix& b, long first, long depth, long columns, long panel, float* to) {
  constexpr long width = WIDE * kLanes;
  const long start = panel * width;
  const long valid = columns - start < width ? columns - start : width;
  if (!b.transposed) {
    for (long k = 0; k < depth; k++) {
      const float* row = b.data + (first + k) * b.stride + start;
      if (valid == width) {
        for (int w = 0; w < WIDE; w++) store(to + k * width + w * kLanes, load(row + w * kLanes));
      } else {
        std::memset(to + k * width, 0, width * sizeof(float));
        std::memcpy(to + k * width, row, valid * sizeof(float));
      }
    }
    return;
  }
  // Square by square, each row of what is stored a column of the panel.
  for (long k = 0; k < depth; k += kLanes) {
    const long deep = depth - k < kLanes ? depth - k : kLanes;
    for (int w = 0; w < WIDE; w++) {
      const float* from = b.data + (start + w * kLanes) * b.stride + first + k;
      const long there = valid - w * kLanes;
      Vector square[kLanes];
#pragma GCC unroll 16
      for (int j = 0; j < kLanes; j++)
        square[j] = j >= there ? Vector{} : deep == kLanes ? load(from + j * b.stride) : loadPart(from + j * b.stride, deep);
      transposeSquare(square);
      for (long i = 0; i < deep; i++) store(to + (k + i) * width + w * kLanes, square[i]);
    }
  }
}

/** Packs all panels of B `[depth, columns]`, each `[depth, kWide vectors]`. */
template <int WIDE = kWide>
inline void pack(const Matrix& b, long depth, long columns, float* to, bool worth = false) {
  divide(panelsOf<WIDE>(columns), 1, worth, [&](long first, long end) {
    for (long panel = first; panel < end; panel++)
      packPanel<WIDE>(b, 0, depth, columns, panel, to + panel * depth * WIDE * kLanes);
  });
}

/**
 * The product of `rows` rows of A with one panel of B, a tile at a time: `start(row, tile)` fills a tile before its sums,
 * `finish(row, rows, tile)` takes it after.
 */
template <int WIDE = kWide, typename Start, typename Finish>
inline void panelProduct(long rows, long depth, const Matrix& a, const float* b, long bStride, const Start& start,
                         const Finish& finish) {
  for (long row = 0; row < rows; row += kRows) {
    const int count = rows - row < kRows ? (int)(rows - row) : kRows;
    Tile<WIDE> tile = {};
    start(row, count, tile);
    const float* from = a.data + (a.transposed ? row : row * a.stride);
    if (count < kRows)
      multiplyRest<WIDE>(depth, from, a.transposed ? 1 : a.stride, a.transposed ? a.stride : 1, count, b, bStride, tile);
#if defined(__wasm__)
    // One form in each of a hundred places instead of two: the module is shipped.
    else
      multiplyAny<WIDE>(depth, from, a.transposed ? 1 : a.stride, a.transposed ? a.stride : 1, b, bStride, tile);
#else
    else if (a.transposed)
      multiply<WIDE, true>(depth, from, a.stride, b, bStride, tile);
    else
      multiply<WIDE, false>(depth, from, a.stride, b, bStride, tile);
#endif
    finish(row, count, tile);
  }
}

struct FromZero {
  template <int WIDE>
  void operator()(long, int, Tile<WIDE>&) const {}
};

/** Stores a tile at a column of a row-major matrix; `valid` columns of it exist. */
template <int WIDE>
inline void storeTile(const Tile<WIDE>& tile, float* to, long stride, int rows, long valid) {
  for (int r = 0; r < rows; r++)
    for (int w = 0; w < WIDE; w++) {
      const long count = valid - w * kLanes;
      float* place = to + r * stride + w * kLanes;
      if (count >= kLanes) store(place, tile.sums[r][w]);
      else if (count > 0) storePart(place, tile.sums[r][w], count);
    }
}

/** Calls `take(sum, standing)` for each vector of a tile and what stands at its place, the counterpart of `storeTile`. */
template <int WIDE, typename Take>
inline void meetTile(Tile<WIDE>& tile, const float* from, long stride, int rows, long valid, const Take& take) {
  for (int r = 0; r < rows; r++)
    for (int w = 0; w < WIDE; w++) {
      const long count = valid - w * kLanes;
      const float* place = from + r * stride + w * kLanes;
      if (count >= kLanes) take(tile.sums[r][w], load(place));
      else if (count > 0) take(tile.sums[r][w], loadPart(place, count));
    }
}

/** Fills a tile with what stands at its place. */
template <int WIDE>
inline void loadTile(Tile<WIDE>& tile, const float* from, long stride, int rows, long valid) {
  meetTile(tile, from, stride, rows, valid, [](Vector& sum, Vector standing) { sum = standing; });
}

/** Adds to a tile what stands at its place. */
template <int WIDE>
inline void addTile(Tile<WIDE>& tile, const float* from, long stride, int rows, long valid) {
  meetTile(tile, from, stride, rows, valid, [](Vector& sum, Vector standing) { sum += standing; });
}

}  // namespace vitlab
