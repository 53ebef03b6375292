import { send } from "./output-pipe";
import { serve } from "./serve";

serve();
send({ type: "ready" });
