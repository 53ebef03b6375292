import { VitlabError } from "../../base/error";
import { KernelError } from "../../kernel/kernel-error";

/** Hands on what `work` resolves to; what the kernel says about its use is an error of the command like any other. */
export async function withKernelErrors<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof KernelError ? new VitlabError(error.message) : error;
  }
}
