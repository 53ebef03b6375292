import { buildSnapshot } from "./snapshot";

/** Run by a kernel that found no snapshot, behind its back: the next one starts faster. */
buildSnapshot().catch(() => process.exit(1));
