// The operations as a WebAssembly module: what JavaScript calls, and the little that a C++ library would else have to bring.
// `npm run wasm` compiles this file.

#include "operations.cc"

namespace vitlab {
namespace {

/** What `new` makes: lists and shapes of an operation, all gone when the next begins, for one that was refused deletes nothing. */
class Made {
 public:
  void begin() { block_ = used_ = 0; }

  void* take(size_t bytes) {
    bytes = (bytes + 15) / 16 * 16;
    while (!blocks_[block_] || used_ + bytes > sizeOf(block_)) {
      if (blocks_[block_]) {
        block_++;
        used_ = 0;
      }
      if (block_ == kMost) backendRefuse("an operation's lists take more room than there is");
      if (!blocks_[block_]) blocks_[block_] = static_cast<char*>(backendMalloc(sizeOf(block_)));
      if (!blocks_[block_]) backendRefuse("WebAssembly has no more memory for it");
    }
    used_ += bytes;
    return blocks_[block_] + used_ - bytes;
  }

 private:
  static constexpr size_t kMost = 12;
  static size_t sizeOf(size_t block) { return (size_t)16384 << block; }

  char* blocks_[kMost + 1] = {};
  size_t block_ = 0, used_ = 0;
};

Made made;

template <void (*RUN)(const Settings&, Call&)>
void begin(const Settings& settings, const WrittenTensor* inputs) {
  Scratch::begin();
  made.begin();
  Call call(inputs);
  RUN(settings, call);
}

}  // namespace
}  // namespace vitlab

#define VITLAB_EXPORT(name)                                                                                               \
  extern "C" __attribute__((export_name(#name))) void call##name(const vitlab::Settings* settings,                        \
                                                                 const vitlab::WrittenTensor* inputs) {                   \
    vitlab::begin<vitlab::run##name>(*settings, inputs);                                                                  \
  }

VITLAB_EXPORT(Linear)
VITLAB_EXPORT(WeightGradient)
VITLAB_EXPORT(InputGradient)
VITLAB_EXPORT(FeedForward)
VITLAB_EXPORT(FeedForwardGradient)
VITLAB_EXPORT(Attention)
VITLAB_EXPORT(AttentionGradient)
VITLAB_EXPORT(AddDropped)
VITLAB_EXPORT(LayerNorm)
VITLAB_EXPORT(LayerNormGradient)
VITLAB_EXPORT(Adam)
VITLAB_EXPORT(SumsOfSquares)
VITLAB_EXPORT(ForwardPass)
VITLAB_EXPORT(Orthogonalize)

void* operator new(size_t bytes) { return vitlab::made.take(bytes); }
void operator delete(void*) noexcept {}
void operator delete(void*, size_t) noexcept {}

namespace std {
inline namespace __1 {
/** What libc++ calls where it would throw. */
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) noexcept { __builtin_trap(); }
}  // namespace __1
}  // namespace std

typedef char Bytes16 __attribute__((vector_size(16), aligned(1)));

extern "C" {

__attribute__((no_builtin)) void* memcpy(void* __restrict to, const void* __restrict from, size_t bytes) {
  char* place = static_cast<char*>(to);
  const char* source = static_cast<const char*>(from);
  for (; bytes >= 16; bytes -= 16, place += 16, source += 16)
    *reinterpret_cast<Bytes16*>(place) = *reinterpret_cast<const Bytes16*>(source);
  for (; bytes > 0; bytes--) *place++ = *source++;
  return to;
}

__attribute__((no_builtin)) void* memset(void* to, int value, size_t bytes) {
  char* place = static_cast<char*>(to);
  const Bytes16 values = Bytes16{} + (char)value;
  for (; bytes >= 16; bytes -= 16, place += 16) *reinterpret_cast<Bytes16*>(place) = values;
  for (; bytes > 0; bytes--) *place++ = (char)value;
  return to;
}

/**
 * The natural logarithm, in double precision and rounded once: 2^n m with m from √½ to √2, and
 * log m = 2 artanh((m - 1) / (m + 1)) as a series.
 */
float logf(float x) {
  if (!(x > 0)) return x == 0 ? -INFINITY : NAN;
  if (x == INFINITY) return x;
  const double wide = x;
  uint64_t bits;
  __builtin_memcpy(&bits, &wide, sizeof bits);
  int exponent = (int)(bits >> 52) - 1023;
  bits = (bits & 0xfffffffffffffull) | 1023ull << 52;
  double m;
  __builtin_memcpy(&m, &bits, sizeof m);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  const double s = (m - 1) / (m + 1), square = s * s;
  double sum = 0;
  for (int k = 19; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
  return (float)(exponent * 0.6931471805599453 + 2 * s * sum);
}
}
