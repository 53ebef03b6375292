// The operations as TensorFlow knows them: what goes in, what comes out, and which function does the work. For WebAssembly
// wasm.cc takes the first half of this file.

#if !defined(__wasm__)
#include <dlfcn.h>

#include <mutex>
#include <stdexcept>
#endif

#include "adam.h"
#include "attention.h"
#include "call.h"
#include "feed-forward.h"
#include "forward-pass.h"
#include "layer-norm.h"
#include "linear.h"
#include "mixed-precision.h"
#include "orthogonalize.h"

namespace vitlab {
namespace {

const float* orNone(const Input& input) { return input.empty() ? nullptr : input.data(); }

std::vector<int64_t> withLast(std::vector<int64_t> shape, int64_t last) {
  Call::expect(!shape.empty(), "a number alone has no last axis");
  shape.back() = last;
  return shape;
}

/** Shape of what rows rounded to bfloat16 are kept in; empty where they aren't. */
std::vector<int64_t> keptShape(const Settings& settings, long rows, long columns) {
  if (settings.bfloat16 && settings.keep) return {keptSize(rows, columns)};
  return {0};
}

/** x, weight, bias, residual (both empty for none) -> y, x rounded (empty unless kept) */
void runLinear(const Settings& settings, Call& call) {
  const Input x = call.input(0), weight = call.input(1), bias = call.input(2), residual = call.input(3);
  const long inputs = weight.size(0), outputs = weight.size(1), rows = x.rows();
  Call::expect(x.size(-1) == inputs, "linear: the last axis of x isn't as long as the first of the weight");
  float* y = call.output(0, withLast(x.shape(), outputs));
  float* kept = call.output(1, keptShape(settings, rows, inputs));
  Call::expect(bias.empty() || bias.count() == outputs, "linear: the bias isn't as long as the weight is wide");
  Call::expect(residual.empty() || residual.count() == rows * outputs, "linear: the residual hasn't the result's size");
  if (settings.bfloat16)
    return mixedLinear(rows, inputs, outputs, {x.data(), inputs}, weight.data(), orNone(bias), orNone(residual), y,
                       settings.keep ? kept : nullptr);
  linear(rows, inputs, outputs, {x.data(), inputs}, weight.data(), orNone(bias), orNone(residual), (int)settings.activation, y);
}

/** x (or x rounded), dy -> dWeight, dBias */
void runWeightGradient(const Settings& settings, Call& call) {
  const Input x = call.input(0), dy = call.input(1);
  const long inputs = settings.bfloat16 ? settings.features : x.size(-1), outputs = dy.size(-1), rows = dy.rows();
  Call::expect(settings.bfloat16 || x.rows() == rows, "linear gradient: x and dy have other numbers of rows");
  float* dWeight = call.output(0, {inputs, outputs});
  float* dBias = call.output(1, {outputs});
  if (settings.bfloat16) {
    Call::expect(inputs > 0 && x.count() == keptSize(rows, inputs), "linear gradient: x rounded and dy have other numbers of rows");
    return mixedWeightGradient(rows, inputs, outputs, x.data(), dy.data(), dWeight, dBias);
  }
  weightGradient(rows, inputs, outputs, {x.data(), inputs}, {dy.data(), outputs}, dWeight, dBias);
}

/** weight, dy -> dx */
void runInputGradient(const Settings& settings, Call& call) {
  const Input weight = call.input(0), dy = call.input(1);
  const long inputs = weight.size(0), outputs = weight.size(1);
  Call::expect(dy.size(-1) == outputs, "linear gradient: dy isn't as wide as the weight");
  float* dx = call.output(0, withLast(dy.shape(), inputs));
  if (settings.bfloat16) return mixedInputGradient(dy.rows(), inputs, outputs, weight.data(), dy.data(), dx);
  inputGradient(dy.rows(), inputs, outputs, weight.data(), {dy.data(), outputs}, dx);
}

FeedForward feedForwardOf(const Settings& settings, long rows, const Input& x, const Input& weight1, const Input& bias1,
                          const Input& weight2, const Input& keys) {
  const long inputs = weight1.size(0), hidden = weight1.size(1);
  Call::expect(weight2.size(0) == hidden && bias1.count() == hidden, "feed-forward: shapes don't fit");
  Call::expect(!(settings.rate > 0) || keys.count() == 4, "feed-forward: dropout takes four keys");
  return {rows,          inputs,         hidden,
          weight2.size(1), x.data(),     weight1.data(),
          bias1.data(),  weight2.data(), (int)settings.activation,
          Keep(settings.rate, keys.data(), hidden)};
}

/** x, weight1, bias1, weight2, bias2, keys, residual (empty for none) -> y, before (empty unless kept), x rounded (the same) */
void runFeedForward(const Settings& settings, Call& call) {
  const Input x = call.input(0), weight1 = call.input(1), bias1 = call.input(2), weight2 = call.input(3);
  const Input bias2 = call.input(4), keys = call.input(5), residual = call.input(6);
  Call::expect(x.size(-1) == weight1.size(0), "feed-forward: shapes don't fit");
  const FeedForward f = feedForwardOf(settings, x.rows(), x, weight1, bias1, weight2, keys);
  Call::expect(bias2.count() == f.outputs, "feed-forward: the second bias isn't as long as the weight is wide");
  Call::expect(residual.empty() || residual.count() == f.rows * f.outputs, "feed-forward: the residual hasn't the result's size");
  float* y = call.output(0, withLast(x.shape(), f.outputs));
  const std::vector<int64_t> rounded = keptShape(settings, f.rows, f.hidden);
  float* before = call.output(1, !settings.keep || settings.bfloat16 ? rounded : withLast(x.shape(), f.hidden));
  float* kept = call.output(2, keptShape(settings, f.rows, f.inputs));
  if (settings.bfloat16)
    return mixedFeedForward(f, bias2.data(), orNone(residual), y, settings.keep ? kept : nullptr, settings.keep ? before : nullptr);
  feedForward(f, bias2.data(), orNone(residual), y, settings.keep ? before : nullptr);
}

/** x (or x rounded), weight1, bias1, weight2, keys, before (may be empty), dy -> dx, dWeight1, dBias1, dWeight2, dBias2 */
void runFeedForwardGradient(const Settings& settings, Call& call) {
  const Input x = call.input(0), weight1 = call.input(1), bias1 = call.input(2), weight2 = call.input(3);
  const Input keys = call.input(4), before = call.input(5), dy = call.input(6);
  const FeedForward f = feedForwardOf(settings, dy.rows(), x, weight1, bias1, weight2, keys);
  Call::expect(dy.count() == f.rows * f.outputs, "feed-forward gradient: dy hasn't the result's size");
  const FeedForwardGradient to = {call.output(0, withLast(dy.shape(), f.inputs)), call.output(1, {f.inputs, f.hidden}),
                                  call.output(2, {f.hidden}), call.output(3, {f.hidden, f.outputs}), call.output(4, {f.outputs})};
  if (settings.bfloat16) {
    Call::expect(x.count() == keptSize(f.rows, f.inputs) && before.count() == keptSize(f.rows, f.hidden),
                 "feed-forward gradient: what was kept has another size");
    return mixedFeedForwardGradient(f, dy.data(), x.data(), before.data(), to);
  }
  Call::expect(x.count() == f.rows * f.inputs, "feed-forward gradient: x and dy have other numbers of rows");
  Call::expect(before.empty() || before.count() == f.rows * f.hidden, "feed-forward gradient: before hasn't the hidden size");
  feedForwardGradient(f, dy.data(), orNone(before), to);
}

Attention attentionOf(const Settings& settings, const Input& qkv, const Input& keys) {
  Call::expect(qkv.rank() == 3 && settings.heads > 0, "attention: takes query, key and value in three axes, and heads above 0");
  const long heads = settings.heads, headDim = qkv.size(2) / 3 / heads;
  Call::expect(heads * headDim * 3 == qkv.size(2), "attention: the heads don't divide query, key and value");
  Call::expect(!(settings.rate > 0) || keys.count() == 4, "attention: dropout takes four keys");
  return {qkv.size(0), qkv.size(1), heads, headDim, qkv.data(), Keep(settings.rate, keys.data(), qkv.size(1))};
}

/** qkv, keys -> context, shares */
void runAttention(const Settings& settings, Call& call) {
  const Input qkv = call.input(0), keys = call.input(1);
  const Attention f = attentionOf(settings, qkv, keys);
  float* context = call.output(0, {f.batch, f.tokens, f.dim()});
  attention(f, context, (RowShare*)call.output(1, {f.batch, f.heads, f.tokens, 2}));
}

/** qkv, keys, context, shares, dContext -> dQkv */
void runAttentionGradient(const Settings& settings, Call& call) {
  const Input qkv = call.input(0), keys = call.input(1), context = call.input(2), shares = call.input(3);
  const Input dContext = call.input(4);
  const Attention f = attentionOf(settings, qkv, keys);
  const long size = f.batch * f.tokens * f.dim();
  Call::expect(context.count() == size && dContext.count() == size && shares.count() == f.batch * f.heads * f.tokens * 2,
               "attention gradient: shapes don't fit");
  attentionGradient(f, context.data(), (const RowShare*)shares.data(), dContext.data(), call.output(0, qkv.shape()));
}

/** x (empty for none), branch, keys -> x + drop(branch) */
void runAddDropped(const Settings& settings, Call& call) {
  const Input x = call.input(0), branch = call.input(1), keys = call.input(2);
  Call::expect(x.empty() || x.count() == branch.count(), "dropout: x and branch have other sizes");
  Call::expect(!(settings.rate > 0) || keys.count() == 4, "dropout takes four keys");
  const long columns = branch.rank() > 0 ? branch.size(-1) : 1;
  addDropped(branch.rows(), columns, orNone(x), branch.data(), Keep(settings.rate, keys.data(), columns),
             call.output(0, branch.shape()));
}

/** x, scale, shift -> y, statistics */
void runLayerNorm(const Settings& settings, Call& call) {
  const Input x = call.input(0), scale = call.input(1), shift = call.input(2);
  const long features = scale.count();
  Call::expect(x.size(-1) == features && shift.count() == features, "layer norm: shapes don't fit");
  float* y = call.output(0, x.shape());
  layerNorm(x.rows(), features, x.data(), scale.data(), shift.data(), settings.epsilon, y, call.output(1, {x.rows(), 2}));
}

/** x, scale, statistics, dy -> dx, dScale, dShift */
void runLayerNormGradient(const Settings&, Call& call) {
  const Input x = call.input(0), scale = call.input(1), statistics = call.input(2), dy = call.input(3);
  const long features = scale.count();
  Call::expect(x.size(-1) == features && dy.count() == x.count() && statistics.count() == 2 * x.rows(),
               "layer norm gradient: shapes don't fit");
  float* dx = call.output(0, x.shape());
  float* dScale = call.output(1, {features});
  layerNormGradient(x.rows(), features, x.data(), scale.data(), statistics.data(), dy.data(), dx, dScale,
                    call.output(2, {features}));
}

/**
 * For each parameter: weights, gradient, mean, square; then shares [count, 2] and step [10] -> for each: weights, mean, square; probe.
 * Unless they are to be kept, mean and square are written over, and come out empty.
 */
void runAdam(const Settings& settings, Call& call) {
  const int count = (int)settings.count;
  const std::vector<Input> weights = call.inputs(0, count), gradients = call.inputs(count, count);
  const std::vector<Input> means = call.inputs(2 * count, count), squares = call.inputs(3 * count, count);
  const Input shares = call.input(4 * count), step = call.input(4 * count + 1);
  Call::expect(shares.count() == 2 * count, "adam: not two shares for each parameter");
  Call::expect(step.count() == 10, "adam: not 10 numbers of a step");
  const float *each = shares.data(), *s = step.data();
  std::vector<AdamParameter> parameters;
  for (int i = 0; i < count; i++) {
    const long size = weights[i].count();
    Call::expect(gradients[i].count() == size && means[i].count() == size && squares[i].count() == size,
                 "adam: tensors of other sizes");
    const auto next = [&](int index, const Input& before) {
      float* fresh = call.output(index, settings.keep ? before.shape() : std::vector<int64_t>{0});
      return settings.keep ? fresh : const_cast<float*>(before.data());
    };
    parameters.push_back({size, weights[i].data(), gradients[i].data(), means[i].data(), squares[i].data(), each[2 * i],
                          each[2 * i + 1], call.output(i, weights[i].shape()), next(count + i, means[i]),
                          next(2 * count + i, squares[i])});
  }
  *call.output(3 * count, {}) = adam(parameters, {s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9]});
}

/** tensors -> the sum of each one's squares [count] */
void runSumsOfSquares(const Settings& settings, Call& call) {
  const std::vector<Input> tensors = call.inputs(0, (int)settings.count);
  float* sums = call.output(0, {settings.count});
  long size = 0;
  for (const Input& tensor : tensors) size += tensor.count();
  share(settings.count, size > 32768, [&](long i) { sums[i] = sumOfSquares(tensors[i].data(), tensors[i].count()); });
}

/** matrices, formula [5] -> results */
void runOrthogonalize(const Settings&, Call& call) {
  const Input matrices = call.input(0), formula = call.input(1);
  Call::expect(matrices.rank() == 3 && matrices.size(1) <= matrices.size(2), "orthogonalize: takes matrices no taller than wide");
  Call::expect(formula.count() == 5, "orthogonalize: not 5 numbers of a formula");
  const float* f = formula.data();
  orthogonalize(matrices.size(0), matrices.size(1), matrices.size(2), {f[0], f[1], f[2], (int)f[3], f[4]}, matrices.data(),
                call.output(0, matrices.shape()));
}

/** Whether a tensor that may be left out has so many numbers where it is there. */
void expectSize(const Input& input, long size, bool optional, const char* what) {
  Call::expect(input.count() == size || (optional && input.empty()), what);
}

/**
 * images [batch, height, width, channels], tensors -> pooled, logits. The tensors: weight and bias of the embedding, tokens in
 * front, positions, scale and shift of the last norm, weight and bias of the head; then for each block those of norm1, qkv,
 * projection, norm2, fc1 and fc2. Empty where there is none.
 */
void runForwardPass(const Settings& settings, Call& call) {
  const Input images = call.input(0);
  const std::vector<Input> tensors = call.inputs(1, (int)settings.count);
  Call::expect(images.rank() == 4 && settings.count >= 8 && settings.count % 12 == 8, "forward pass: not the tensors of a model");
  const auto at = [&](long i) { return orNone(tensors[i]); };
  VisionTransformer m;
  m.height = images.size(1), m.width = images.size(2), m.channels = images.size(3), m.patch = settings.patch;
  m.dim = tensors[0].size(1), m.heads = settings.heads, m.classes = tensors[6].size(1);
  Call::expect(m.patch > 0 && m.heads > 0 && m.dim % m.heads == 0, "forward pass: the heads don't divide dim");
  Call::expect(m.height % m.patch == 0 && m.width % m.patch == 0, "forward pass: the patches don't divide the images");
  m.prefix = tensors[2].count() / m.dim, m.placed = settings.placed;
  m.embedding = {at(0), at(1)}, m.prefixTokens = at(2), m.positions = at(3), m.norm = {at(4), at(5)}, m.head = {at(6), at(7)};
  m.channelsFirst = settings.channelsFirst, m.preNorm = settings.preNorm, m.meanPool = settings.meanPool, m.bfloat16 = settings.bfloat16;
  m.activation = (int)settings.activation, m.epsilon = settings.epsilon;
  expectSize(tensors[0], m.patchNumbers() * m.dim, false, "forward pass: the embedding isn't for such patches");
  expectSize(tensors[1], m.dim, true, "forward pass: a bias of another length");
  expectSize(tensors[2], m.prefix * m.dim, true, "forward pass: tokens of another length");
  expectSize(tensors[3], (m.placed + m.patches()) * m.dim, true, "forward pass: not a position for each token");
  Call::expect(m.placed <= m.prefix && (m.meanPool ? m.patches() > 0 : m.tokens() > 0), "forward pass: nothing to read");
  for (long i : {4, 5}) expectSize(tensors[i], m.dim, true, "forward pass: a norm of another length");
  expectSize(tensors[6], m.dim * m.classes, false, "forward pass: the head isn't for such tokens");
  expectSize(tensors[7], m.classes, true, "forward pass: a bias of another length");
  m.hidden = settings.count > 8 ? tensors[16].size(1) : 0;
  for (long i = 8; i < settings.count; i += 12) {
    const long sizes[] = {m.dim, m.dim, 3 * m.dim * m.dim, 3 * m.dim, m.dim * m.dim, m.dim,
                          m.dim, m.dim, m.dim * m.hidden,  m.hidden,  m.hidden * m.dim, m.dim};
    for (long k = 0; k < 12; k++) expectSize(tensors[i + k], sizes[k], k == 3 || k == 5, "forward pass: a block of other sizes");
    m.blocks.push_back({{at(i), at(i + 1)}, {at(i + 2), at(i + 3)}, {at(i + 4), at(i + 5)}, {at(i + 6), at(i + 7)},
                        {at(i + 8), at(i + 9)}, {at(i + 10), at(i + 11)}});
  }
  float* pooled = call.output(0, {images.size(0), m.dim});
  forwardPasses(m, images.data(), images.size(0), pooled, call.output(1, {images.size(0), m.classes}));
}

#if !defined(__wasm__)

void defineAll() {
  define<runForwardPass>("VitlabForwardPass", {"images: float", "tensors: count * float"}, {"pooled: float", "logits: float"});
  define<runLinear>("VitlabLinear", {"x: float", "weight: float", "bias: float", "residual: float"}, {"y: float", "kept: float"});
  define<runWeightGradient>("VitlabWeightGradient", {"x: float", "dy: float"}, {"d_weight: float", "d_bias: float"});
  define<runInputGradient>("VitlabInputGradient", {"weight: float", "dy: float"}, {"dx: float"});
  define<runFeedForward>(
      "VitlabFeedForward",
      {"x: float", "weight1: float", "bias1: float", "weight2: float", "bias2: float", "keys: float",
       "residual: float"},
      {"y: float", "before: float", "kept: float"});
  define<runFeedForwardGradient>(
      "VitlabFeedForwardGradient",
      {"x: float", "weight1: float", "bias1: float", "weight2: float", "keys: float", "before: float",
       "dy: float"},
      {"dx: float", "d_weight1: float", "d_bias1: float", "d_weight2: float", "d_bias2: float"});
  define<runAttention>("VitlabAttention", {"qkv: float", "keys: float"}, {"context: float", "shares: float"});
  define<runAttentionGradient>("VitlabAttentionGradient",
                               {"qkv: float", "keys: float", "context: float", "shares: float", "d_context: float"},
                               {"d_qkv: float"});
  define<runAddDropped>("VitlabAddDropped", {"x: float", "branch: float", "keys: float"}, {"y: float"});
  define<runLayerNorm>("VitlabLayerNorm", {"x: float", "scale: float", "shift: float"}, {"y: float", "statistics: float"});
  define<runLayerNormGradient>("VitlabLayerNormGradient",
                               {"x: float", "scale: float", "statistics: float", "dy: float"},
                               {"dx: float", "d_scale: float", "d_shift: float"});
  define<runAdam>("VitlabAdam",
                  {"weights: count * float", "gradients: count * float", "means: count * float", "squares: count * float",
                   "shares: float", "step: float"},
                  {"new_weights: count * float", "new_means: count * float", "new_squares: count * float", "probe: float"});
  define<runSumsOfSquares>("VitlabSumsOfSquares", {"tensors: count * float"}, {"sums: float"});
  define<runOrthogonalize>("VitlabOrthogonalize", {"matrices: float", "formula: float"}, {"results: float"});
}

/** Whether this processor has what the compiler was told of. */
bool fitsProcessor() {
#if defined(__x86_64__)
  __builtin_cpu_init();
#if defined(__AVX__)
  if (!__builtin_cpu_supports("avx")) return false;
#endif
#if defined(__AVX2__)
  if (!__builtin_cpu_supports("avx2")) return false;
#endif
#if defined(__FMA__)
  if (!__builtin_cpu_supports("fma")) return false;
#endif
#if defined(__BMI2__)
  if (!__builtin_cpu_supports("bmi2")) return false;
#endif
#if defined(__AVX512F__)
  if (!__builtin_cpu_supports("avx512f")) return false;
#endif
#if defined(__AVX512VL__)
  if (!__builtin_cpu_supports("avx512vl")) return false;
#endif
#if defined(__AVX512BW__)
  if (!__builtin_cpu_supports("avx512bw")) return false;
#endif
#if defined(__AVX512DQ__)
  if (!__builtin_cpu_supports("avx512dq")) return false;
#endif
#if defined(__AVX512BF16__)
  if (!__builtin_cpu_supports("avx512bf16")) return false;
#endif
#endif
  return true;
}

/** TensorFlow and the threads keep pointing into this file, but Node unloads it with the worker that loaded it first. */
void stayLoaded() {
  Dl_info here;
  if (dladdr((void*)&stayLoaded, &here)) dlopen(here.dli_fname, RTLD_NOW | RTLD_NODELETE);
}

#endif  // not WebAssembly

}  // namespace
}  // namespace vitlab

#if !defined(__wasm__)

extern "C" int napi_throw_error(void* environment, const char* code, const char* message);
extern "C" int napi_create_string_utf8(void* environment, const char* text, size_t length, void** result);
extern "C" int napi_set_named_property(void* environment, void* object, const char* name, void* value);

/** Node calls this whenever one of its threads loads the file; the operations stay known as long as the process lives. */
extern "C" __attribute__((visibility("default"))) void* napi_register_module_v1(void* environment, void* exports) {
  static std::once_flag once;
  try {
    if (!vitlab::fitsProcessor()) throw std::runtime_error("compiled for another processor");
    std::call_once(once, [] {
      vitlab::stayLoaded();
      vitlab::keepFreedMemory();
      vitlab::defineAll();
    });
  } catch (const std::exception& error) {
    napi_throw_error(environment, "VITLAB_OPERATIONS", error.what());
    return exports;
  }
  void* instructions = nullptr;
  napi_create_string_utf8(environment, vitlab::bfloat16Instructions(), (size_t)-1, &instructions);
  napi_set_named_property(environment, exports, "bfloat16", instructions);
  return exports;
}

#endif  // not WebAssembly
