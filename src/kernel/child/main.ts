import "../../base/node/keep-compiled";
import { keepBuiltIns } from "./built-ins";
import { send } from "./output-pipe";
import { serve } from "./serve";

serve();
send({ type: "ready" });
// While the first cell is compiled.
keepBuiltIns();
