/** Something about how the kernel is started or installed that the caller can mend; its message is one sentence that says how. */
export class KernelError extends Error {
  override name = "KernelError";
}
