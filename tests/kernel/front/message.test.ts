import { describe, expect, it } from "vitest";
import { Wire } from "../../../src/kernel/front/message";

const wire = new Wire("secret", "hmac-sha256");
const message = { type: "comm_msg", content: { comm_id: "c", data: { n: 1 } }, identities: [Buffer.from("client")] };

describe("the wire protocol", () => {
  it("brings a message with its identities and buffers through unchanged", () => {
    const buffers = [new Uint8Array([1, 2, 3]), Buffer.from("<IDS|MSG>")];
    const got = wire.decode(wire.encode({ ...message, buffers, metadata: { a: 1 } }));
    expect(got.header.msg_type).toBe("comm_msg");
    expect(got.content).toEqual({ comm_id: "c", data: { n: 1 } });
    expect(got.metadata).toEqual({ a: 1 });
    expect(got.identities.map(String)).toEqual(["client"]);
    expect(got.buffers.map((b) => [...b])).toEqual(buffers.map((b) => [...b]));
  });

  it("signs header, parent, metadata and content, and leaves buffers out of the signature", () => {
    const frames = wire.encode({ ...message, buffers: [new Uint8Array([1])] });
    frames[frames.length - 1] = Buffer.from([2]);
    expect(wire.decode(frames).buffers.map((b) => [...b])).toEqual([[2]]);
    for (let part = 3; part < 7; part++) {
      const forged = wire.encode(message);
      forged[part] = Buffer.from('{"forged":1}');
      expect(() => wire.decode(forged)).toThrow("wrong signature");
    }
  });

  it("refuses frames that are no message, each with its reason", () => {
    const bare = new Wire("", "hmac-sha256");
    const delimiter = Buffer.from("<IDS|MSG>");
    const empty = Buffer.from("");
    const object = Buffer.from("{}");
    expect(() => bare.decode([Buffer.from("x")])).toThrow("without <IDS|MSG>");
    expect(() => bare.decode([delimiter, empty, object])).toThrow("3 frames");
    expect(() => bare.decode([delimiter, empty, object, object, object, object])).toThrow("without msg_id");
    expect(() => bare.decode([delimiter, empty, Buffer.from("[1]"), object, object, object])).toThrow("no JSON object");
    expect(() => bare.decode([delimiter, empty, Buffer.from("{"), object, object, object])).toThrow("no JSON object");
  });

  it("refuses what it could read and not write again", () => {
    const bare = new Wire("", "hmac-sha256");
    const decode = (header: string) =>
      bare.decode(["<IDS|MSG>", "", header, "{}", "{}", "{}"].map((text) => Buffer.from(text)));
    const deep = "[".repeat(20_000) + "]".repeat(20_000);
    expect(() => decode(`{"msg_id":"1","msg_type":"x","date":${deep}}`)).toThrow("nested more than 500 deep");
    expect(() => decode('{"msg_id":"1","msg_type":"x","subshell_id":{}}')).toThrow("subshell_id that is no text");
    expect(decode('{"msg_id":"1","msg_type":"x","subshell_id":null}').header.msg_id).toBe("1");
  });

  it("takes a signed message once", () => {
    const frames = wire.encode(message);
    expect(wire.decode(frames).content).toEqual(message.content);
    expect(() => wire.decode(frames)).toThrow("came before");
  });

  it("takes unsigned messages when the connection file has no key", () => {
    const bare = new Wire("", "hmac-sha256");
    expect(bare.decode(bare.encode(message)).content).toEqual(message.content);
  });
});
