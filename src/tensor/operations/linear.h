// y = x W + b; src/tensor/linear.ts has the formulas.
#pragma once

#include "activation.h"
#include "product.h"

namespace vitlab {

/** Below so many multiplications a second thread costs more than it brings. */
constexpr double kWorthDividing = 3e5;

/** The most products that are summed before the next panel: so deep a panel of B and some rows of A stay in the cache. */
constexpr long kDeep = 768;

/** Depths of about the same length, none longer than that. */
inline long depthOfBlock(long depth) {
  const long blocks = (depth + kDeep - 1) / kDeep;
  return blocks > 1 ? (depth + blocks - 1) / blocks : depth;
}

/** Rows of A that go through all panels of B together, so that they stay in the second-level cache. */
inline long rowsTogether(long depth) {
  const long rows = 65536 / (depth > 0 ? depth : 1) / kRows * kRows;
  return rows < kRows * 4 ? kRows * 4 : rows > 256 ? 256 : rows;
}

/** Whether there are too few rows to pack all of B for: those of one image, say. */
inline bool isFew(long rows) { return rows < 128 * Threads::shared().count(); }

/**
 * C = A B for A `[rows, depth]` and B `[depth, columns]`, each either way round: `finish(row, column, count, tile)` gets every
 * tile once, whole.
 *
 * Many rows: the threads divide them, and B is packed once for all. Few rows, as of a single image: the threads divide the
 * columns and each packs its own, so that a large B is read once.
 */
template <typename Finish>
void product(long rows, long columns, long depth, const Matrix& a, const Matrix& b, const Finish& finish) {
  const long panels = panelsOf(columns), width = kWide * kLanes;
  const bool worth = (double)rows * columns * depth > kWorthDividing;
  // Rows `first` to `end` of A, its columns from `start` on, times a panel; `sums` has the panel's sums so far and gets those now.
  const auto tiles = [&](long first, long end, long start, long deep, long panel, const float* packed, float* sums) {
    const long shift = a.transposed ? start * a.stride + first : first * a.stride + start;
    const Matrix part = {a.data + shift, a.stride, a.transposed};
    const bool last = start + deep == depth;
    panelProduct(
        end - first, deep, part, packed, width,
        [&](long row, int count, Tile<kWide>& tile) {
          if (start > 0) loadTile(tile, sums + row * width, width, count, width);
        },
        [&](long row, int count, const Tile<kWide>& tile) {
          if (last) finish(first + row, panel * width, count, tile);
          else storeTile(tile, sums + row * width, width, count, width);
        });
  };
  if (isFew(rows) && panels >= 2 * Threads::shared().count()) {
    divide(panels, 1, worth, [&](long firstPanel, long endPanel) {
      Scratch::Use scratch;
      const long step = depthOfBlock(depth);
      float* packed = scratch.take(step * width);
      float* sums = scratch.take(rows * width);
      for (long panel = firstPanel; panel < endPanel; panel++)
        for (long start = 0; start == 0 || start < depth; start += step) {
          const long deep = depth - start < step ? depth - start : step;
          packPanel(b, start, deep, columns, panel, packed);
          tiles(0, rows, start, deep, panel, packed, sums);
        }
    });
    return;
  }
  Scratch::Use scratch;
  float* packed = scratch.take(packedSize(depth, columns));
  pack(b, depth, columns, packed, worth && (double)depth * columns > kWorthDividing);
  const long step = depthOfBlock(depth), together = rowsTogether(step);
  divide(rows, kRows, worth, [&](long first, long end) {
    Scratch::Use own;
    float* sums = step < depth ? own.take(panels * together * width) : nullptr;
    for (long row = first; row < end; row += together)
      for (long start = 0; start == 0 || start < depth; start += step)
        for (long panel = 0; panel < panels; panel++)
          tiles(row, row + together < end ? row + together : end, start, depth - start < step ? depth - start : step, panel,
                packed + (panel * depth + start) * width, sums + panel * together * width);
  });
}

/** What a tile of x W becomes: bias, activation and residual added, each of which may be missing, and stored in y `[rows, outputs]`. */
struct LinearEnd {
  long outputs;
  const float *bias, *residual;
  float* y;

  template <Activation KIND>
  void take(long row, long column, int count, const Tile<kWide>& tile) const {
    Tile<kWide> done = tile;
    for (int w = 0; w < kWide; w++) {
      const long at = column + w * kLanes, left = outputs - at;
      if (left <= 0) continue;
      Vector shift = {};
      if (bias) shift = loadUpTo(bias + at, left);
      for (int r = 0; r < count; r++) done.sums[r][w] = activate<KIND>(done.sums[r][w] + shift).value;
    }
    if (residual) addTile(done, residual + row * outputs + column, outputs, count, outputs - column);
    storeTile(done, y + row * outputs + column, outputs, count, outputs - column);
  }
};

/**
 * y `[rows, outputs]` from x `[rows, inputs]`, W `[inputs, outputs]` and b, which may be missing, as may be `residual`, which is
 * added to y.
 */
inline void linear(long rows, long inputs, long outputs, const Matrix& x, const float* weight, const float* bias,
                   const float* residual, int activation, float* y) {
  const LinearEnd end = {outputs, bias, residual, y};
  withActivation(activation, [&](auto kind) {
    product(rows, outputs, inputs, x, {weight, outputs}, [&](long row, long column, int count, const Tile<kWide>& tile) {
      end.take<decltype(kind)::value>(row, column, count, tile);
    });
  });
}

/** Rows of the batch whose products are summed before a gradient in memory is touched again. */
constexpr long kRowsSummed = 256;

/** Columns of x that are laid out anew together: a quarter of a second-level cache, or less. */
constexpr long kColumnsTogether = 256;

/** How threads divide a matrix's tiles: into `across` parts of its panels, each into `down` parts of its rows. */
struct Grid {
  long across = 1, down = 1;

  /** The grid of so many parts whose largest part is smallest. */
  Grid(long parts, long panels, long tiles) {
    long least = -1;
    for (long columns = parts; columns >= 1; columns--) {
      if (parts % columns) continue;
      const long rows = parts / columns;
      const long largest = ((panels + columns - 1) / columns) * ((tiles + rows - 1) / rows);
      if (least >= 0 && largest >= least) continue;
      least = largest, across = columns, down = rows;
    }
  }
};

/** How far apart the tiles of columns of x are laid. */
constexpr long kColumnsApart = apart(kRows * kRowsSummed);

/** Lays columns of x, of so many rows, out tile by tile, so that a tile's numbers lie one behind the other; 0 past the last column. */
inline void packColumns(const float* x, long stride, long depth, long columns, float* to) {
  for (long k = 0; k < depth; k++) {
    const float* row = x + k * stride;
    long column = 0;
    for (; column + kRows <= columns; column += kRows)
      std::memcpy(to + column / kRows * kColumnsApart + k * kRows, row + column, kRows * sizeof(float));
    if (column == columns) continue;
    float* last = to + column / kRows * kColumnsApart + k * kRows;
    for (int r = 0; r < kRows; r++) last[r] = column + r < columns ? row[column + r] : 0;
  }
}

/**
 * dW `[inputs, outputs]` = xᵀ dy and, where wanted, db = Σ dy, for rows of x and dy that lie `stride` floats apart. Each thread has
 * tiles of dW of its own, so that the sums have one order.
 */
inline void weightGradient(long rows, long inputs, long outputs, const Matrix& x, const Matrix& dy, float* dWeight, float* dBias) {
  if (rows == 0 || inputs == 0 || outputs == 0) {
    std::memset(dWeight, 0, inputs * outputs * sizeof(float));
    if (dBias) std::memset(dBias, 0, outputs * sizeof(float));
    if (rows == 0 || outputs == 0) return;
  }
  constexpr long width = kWide * kLanes, tilesTogether = kColumnsTogether / kRows;
  const long panels = panelsOf(outputs), tiles = (inputs + kRows - 1) / kRows;
  const bool worth = (double)rows * inputs * outputs > kWorthDividing;
  const int parts = worth ? Threads::shared().count() : 1;
  const Grid grid(parts, panels, tiles);
  const auto work = [&](int part) {
    const Range own = partOf(panels, part % (int)grid.across, (int)grid.across);
    const Range ownTiles = partOf(tiles, part / (int)grid.across, (int)grid.down);
    if (own.first == own.end) return;
    // For few panels that takes longer than it brings.
    const bool laidOut = own.end - own.first > 6;
    Scratch::Use scratch;
    float* packedDy = scratch.take((own.end - own.first) * kRowsSummed * width);
    float* packedX = scratch.take(tilesTogether * kColumnsApart);
    float* sums = scratch.take((own.end - own.first) * width);
    std::memset(sums, 0, (own.end - own.first) * width * sizeof(float));
    for (long first = 0; first < rows; first += kRowsSummed) {
      const long depth = rows - first < kRowsSummed ? rows - first : kRowsSummed;
      for (long panel = own.first; panel < own.end; panel++) {
        float* packed = packedDy + (panel - own.first) * kRowsSummed * width;
        packPanel(dy, first, depth, outputs, panel, packed);
        if (!dBias || ownTiles.first > 0) continue;
        float* sum = sums + (panel - own.first) * width;
        for (int w = 0; w < kWide; w++) {
          Vector total = load(sum + w * kLanes);
          for (long k = 0; k < depth; k++) total += load(packed + k * width + w * kLanes);
          store(sum + w * kLanes, total);
        }
      }
      for (long group = ownTiles.first; group < ownTiles.end; group += tilesTogether) {
        const long end = group + tilesTogether < ownTiles.end ? group + tilesTogether : ownTiles.end;
        const long columns = (end * kRows < inputs ? end * kRows : inputs) - group * kRows;
        const float* from = x.data + first * x.stride + group * kRows;
        if (laidOut) packColumns(from, x.stride, depth, columns, packedX);
        for (long panel = own.first; panel < own.end; panel++)
          for (long tile = group; tile < end; tile++) {
            const long left = inputs - tile * kRows, column = panel * width;
            const int count = left < kRows ? (int)left : kRows;
            float* to = dWeight + tile * kRows * outputs + column;
            const float* b = packedDy + (panel - own.first) * kRowsSummed * width;
            Tile<kWide> sum = {};
            if (first > 0) loadTile(sum, to, outputs, count, outputs - column);
            if (laidOut) multiply<kWide, true>(depth, packedX + (tile - group) * kColumnsApart, kRows, b, width, sum);
            else if (count == kRows) multiply<kWide, true>(depth, from + (tile - group) * kRows, x.stride, b, width, sum);
            else multiplyRest<kWide>(depth, from + (tile - group) * kRows, 1, x.stride, count, b, width, sum);
            storeTile(sum, to, outputs, count, outputs - column);
          }
      }
    }
    if (!dBias || ownTiles.first > 0) return;
    const long start = own.first * width, end = own.end * width < outputs ? own.end * width : outputs;
    std::memcpy(dBias + start, sums, (end - start) * sizeof(float));
  };
  if (parts == 1) work(0);
  else Threads::shared().each(work);
}

/** dx = dy Wᵀ. */
inline void inputGradient(long rows, long inputs, long outputs, const float* weight, const Matrix& dy, float* dx) {
  product(rows, inputs, outputs, dy, {weight, outputs, true},
          [&](long row, long column, int count, const Tile<kWide>& tile) {
            storeTile(tile, dx + row * inputs + column, inputs, count, inputs - column);
          });
}

}  // namespace vitlab
