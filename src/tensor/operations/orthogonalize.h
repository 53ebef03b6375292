// Matrices made orthogonal; src/tensor/orthogonalize.ts has the formula.
#pragma once

#include <cmath>

#include "linear.h"

namespace vitlab {

/** The formula's coefficients, how often it is applied, and what a shorter matrix is divided by instead of its length. */
struct NewtonSchulz {
  float a, b, c;
  int steps;
  float shortest;
};

/** C = A B on this thread alone: `rows(column)` of C for the panel that ends at a column; `finish` as in `product`. */
template <typename Rows, typename Finish>
void ownProduct(long columns, long depth, const Matrix& a, const Matrix& b, const Rows& rows, const Finish& finish) {
  constexpr long width = kWide * kLanes;
  Scratch::Use scratch;
  float* packed = scratch.take(depth * width);
  for (long panel = 0; panel < panelsOf(columns); panel++) {
    packPanel(b, 0, depth, columns, panel, packed);
    panelProduct(rows(panel * width + width), depth, a, packed, width, FromZero{},
                 [&](long row, int count, Tile<kWide>& tile) { finish(row, panel * width, count, tile); });
  }
}

/** Copies what is above a square matrix's diagonal to below it. */
inline void mirror(long size, float* matrix) {
  for (long row = 1; row < size; row++)
    for (long column = 0; column < row; column++) matrix[row * size + column] = matrix[column * size + row];
}

/** One matrix `[rows, columns]`, rows at most columns: about U Vᵀ of U S Vᵀ. */
inline void orthogonalizeOne(long rows, long columns, const NewtonSchulz& f, const float* matrix, float* result) {
  const long size = rows * columns;
  double squares = 0;
  for (long i = 0; i < size; i++) squares += (double)matrix[i] * matrix[i];
  const float length = (float)std::sqrt(squares);
  // Written so that a length that is no number stays none.
  const float divisor = length < f.shortest ? f.shortest : length;
  for (long i = 0; i < size; i++) result[i] = matrix[i] / divisor;

  Scratch::Use scratch;
  float* gram = scratch.take(rows * rows);
  float* change = scratch.take(rows * rows);
  float* next = scratch.take(size);
  // X Xᵀ and its square are symmetric: only tiles that reach above the diagonal are computed.
  const auto above = [&](long column) { return column < rows ? column : rows; };
  for (int step = 0; step < f.steps; step++) {
    ownProduct(rows, columns, {result, columns}, {result, columns, true}, above,
               [&](long row, long column, int count, Tile<kWide>& tile) {
                 storeTile(tile, gram + row * rows + column, rows, count, rows - column);
               });
    mirror(rows, gram);
    ownProduct(rows, rows, {gram, rows}, {gram, rows}, above, [&](long row, long column, int count, Tile<kWide>& tile) {
      meetTile(tile, gram + row * rows + column, rows, count, rows - column,
               [&](Vector& sum, Vector standing) { sum = standing * f.b + sum * f.c; });
      storeTile(tile, change + row * rows + column, rows, count, rows - column);
    });
    mirror(rows, change);
    ownProduct(columns, rows, {change, rows}, {result, columns}, [&](long) { return rows; },
               [&](long row, long column, int count, Tile<kWide>& tile) {
                 meetTile(tile, result + row * columns + column, columns, count, columns - column,
                          [&](Vector& sum, Vector standing) { sum += standing * f.a; });
                 storeTile(tile, next + row * columns + column, columns, count, columns - column);
               });
    std::memcpy(result, next, size * sizeof(float));
  }
}

/** Each of `count` matrices on one thread: most are small enough for its cache. */
inline void orthogonalize(long count, long rows, long columns, const NewtonSchulz& f, const float* matrices, float* results) {
  share(count, (double)count * rows * rows * columns > kWorthDividing, [&](long i) {
    orthogonalizeOne(rows, columns, f, matrices + i * rows * columns, results + i * rows * columns);
  });
}

}  // namespace vitlab
