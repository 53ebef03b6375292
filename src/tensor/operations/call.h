// One call of an operation, as the operation sees it.
#pragma once

#if defined(__wasm__)
#include "wasm-call.h"
#else

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include "memory.h"
#include "shaped.h"
#include "tensorflow.h"

namespace vitlab {

/** What an operation is set to; each has those attributes that it reads. */
struct Settings {
  int64_t heads = 1;
  int64_t activation = 0;
  float rate = 0;
  float epsilon = 0;
  int64_t keep = 0;
  /** Tensors in each of its lists. */
  int64_t count = 1;
  /** Whether products are in bfloat16, and the length of the rows that were kept so. */
  int64_t bfloat16 = 0;
  int64_t features = 0;
  /** Of a whole model: side of a patch, tokens in front that have a position, and yes or no, 1 or 0. */
  int64_t patch = 1;
  int64_t placed = 0;
  int64_t channelsFirst = 1;
  int64_t preNorm = 1;
  int64_t meanPool = 0;
};

/** A tensor that came in: float32, row-major. */
class Input : public Shaped<Input> {
 public:
  explicit Input(TF_Tensor* tensor) : tensor_(tensor) {}
  Input(const Input&) = delete;
  Input(Input&& other) noexcept : tensor_(other.tensor_) { other.tensor_ = nullptr; }
  ~Input() {
    if (tensor_) TF_DeleteTensor(tensor_);
  }

  const float* data() const { return static_cast<const float*>(TF_TensorData(tensor_)); }
  int rank() const { return TF_NumDims(tensor_); }
  long length(int index) const { return TF_Dim(tensor_, index); }

 private:
  TF_Tensor* tensor_;
};

class Call {
 public:
  Call(TF_OpKernelContext* context, TF_Status* status) : context_(context), status_(status) {}

  Input input(int index) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_);
    check();
    return Input(tensor);
  }

  std::vector<Input> inputs(int first, int count) {
    std::vector<Input> list;
    for (int i = 0; i < count; i++) list.push_back(input(first + i));
    return list;
  }

  float* output(int index, const std::vector<int64_t>& shape) {
    size_t count = 1;
    for (const int64_t size : shape) count *= size;
    const int rank = (int)shape.size();
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, kTensorflowFloat, shape.data(), rank, count * sizeof(float), status_);
    check();
    float* data = static_cast<float*>(TF_TensorData(tensor));
    TF_DeleteTensor(tensor);
    wantLargePages(data, count * sizeof(float));
    return data;
  }

  static void expect(bool holds, const char* what) {
    if (!holds) refuse(what);
  }

 private:
  void check() {
    if (TF_GetCode(status_) != 0) throw std::runtime_error(TF_Message(status_));
  }

  TF_OpKernelContext* context_;
  TF_Status* status_;
};

using Run = void (*)(const Settings&, Call&);

/** The attributes by name, each with its default. */
constexpr const char* kAttributes[] = {"heads: int = 1",          "activation: int = 0", "rate: float = 0",
                                       "epsilon: float = 0",      "keep: int = 0",       "count: int >= 1 = 1",
                                       "patch: int = 1",          "placed: int = 0",     "channels_first: int = 1",
                                       "pre_norm: int = 1",       "mean_pool: int = 0",  "rounded: int = 0",
                                       "features: int = 0"};

inline void* createSettings(TF_OpKernelConstruction* construction) {
  Settings* settings = new Settings();
  TF_Status* status = TF_NewStatus();
  const auto whole = [&](const char* name, int64_t* to) { TF_OpKernelConstruction_GetAttrInt64(construction, name, to, status); };
  whole("heads", &settings->heads);
  whole("activation", &settings->activation);
  TF_OpKernelConstruction_GetAttrFloat(construction, "rate", &settings->rate, status);
  TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", &settings->epsilon, status);
  whole("keep", &settings->keep);
  whole("count", &settings->count);
  whole("patch", &settings->patch);
  whole("placed", &settings->placed);
  whole("channels_first", &settings->channelsFirst);
  whole("pre_norm", &settings->preNorm);
  whole("mean_pool", &settings->meanPool);
  whole("rounded", &settings->bfloat16);
  whole("features", &settings->features);
  if (TF_GetCode(status) != 0) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return settings;
}

inline void deleteSettings(void* settings) { delete static_cast<Settings*>(settings); }

template <Run RUN>
void compute(void* settings, TF_OpKernelContext* context) {
  TF_Status* status = TF_NewStatus();
  try {
    Call call(context, status);
    RUN(*static_cast<Settings*>(settings), call);
  } catch (const std::exception& error) {
    TF_SetStatus(status, kTensorflowInvalidArgument, error.what());
    TF_OpKernelContext_Failure(context, status);
  }
  TF_DeleteStatus(status);
}

inline void unknownShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

/** Makes an operation known to TensorFlow under its name, e.g. "VitlabLinear", with its kernel for the CPU. */
template <Run RUN>
void define(const char* name, std::initializer_list<const char*> inputs, std::initializer_list<const char*> outputs) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(name);
  for (const char* attribute : kAttributes)
    TF_OpDefinitionBuilderAddAttr(builder, attribute);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(builder, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(builder, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, unknownShape);
  TF_RegisterOpDefinition(builder, status);
  if (TF_GetCode(status) == 0) {
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", createSettings, compute<RUN>, deleteSettings);
    TF_RegisterKernelBuilder(name, kernel, status);
  }
  const std::string problem = TF_GetCode(status) == 0 ? "" : TF_Message(status);
  TF_DeleteStatus(status);
  if (!problem.empty()) throw std::runtime_error(problem);
}

}  // namespace vitlab

#endif  // not WebAssembly
