// To be imported first by programs of our own, not by the library, which runs in somebody's process: V8 keeps what it compiles
// of the modules that they load, in vitlab's cache, and the next process spends two thirds of the time on them. Node.js has
// it from 22.1 on.

import * as nodeModule from "node:module";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder";

const { enableCompileCache } = nodeModule as Partial<Pick<typeof nodeModule, "enableCompileCache">>;
enableCompileCache?.(join(cacheFolder(), "compiled"));
