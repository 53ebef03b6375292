// What an operation asks of a tensor's shape, and how it refuses one, natively and in WebAssembly alike.
#pragma once

#include <cstdint>
#include <vector>

#include "refuse.h"

namespace vitlab {

/** For a tensor OWN that has `rank()` and `length(index)`. */
template <typename OWN>
class Shaped {
 public:
  /** Length of an axis, from the end where it is negative. */
  long size(int axis) const {
    const int index = axis < 0 ? own().rank() + axis : axis;
    // TensorFlow itself would end the process.
    if (index < 0 || index >= own().rank()) refuse("an input has too few axes");
    return own().length(index);
  }
  long count() const {
    long product = 1;
    for (int i = 0; i < own().rank(); i++) product *= size(i);
    return product;
  }
  bool empty() const { return count() == 0; }
  /** Rows of the matrix whose columns are the last axis. */
  long rows() const {
    long product = 1;
    for (int i = 0; i + 1 < own().rank(); i++) product *= size(i);
    return product;
  }
  std::vector<int64_t> shape() const {
    std::vector<int64_t> dims;
    for (int i = 0; i < own().rank(); i++) dims.push_back(size(i));
    return dims;
  }

 private:
  const OWN& own() const { return static_cast<const OWN&>(*this); }
};

}  // namespace vitlab
