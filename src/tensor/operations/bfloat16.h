// Products of matrices rounded to bfloat16, with float32 sums: twice as fast as float32 where the processor has instructions for
// them (AVX-512 BF16), several times where it has tiles (AMX).
#pragma once

#include "linear.h"

#if defined(__AVX512BF16__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#define VITLAB_BFLOAT16 1
#else
#define VITLAB_BFLOAT16 0
#endif

#if defined(__AMX_BF16__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace vitlab {

#if VITLAB_BFLOAT16

/** Numbers of a row that are read together; rows are padded to whole ones, with zeros. */
constexpr long kDepth = 32;

/** Rows and columns of a block of the product. */
constexpr int kBlock = 32;

/** A matrix of bfloat16, its rows `stride` numbers apart; their ends up to a whole kDepth are zeros. */
struct Rounded {
  const uint16_t* data;
  long stride;
};

/** How far apart rows of so many numbers lie: whole cache lines, an odd number of them. */
constexpr long roundedStride(long columns) {
  const long lines = (columns + kDepth - 1) / kDepth;
  return (lines % 2 ? lines : lines + 1) * kDepth;
}

/** Room for so many rows, with those behind the last that a block reads. */
constexpr long roundedSize(long rows, long columns) {
  return ((rows + kBlock - 1) / kBlock * kBlock) * roundedStride(columns);
}

inline uint16_t* takeRounded(Scratch::Use& scratch, long rows, long columns) {
  return reinterpret_cast<uint16_t*>(scratch.take(roundedSize(rows, columns) / 2));
}

/** Two vectors as bfloat16, to the nearest, half to even. */
inline void storeRounded(uint16_t* to, Vector low, Vector high) {
  const __m512bh both = _mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
  std::memcpy(to, &both, sizeof both);
}

/** kLanes numbers of bfloat16 as floats. */
inline Vector loadRounded(const uint16_t* from) {
  __m256i numbers;
  std::memcpy(&numbers, from, sizeof numbers);
  return (Vector)_mm512_slli_epi32(_mm512_cvtepu16_epi32(numbers), 16);
}

/** Rounds rows of a matrix. */
inline void roundRows(long first, long end, long columns, const Matrix& from, uint16_t* to) {
  const long stride = roundedStride(columns);
  for (long row = first; row < end; row++) {
    const float* source = from.data + row * from.stride;
    for (long column = 0; column < stride; column += kDepth) {
      const auto part = [&](long at) { return loadUpTo(source + at, columns - at); };
      storeRounded(to + row * stride + column, part(column), part(column + kLanes));
    }
  }
}

inline Rounded rounded(long rows, long columns, const Matrix& from, uint16_t* to) {
  divide(rows, 1, (double)rows * columns > kWorthDividing / 4, [&](long first, long end) { roundRows(first, end, columns, from, to); });
  return {to, roundedStride(columns)};
}

/** Pairs of depths of a packed panel: `[pairs, 32 columns, 2]`. */
constexpr long pairsOf(long depth) { return (depth + kDepth - 1) / kDepth * (kDepth / 2); }

/** Numbers of a panel. */
constexpr long panelSize(long depth) { return pairsOf(depth) * 2 * kBlock; }

/** Two rows of 32 numbers each, pair by pair. */
inline void storePairs(uint16_t* to, __m512i even, __m512i odd) {
  alignas(64) static const struct Order {
    uint16_t low[32], high[32];
    Order() {
      for (int i = 0; i < 32; i++) {
        low[i] = (uint16_t)(i / 2 + (i % 2 ? 32 : 0));
        high[i] = (uint16_t)(16 + i / 2 + (i % 2 ? 32 : 0));
      }
    }
  } order;
  const __m512i low = _mm512_permutex2var_epi16(even, _mm512_load_si512(order.low), odd);
  const __m512i high = _mm512_permutex2var_epi16(even, _mm512_load_si512(order.high), odd);
  _mm512_storeu_si512(to, low);
  _mm512_storeu_si512(to + 32, high);
}

/** One panel of B `[depth, columns]`: rows `first` to `first + depth`, two by two. */
inline void packPairs(const Rounded& b, long first, long depth, long panel, uint16_t* to) {
  const __m512i none = _mm512_setzero_si512();
  const auto row = [&](long k) {
    return k < depth ? _mm512_loadu_si512(b.data + (first + k) * b.stride + panel * kBlock) : none;
  };
  for (long pair = 0; pair < pairsOf(depth); pair++) storePairs(to + pair * 2 * kBlock, row(2 * pair), row(2 * pair + 1));
}

/** One panel of B `[depth, columns]` of which Bᵀ `[columns, depth]` is given: pairs of its rows' numbers change places. */
inline void packPairsTransposed(const Rounded& b, long depth, long columns, long panel, uint16_t* to) {
  for (long pair = 0; pair < pairsOf(depth); pair += kLanes)
    for (int w = 0; w < 2; w++) {
      Vector square[kLanes];
#pragma GCC unroll 16
      for (int j = 0; j < kLanes; j++) {
        const long column = panel * kBlock + w * kLanes + j;
        square[j] = column < columns ? load(reinterpret_cast<const float*>(b.data + column * b.stride) + pair) : Vector{};
      }
      transposeSquare(square);
      for (int i = 0; i < kLanes; i++) store(reinterpret_cast<float*>(to) + (pair + i) * kBlock + w * kLanes, square[i]);
    }
}

/** Columns of x, of `depth` rows from `first` on, as rows: what `xᵀ dy` multiplies by. */
inline void turnColumns(const Rounded& x, long first, long depth, long column, uint16_t* to, long stride) {
  const __m512i none = _mm512_setzero_si512();
  const auto row = [&](long k) {
    return k < depth ? _mm512_loadu_si512(x.data + (first + k) * x.stride + column) : none;
  };
  // Sixteen pairs of rows of 32 columns are two squares of pairs.
  for (long pair = 0; pair < pairsOf(depth); pair += kLanes) {
    alignas(64) uint16_t pairs[kLanes * 2 * kBlock];
    for (int i = 0; i < kLanes; i++) storePairs(pairs + i * 2 * kBlock, row(2 * (pair + i)), row(2 * (pair + i) + 1));
    for (int w = 0; w < 2; w++) {
      Vector square[kLanes];
#pragma GCC unroll 16
      for (int i = 0; i < kLanes; i++) square[i] = load(reinterpret_cast<const float*>(pairs) + i * kBlock + w * kLanes);
      transposeSquare(square);
      for (int j = 0; j < kLanes; j++)
        store(reinterpret_cast<float*>(to + (w * kLanes + j) * stride) + pair, square[j]);
    }
  }
}

/** A block of the product, kBlock x kBlock. */
struct Block32 {
  alignas(64) float sums[kBlock * kBlock];
};

/** kRows rows of A, in pairs, with a panel. */
inline void multiplyPairs(long pairs, const uint16_t* a, long stride, const uint16_t* b, float* to) {
  __m512 sums[kRows][2];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++) sums[r][0] = sums[r][1] = _mm512_setzero_ps();
  for (long k = 0; k < pairs; k++) {
    const __m512bh low = (__m512bh)_mm512_loadu_si512(b + k * 2 * kBlock);
    const __m512bh high = (__m512bh)_mm512_loadu_si512(b + k * 2 * kBlock + 32);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; r++) {
      int pair;
      std::memcpy(&pair, a + r * stride + 2 * k, sizeof pair);
      const __m512bh factor = (__m512bh)_mm512_set1_epi32(pair);
      sums[r][0] = _mm512_dpbf16_ps(sums[r][0], factor, low);
      sums[r][1] = _mm512_dpbf16_ps(sums[r][1], factor, high);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; r++) {
    _mm512_storeu_ps(to + r * kBlock, sums[r][0]);
    _mm512_storeu_ps(to + r * kBlock + kLanes, sums[r][1]);
  }
}

#if defined(__AMX_BF16__) && defined(__linux__)

/** Tells this thread's processor how large its tiles are: 16 rows of 64 bytes, all eight. */
inline void configureTiles() {
  static thread_local bool done = false;
  if (done) return;
  alignas(64) struct {
    uint8_t palette = 1, start = 0, reserved[14] = {};
    uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
  } config;
  _tile_loadconfig(&config);
  done = true;
}

/** kBlock rows of A with a panel, in four tiles. */
inline void multiplyTiles(long pairs, const uint16_t* a, long stride, const uint16_t* b, Block32& block) {
  configureTiles();
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (long k = 0; k < pairs; k += kLanes) {
    _tile_loadd(4, a + 2 * k, stride * 2);
    _tile_loadd(5, a + 16 * stride + 2 * k, stride * 2);
    _tile_loadd(6, b + k * 2 * kBlock, 128);
    _tile_loadd(7, b + k * 2 * kBlock + 32, 128);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, block.sums, 128);
  _tile_stored(1, block.sums + 16, 128);
  _tile_stored(2, block.sums + 16 * kBlock, 128);
  _tile_stored(3, block.sums + 16 * kBlock + 16, 128);
}

/** Whether tiles give what vectors give, of whole numbers, with which both are exact. */
inline bool tilesAgree() {
  uint16_t a[kBlock * kDepth], b[kBlock * kDepth];
  for (int i = 0; i < kBlock * kDepth; i++) {
    const float left = (float)(i * 7 % 13 - 6), right = (float)(i * 5 % 11 - 5);
    uint32_t bits[2];
    std::memcpy(&bits[0], &left, sizeof left);
    std::memcpy(&bits[1], &right, sizeof right);
    a[i] = (uint16_t)(bits[0] >> 16), b[i] = (uint16_t)(bits[1] >> 16);
  }
  Block32 tiles, vectors;
  multiplyTiles(kDepth / 2, a, kDepth, b, tiles);
  for (int row = 0; row < kBlock; row += kRows) multiplyPairs(kDepth / 2, a + row * kDepth, kDepth, b, vectors.sums + row * kBlock);
  for (int i = 0; i < kBlock * kBlock; i++)
    if (tiles.sums[i] != vectors.sums[i]) return false;
  return true;
}

/** Asks the system for the tiles, once a process, and tries them. */
inline bool hasTiles() {
  static const bool granted = [] {
    constexpr int requestPermission = 0x1023, tileData = 18;
    return syscall(SYS_arch_prctl, requestPermission, tileData) == 0 && tilesAgree();
  }();
  return granted;
}

#else

inline bool hasTiles() { return false; }
inline void multiplyTiles(long, const uint16_t*, long, const uint16_t*, Block32&) {}

#endif

/** Up to kBlock rows of A, whose memory goes on to a whole block, with a panel: `finish(row, count, tile)` for kRows at a time. */
template <typename Finish>
inline void blockProduct(int rows, long depth, const uint16_t* a, long stride, const uint16_t* b, const Finish& finish) {
  Block32 block;
  const long pairs = pairsOf(depth);
  if (hasTiles()) multiplyTiles(pairs, a, stride, b, block);
  else
    for (int row = 0; row < rows; row += kRows) multiplyPairs(pairs, a + row * stride, stride, b, block.sums + row * kBlock);
  for (int row = 0; row < rows; row += kRows) {
    Tile<kWide> tile;
    for (int r = 0; r < kRows; r++)
      for (int w = 0; w < kWide; w++) tile.sums[r][w] = load(block.sums + (row + r) * kBlock + w * kLanes);
    finish(row, rows - row < kRows ? rows - row : kRows, tile);
  }
}

/** Packs all panels of B `[depth, columns]`. */
inline void packPanels(const Rounded& b, bool transposed, long depth, long columns, uint16_t* to) {
  divide(panelsOf(columns), 1, (double)depth * columns > kWorthDividing / 4, [&](long first, long end) {
    for (long panel = first; panel < end; panel++)
      if (transposed) packPairsTransposed(b, depth, columns, panel, to + panel * panelSize(depth));
      else packPairs(b, 0, depth, panel, to + panel * panelSize(depth));
  });
}

/** C = A B as `product` has it, for B rounded, or Bᵀ where it is transposed. */
template <typename Finish>
void roundedProduct(long rows, long columns, long depth, const Rounded& a, const Rounded& b, bool transposed, const Finish& finish) {
  const long panels = panelsOf(columns), size = panelSize(depth);
  const bool worth = (double)rows * columns * depth > kWorthDividing;
  Scratch::Use scratch;
  uint16_t* packed = reinterpret_cast<uint16_t*>(scratch.take(panels * size / 2));
  packPanels(b, transposed, depth, columns, packed);
  const long most = 131072 / (depth > 0 ? depth : 1) / kBlock * kBlock;
  const long together = most < 2 * kBlock ? 2 * kBlock : most;
  divide(rows, kBlock, worth, [&](long first, long end) {
    for (long start = first; start < end; start += together)
      for (long panel = 0; panel < panels; panel++)
        for (long row = start; row < end && row < start + together; row += kBlock)
          blockProduct(end - row < kBlock ? (int)(end - row) : kBlock, depth, a.data + row * a.stride, a.stride,
                       packed + panel * size, [&](long within, int count, const Tile<kWide>& tile) {
                         finish(row + within, panel * kBlock, count, tile);
                       });
  });
}

/** dW = xᵀ dy and, where wanted, db = Σ dy, as `weightGradient` has them. */
inline void roundedWeightGradient(long rows, long inputs, long outputs, const Rounded& x, const Rounded& dy, float* dWeight,
                                  float* dBias) {
  const long panels = panelsOf(outputs), blocks = (inputs + kBlock - 1) / kBlock;
  const bool worth = (double)rows * inputs * outputs > kWorthDividing;
  const int parts = worth ? Threads::shared().count() : 1;
  const Grid grid(parts, panels, blocks);
  constexpr long together = 8, step = 512, stride = roundedStride(step);
  const auto work = [&](int part) {
    const Range own = partOf(panels, part % (int)grid.across, (int)grid.across);
    const Range ownBlocks = partOf(blocks, part / (int)grid.across, (int)grid.down);
    if (own.first == own.end) return;
    const long width = own.end - own.first;
    Scratch::Use scratch;
    uint16_t* packed = reinterpret_cast<uint16_t*>(scratch.take(width * panelSize(step) / 2));
    uint16_t* turned = reinterpret_cast<uint16_t*>(scratch.take(together * kBlock * stride / 2));
    float* sums = scratch.take(width * kBlock);
    std::memset(sums, 0, width * kBlock * sizeof(float));
    for (long first = 0; first == 0 || first < rows; first += step) {
      const long depth = rows - first < step ? rows - first : step;
      for (long panel = own.first; panel < own.end; panel++) {
        packPairs(dy, first, depth, panel, packed + (panel - own.first) * panelSize(step));
        if (!dBias || ownBlocks.first > 0) continue;
        float* sum = sums + (panel - own.first) * kBlock;
        for (int w = 0; w < 2; w++) {
          Vector total = load(sum + w * kLanes);
          for (long k = 0; k < depth; k++) total += loadRounded(dy.data + (first + k) * dy.stride + panel * kBlock + w * kLanes);
          store(sum + w * kLanes, total);
        }
      }
      for (long group = ownBlocks.first; group < ownBlocks.end; group += together) {
        const long end = group + together < ownBlocks.end ? group + together : ownBlocks.end;
        for (long block = group; block < end; block++)
          turnColumns(x, first, depth, block * kBlock, turned + (block - group) * kBlock * stride, stride);
        for (long panel = own.first; panel < own.end; panel++)
          for (long block = group; block < end; block++) {
            const long row = block * kBlock, column = panel * kBlock;
            blockProduct(inputs - row < kBlock ? (int)(inputs - row) : kBlock, depth, turned + (block - group) * kBlock * stride,
                         stride, packed + (panel - own.first) * panelSize(step),
                         [&](long within, int count, Tile<kWide>& tile) {
                           float* to = dWeight + (row + within) * outputs + column;
                           if (first > 0) addTile(tile, to, outputs, count, outputs - column);
                           storeTile(tile, to, outputs, count, outputs - column);
                         });
          }
      }
    }
    if (!dBias || ownBlocks.first > 0) return;
    const long start = own.first * kBlock, end = own.end * kBlock < outputs ? own.end * kBlock : outputs;
    if (end > start) std::memcpy(dBias + start, sums, (end - start) * sizeof(float));
  };
  if (parts == 1) work(0);
  else Threads::shared().each(work);
}

#endif

}  // namespace vitlab
