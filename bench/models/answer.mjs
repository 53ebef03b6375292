import { createInterface } from "node:readline";
import { answerMark } from "./competitor.mjs";

/**
 * Answers the orders that come in on stdin, a JSON object a line, until stdin ends: the handler named by `do` gets the order
 * and returns the answer.
 */
export async function answerOrders(handlers) {
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line);
    let answer;
    try {
      answer = await handlers[order.do](order);
    } catch (error) {
      answer = { error: `${error.message}` };
    }
    process.stdout.write(`${answerMark}${JSON.stringify(answer)}\n`);
  }
  process.exit(0);
}
