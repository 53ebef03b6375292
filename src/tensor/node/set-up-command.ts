import { isClone } from "../../base/node/is-clone";

/** What brings the native engine: the set-up of the whole project in its clone, that of the engine elsewhere. */
export const setUpCommand = isClone ? "`npm start`" : "`npx vitlab setup`";
