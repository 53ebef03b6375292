import { describe, expect, it } from "vitest";
import { nodeLimits } from "../../../src/cli/doctor/node-limits";

describe("nodeLimits", () => {
  it.each(["20.19.0", "22.23.3"])("says on Node %s which interrupt ends the process of the cells", (node) => {
    expect(nodeLimits(node, node)).toEqual([expect.stringContaining("AsyncLocalStorage.run ends the process")]);
  });

  it("has nothing to say on Node 24 with types of Node 24", () => {
    expect(nodeLimits("24.21.0", "24.0.1")).toEqual([]);
  });

  it("says that types of a newer Node promise what may be missing", () => {
    expect(nodeLimits("20.20.2", "22.20.5")).toContainEqual(
      expect.stringContaining("types of Node 22: what they name"),
    );
  });

  it("says that types of an older Node don't know what came later", () => {
    expect(nodeLimits("24.21.0", "22.20.5")).toEqual([expect.stringContaining("types of Node 22: what came later")]);
  });

  it("says of a Node that is newer than the tests' that nobody tried it", () => {
    expect(nodeLimits("27.0.0", "27.0.0")).toEqual(["vitlab was tested up to Node 26"]);
  });
});
