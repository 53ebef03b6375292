// The front learns that the process is up before everything else is loaded.
import "./say-ready";
import { serve } from "./serve";

serve();
