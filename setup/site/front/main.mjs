// What the site's pages do in a browser; each of them can be read without.

import { followExplorers } from "./explorers.mjs";
import { livePlots } from "./live-plots.mjs";
import { reachScrollers } from "./scrollers.mjs";
import { themeSwitch } from "./theme-switch.mjs";

themeSwitch(document.querySelector("button.theme"));
livePlots(document.querySelectorAll("figure.plot"));
followExplorers(document.querySelectorAll("figure.explorer iframe"));
reachScrollers(document.querySelectorAll("pre, .wide"));
