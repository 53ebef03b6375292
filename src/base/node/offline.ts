import { VitlabError } from "../error";

/** Whether the environment forbids networks: `VITLAB_OFFLINE` is 1, on, yes or true. */
export function isOffline(): boolean {
  return /^(1|on|yes|true)$/i.test(process.env.VITLAB_OFFLINE ?? "");
}

/** @throws VitlabError when an address on a network may not be asked; it is shown, and must have no secret in it. */
export function checkOnline(address: string): void {
  if (isOffline())
    throw new VitlabError(
      `VITLAB_OFFLINE is set, so that ${address} isn't asked: unset it, or give what is on this machine`,
    );
}
