/** What the kernel stands on and the library doesn't: optional peers of the package. */
export const KERNEL_PACKAGES: readonly string[] = ["tslab", "typescript", "zeromq"];
