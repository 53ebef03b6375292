import type { Random } from "../../base/random";

/** The numbers from 0 to count - 1 in an order that isn't their own; there must be two of them. */
export function otherOrder(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  do random.shuffle(order);
  while (order.every((place, i) => place === i));
  return order;
}
