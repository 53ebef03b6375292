// Divides work over the processor's cores.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

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
 * microseconds and waking a sleeper takes fifty, then asleep.
 *
 * Never destroyed, because a process may end while threads of Node are still at work.
 */
class Threads {
 public:
  static Threads& shared() {
    static Threads* threads = new Threads();
    return *threads;
  }

  int count() const { return count_; }

  /**
   * Runs `work(thread)` once for each thread, 0 on the caller's own; alone where another thread of Node is here already. The
   * first exception of any of them comes out when all have ended.
   */
  void each(const std::function<void(int)>& work) {
    if (count_ == 1 || !busy_.try_lock()) {
      for (int thread = 0; thread < count_; thread++) work(thread);
      return;
    }
    std::lock_guard<std::mutex> hold(busy_, std::adopt_lock);
    work_ = &work;
    left_.store(count_ - 1, std::memory_order_relaxed);
    {
      std::lock_guard<std::mutex> lock(sleep_);
      round_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    attempt(work, 0);
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
        std::thread([this, thread = count_] { serve(thread); }).detach();
      } catch (const std::system_error&) {
        // The system gives no more: these have to do.
        break;
      }
    }
  }

  void attempt(const std::function<void(int)>& work, int thread) {
    try {
      work(thread);
    } catch (...) {
      std::lock_guard<std::mutex> lock(failing_);
      if (!failure_) failure_ = std::current_exception();
    }
  }

  void serve(int thread) {
    flushTinyToZero();
    unsigned seen = 0;
    for (;;) {
      for (int turns = 0; round_.load(std::memory_order_acquire) == seen && turns < kSpins; turns++) pause();
      if (round_.load(std::memory_order_acquire) == seen) {
        std::unique_lock<std::mutex> lock(sleep_);
        wake_.wait(lock, [&] { return round_.load(std::memory_order_acquire) != seen; });
      }
      seen++;
      attempt(*work_, thread);
      left_.fetch_sub(1, std::memory_order_release);
    }
  }

  int count_;
  std::mutex busy_;
  std::mutex sleep_;
  std::condition_variable wake_;
  std::atomic<unsigned> round_{0};
  std::atomic<int> left_{0};
  const std::function<void(int)>* work_ = nullptr;
  std::mutex failing_;
  std::exception_ptr failure_;
};

/** The part of `count` items that a thread has: `[first, end)`, in whole multiples of `step`, the same on every call. */
struct Range {
  long first;
  long end;
};

inline Range partOf(long count, int part, int parts, long step = 1) {
  const long steps = (count + step - 1) / step;
  const long first = steps * part / parts * step;
  const long end = steps * (part + 1) / parts * step;
  return {first < count ? first : count, end < count ? end : count};
}

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
