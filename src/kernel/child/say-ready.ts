import { send } from "./output-pipe";

send({ type: "ready" });
