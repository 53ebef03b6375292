// How this process gets memory from the system: page by page it takes longer than many an operation.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace vitlab {

/** Blocks below this the C library can be told to keep; no more than this. */
constexpr size_t kKept = 32 << 20;

/**
 * Makes the C library keep what tensors give back instead of returning it to the system at each step and getting it again, a
 * page at a time: a third of the processor's time in training ViT-B/16.
 */
inline void keepFreedMemory() {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, (int)kKept);
  mallopt(M_TRIM_THRESHOLD, 2147483647);
  mallopt(M_TOP_PAD, 16 << 20);
#endif
}

/** Asks for pages of 2 MB for a block larger than those, where the system has them: each comes with one fault instead of 512. */
inline void wantLargePages(void* start, size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if (bytes < kKept) return;
  constexpr uintptr_t page = 2 << 20;
  const uintptr_t first = ((uintptr_t)start + page - 1) / page * page, end = ((uintptr_t)start + bytes) / page * page;
  if (end > first) madvise((void*)first, end - first, MADV_HUGEPAGE);
#endif
}

}  // namespace vitlab
