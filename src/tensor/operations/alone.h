// What threads.h has, for WebAssembly: one thread, and memory from the allocator of the backend that the tensors live in.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "range.h"

extern "C" {
__attribute__((import_module("backend"), import_name("malloc"))) void* backendMalloc(size_t bytes);
__attribute__((import_module("backend"), import_name("free"))) void backendFree(void* memory);
/** Ends the operation: throws, in JavaScript, what the text says. */
__attribute__((import_module("backend"), import_name("refuse"), noreturn)) void backendRefuse(const char* text);
}

namespace vitlab {

class Threads {
 public:
  static Threads shared() { return {}; }
  static constexpr int count() { return 1; }
  template <typename Work>
  void each(const Work& work) const {
    work(0);
  }
};

template <typename Work>
void divide(long count, long, bool, const Work& work) {
  work(0, count);
}

template <typename Work>
void share(long count, bool, const Work& work) {
  for (long item = 0; item < count; item++) work(item);
}

/** Memory for the time of an operation; kept for the next one. */
class Scratch {
 public:
  /** Room for floats, at the address of a cache line, with a vector's room behind. */
  float* take(size_t count) {
    if (count > (SIZE_MAX - 256) / sizeof(float) || used_ == kMost) backendRefuse(kNoMemory);
    const size_t bytes = count * sizeof(float) + 192;
    Block& block = blocks_[used_++];
    if (block.bytes < bytes) {
      if (block.memory) backendFree(block.memory);
      block = {nullptr, 0};
      block.memory = backendMalloc(bytes);
      if (!block.memory) backendRefuse(kNoMemory);
      block.bytes = bytes;
    }
    return reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(block.memory) + 63) / 64 * 64);
  }

  /** Gives back what an operation took when it is left. */
  class Use {
   public:
    Use() : before_(own().used_) {}
    Use(const Use&) = delete;
    ~Use() { own().used_ = before_; }
    float* take(size_t count) { return own().take(count); }

   private:
    size_t before_;
  };

  /** Nothing is taken when an operation begins: one that was refused has given nothing back. */
  static void begin() { own().used_ = 0; }

 private:
  static constexpr size_t kMost = 64;
  static constexpr const char* kNoMemory = "WebAssembly has no more memory for it";

  struct Block {
    void* memory;
    size_t bytes;
  };

  static Scratch& own() {
    static Scratch scratch;
    return scratch;
  }

  Block blocks_[kMost] = {};
  size_t used_ = 0;
};

}  // namespace vitlab
