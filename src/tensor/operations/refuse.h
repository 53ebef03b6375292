// Ends an operation that can't be done, with the reason.
#pragma once

#if defined(__wasm__)
#include "alone.h"
#else
#include <stdexcept>
#endif

namespace vitlab {

[[noreturn]] inline void refuse(const char* why) {
#if defined(__wasm__)
  backendRefuse(why);
#else
  throw std::runtime_error(why);
#endif
}

}  // namespace vitlab
