import { VitlabError } from "../error";

/** Whether a variable of the environment is 1, on, yes or true. */
export function isSwitchedOn(name: string): boolean {
  return /^(1|on|yes|true)$/i.test(process.env[name] ?? "");
}

/** Whether the environment forbids networks. */
export function isOffline(): boolean {
  return isSwitchedOn("VITLAB_OFFLINE");
}

/** @throws VitlabError when an address on a network may not be asked; it is shown, and must have no secret in it. */
export function checkOnline(address: string): void {
  if (isOffline())
    throw new VitlabError(
      `VITLAB_OFFLINE is set, so that ${address} isn't asked: unset it, or give what is on this machine`,
    );
}
