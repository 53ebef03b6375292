// Divides work over the processor's cores.
#pragma once

#if defined(__wasm__)
#include "alone.h"
#else

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "memory.h"
#include "range.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#if defined(__linux__)
#include <sched.h>
#endif

namespace vitlab {

inline void pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/** Numbers too small for a float's whole precision are 0, as TensorFlow has it in its own threads. */
inline void flushTinyToZero() {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
}

/** Cores that this process may run on. */
inline int coresHere() {
#if defined(__linux__)
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) == 0) return CPU_COUNT(&cores);
#endif
  return (int)std::thread::hardware_concurrency();
}

/**
 * Threads that wait for the next piece of work: at first awake, for the next operation of a model comes within
 * microseconds and waking a sleeper takes fifty, then asleep. Nobody waits for a sleeper: what it hasn't begun the caller does.
 *
 * Never destroyed, because a process may end while threads of Node are still at work.
 */
class Threads {
 public:
  static Threads& shared() {
    static Threads* threads = new Threads();
    return *threads;
  }

  /** Threads that work is divided over here: one within a part of other work. */
  int count() const { return within() ? 1 : count_; }

  /**
   * Runs `work(part)` once for each of `count()` parts, on whatever threads are awake; alone where another thread of Node is
   * here already. The first exception of any part comes out when all have ended.
   */
  void each(const std::function<void(int)>& work) {
    if (count() == 1) return work(0);
    if (!busy_.try_lock()) {
      for (int part = 0; part < count_; part++) work(part);
      return;
    }
    std::lock_guard<std::mutex> hold(busy_, std::adopt_lock);
    work_ = &work;
    left_.store(count_, std::memory_order_relaxed);
    {
      std::lock_guard<std::mutex> lock(sleep_);
      ticket_.store(nextRound(ticket_.load(std::memory_order_relaxed)), std::memory_order_release);
    }
    wake_.notify_all();
    takeParts();
    for (int turns = 0; left_.load(std::memory_order_acquire) > 0; turns++) {
      if (turns < kSpins) pause();
      else std::this_thread::yield();
    }
    if (std::exception_ptr failure = std::exchange(failure_, nullptr)) std::rethrow_exception(failure);
  }

 private:
  static constexpr int kSpins = 20000;

  Threads() {
    const char* asked = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int wanted = asked ? std::atoi(asked) : 0;
    const int most = wanted > 0 ? wanted : coresHere();
    for (count_ = 1; count_ < most; count_++) {
      try {
        std::thread([this] { serve(); }).detach();
      } catch (const std::system_error&) {
        // The system gives no more: these have to do.
        break;
      }
    }
  }

  /** A ticket is the round in its upper half, and the next part of it that nobody has taken in its lower half. */
  static unsigned roundOf(uint64_t ticket) { return (unsigned)(ticket >> 32); }
  static int partOf(uint64_t ticket) { return (int)(ticket & 0xffffffff); }
  static uint64_t nextRound(uint64_t ticket) { return (uint64_t)(roundOf(ticket) + 1) << 32; }

  /** Does parts as long as there are any. The round they are of can't end before they do, so that its work is there. */
  void takeParts() {
    for (uint64_t ticket = ticket_.load(std::memory_order_acquire); partOf(ticket) < count_;) {
      if (!ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel, std::memory_order_acquire)) continue;
      attempt(*work_, partOf(ticket));
      left_.fetch_sub(1, std::memory_order_release);
      ticket = ticket_.load(std::memory_order_acquire);
    }
  }

  static bool& within() {
    static thread_local bool inside = false;
    return inside;
  }

  void attempt(const std::function<void(int)>& work, int part) {
    within() = true;
    try {
      work(part);
    } catch (...) {
      std::lock_guard<std::mutex> lock(failing_);
      if (!failure_) failure_ = std::current_exception();
    }
    within() = false;
  }

  void serve() {
    flushTinyToZero();
    unsigned seen = 0;
    const auto round = [this] { return roundOf(ticket_.load(std::memory_order_acquire)); };
    for (;;) {
      for (int turns = 0; round() == seen && turns < kSpins; turns++) pause();
      if (round() == seen) {
        std::unique_lock<std::mutex> lock(sleep_);
        wake_.wait(lock, [&] { return round() != seen; });
      }
      seen = round();
      takeParts();
    }
  }

  int count_;
  std::mutex busy_;
  std::mutex sleep_;
  std::condition_variable wake_;
  // Nobody has a part of the round before the first.
  std::atomic<uint64_t> ticket_{0xffff};
  std::atomic<int> left_{0};
  const std::function<void(int)>* work_ = nullptr;
  std::mutex failing_;
  std::exception_ptr failure_;
};

/** Runs `work(first, end)` for each thread's part of `count` items; alone where there is little to do. */
template <typename Work>
void divide(long count, long step, bool worth, const Work& work) {
  Threads& threads = Threads::shared();
  const int parts = threads.count();
  if (!worth || parts == 1 || count <= step) {
    work(0, count);
    return;
  }
  threads.each([&](int thread) {
    const Range part = partOf(count, thread, parts, step);
    if (part.first < part.end) work(part.first, part.end);
  });
}

/** Runs `work(item)` for each of `count` items, the next free thread taking the next item. */
template <typename Work>
void share(long count, bool worth, const Work& work) {
  Threads& threads = Threads::shared();
  if (!worth || threads.count() == 1 || count == 1) {
    for (long item = 0; item < count; item++) work(item);
    return;
  }
  std::atomic<long> next{0};
  threads.each([&](int) {
    for (long item; (item = next.fetch_add(1, std::memory_order_relaxed)) < count;) work(item);
  });
}

/** Memory of a thread for the time of an operation; kept for the next one, so that its pages are there already. */
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  ~Scratch() {
    for (const Block& block : blocks_) std::free(block.memory);
  }

  /** Room for floats, at the address of a cache line, with a vector's room behind. */
  float* take(size_t count) {
    const size_t bytes = (count * sizeof(float) + 127) / 64 * 64 + 64;
    if (used_ + 1 > blocks_.size()) blocks_.push_back({nullptr, 0});
    Block& block = blocks_[used_++];
    if (block.bytes < bytes) {
      std::free(block.memory);
      block.memory = std::aligned_alloc(64, bytes);
      block.bytes = block.memory ? bytes : 0;
      if (!block.memory) throw std::bad_alloc();
      wantLargePages(block.memory, bytes);
    }
    return static_cast<float*>(block.memory);
  }

  /** Gives back what an operation took when it is left. */
  class Use {
   public:
    Use() : scratch_(own()), before_(scratch_.used_) {}
    ~Use() { scratch_.used_ = before_; }
    float* take(size_t count) { return scratch_.take(count); }

   private:
    Scratch& scratch_;
    size_t before_;
  };

 private:
  struct Block {
    void* memory;
    size_t bytes;
  };

  static Scratch& own() {
    static thread_local Scratch scratch;
    return scratch;
  }

  std::vector<Block> blocks_;
  size_t used_ = 0;
};

}  // namespace vitlab

#endif  // not WebAssembly
