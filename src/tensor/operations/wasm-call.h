// One call of an operation, as call.h has it, where JavaScript is the caller and the tensors lie in WebAssembly's memory.
#pragma once

#include <cstdint>
#include <vector>

#include "alone.h"
#include "shaped.h"

extern "C" {
/** Makes an output of a shape; returns where its numbers go. */
__attribute__((import_module("backend"), import_name("output"))) float* backendOutput(int index, const int64_t* shape, int rank);
}

namespace vitlab {

/** As JavaScript writes it down, all of it: src/tensor/wasm-operations.ts. */
struct Settings {
  float rate, epsilon;
  int32_t heads, activation, keep, count, bfloat16, features, patch, placed, channelsFirst, preNorm, meanPool;
};

/** A tensor as JavaScript writes it down. */
struct WrittenTensor {
  const float* data;
  int32_t rank;
  int32_t shape[6];
};

/** A tensor that came in: float32, row-major. */
class Input : public Shaped<Input> {
 public:
  explicit Input(const WrittenTensor& tensor) : tensor_(&tensor) {}

  const float* data() const { return tensor_->data; }
  int rank() const { return tensor_->rank; }
  long length(int index) const { return tensor_->shape[index]; }

 private:
  const WrittenTensor* tensor_;
};

class Call {
 public:
  Call(const WrittenTensor* inputs) : inputs_(inputs) {}

  Input input(int index) { return Input(inputs_[index]); }

  std::vector<Input> inputs(int first, int count) {
    std::vector<Input> list;
    for (int i = 0; i < count; i++) list.push_back(input(first + i));
    return list;
  }

  float* output(int index, const std::vector<int64_t>& shape) { return backendOutput(index, shape.data(), (int)shape.size()); }

  static void expect(bool holds, const char* what) {
    if (!holds) refuse(what);
  }

 private:
  const WrittenTensor* inputs_;
};

}  // namespace vitlab
