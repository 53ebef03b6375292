// How work is divided into parts.
#pragma once

namespace vitlab {

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

}  // namespace vitlab
