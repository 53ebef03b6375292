import { createServer } from "node:net";
import { expect, it } from "vitest";
import { bindSockets } from "../../../src/kernel/front/sockets";
import { KernelError } from "../../../src/kernel/kernel-error";

it("names the socket and the address that another program has", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const taken = `tcp://127.0.0.1:${(other.address() as { port: number }).port}`;
  const free = "tcp://127.0.0.1:*";
  const addresses = { shell: free, control: taken, iopub: free, stdin: free, hb: free };
  const binding = bindSockets(
    { key: "", signatureScheme: "hmac-sha256", addresses },
    () => {},
    () => {},
  );
  await expect(binding).rejects.toThrow(`The address of the control socket, ${taken}, is taken`);
  await expect(binding).rejects.toBeInstanceOf(KernelError);
  other.close();
});
