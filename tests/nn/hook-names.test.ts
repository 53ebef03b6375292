import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadSafetensors } from "../../src/hub/safetensors-file";
import { aliasOf, HOOKS } from "../../src/nn/hook-names";
import type { NamedArray } from "../../src/nn/module";
import { Trace } from "../../src/nn/trace";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { ViT } from "../../src/vit/model";
import { goldenModel } from "../explain/golden-model";
import { expectNoLeak, onEveryEngine } from "../support/engines";

onEveryEngine("TransformerLens' names", () => {
  let model: ViT;
  let images: Tensor4D;
  beforeAll(() => {
    model = new ViT({ imageSize: 8, patchSize: 4, dim: 12, depth: 2, heads: 3, mlpDim: 16, classes: 2 }, { seed: 1 });
    images = tf.randomUniform([2, 8, 8, 3], -1, 1, "float32", 2) as Tensor4D;
  });
  afterAll(() => {
    model.dispose();
    images.dispose();
  });

  it("stand for the same values, in TransformerLens' shapes", () => {
    expectNoLeak(() => {
      const { logits, trace } = model.run(images);
      for (const { hook, name, tokensFirst } of HOOKS) {
        const [there, own] = [hook, name].map((each) => trace.get(each.replace("blocks.N.", "blocks.1.")));
        const turned = tokensFirst ? tf.transpose(own as Tensor, [0, 2, 1, 3]) : tf.clone(own as Tensor);
        expect(there?.shape, hook).toEqual(turned.shape);
        expect([...(there?.dataSync() ?? [])], hook).toEqual([...turned.dataSync()]);
        turned.dispose();
      }
      expect(trace.get("blocks.0.attn.hook_z").shape).toEqual([2, 5, 3, 4]);
      expect(trace.get("blocks.0.attn.hook_pattern").shape).toEqual([2, 3, 5, 5]);
      expect(trace.get("blocks.0.attn.hook_z")).toBe(trace.get("blocks.0.attn.hook_z"));
      expect([trace.has("blocks.1.hook_resid_mid"), trace.has("blocks.2.hook_resid_mid")]).toEqual([true, false]);
      trace.dispose();
      logits.dispose();
    });
  });

  it("edit the same values", () => {
    const halved = (name: string) =>
      expectNoLeak(() => {
        const logits = model.forward(images, { edit: { [name]: (value) => tf.div(value, 2) } });
        const data = [...logits.dataSync()];
        logits.dispose();
        return data;
      });
    for (const { hook, name } of HOOKS) {
      const [there, own] = [hook, name].map((each) => halved(each.replace("blocks.N.", "blocks.1.")));
      expect(there, hook).toEqual(own);
    }
    const shapes: number[][] = [];
    const zeroed = (name: string, keep: Tensor) =>
      expectNoLeak(() => {
        const edit = (value: Tensor) => {
          shapes.push(value.shape);
          return tf.mul(value, keep);
        };
        const logits = model.forward(images, { edit: { [name]: edit } });
        const data = [...logits.dataSync()];
        logits.dispose();
        return data;
      });
    const [tokensFirst, headsFirst] = [tf.tensor([1, 0, 1], [1, 1, 3, 1]), tf.tensor([1, 0, 1], [1, 3, 1, 1])];
    expect(zeroed("blocks.0.attn.hook_z", tokensFirst)).toEqual(zeroed("blocks.0.attention.heads", headsFirst));
    expect(shapes).toEqual([
      [2, 5, 3, 4],
      [2, 3, 5, 4],
    ]);
    tf.dispose([tokensFirst, headsFirst]);
  });

  it("choose what a trace keeps", () => {
    expectNoLeak(() => {
      const names = ["blocks.0.attn.hook_v", "unembed.hook_in"];
      const { logits, trace } = model.run(images, { names });
      expect(trace.names()).toEqual(["blocks.0.attention.value", "pooled"]);
      expect(trace.get("blocks.0.attn.hook_v").shape).toEqual([2, 5, 3, 4]);
      const own = new Trace(["blocks.1.hook_mlp_out"]);
      const again = model.forward(images, { trace: own });
      expect(own.names()).toEqual(["blocks.1.mlp.output"]);
      for (const kept of [trace, own]) kept.dispose();
      tf.dispose([logits, again]);
    });
  });

  it("are refused where there is no such value, or both names are edited", () => {
    const half = (value: Tensor) => tf.div(value, 2);
    expectNoLeak(() => {
      expect(() => model.run(images, { names: ["blocks.0.mlp.hook_pre"] })).toThrow(
        "the trace is to keep blocks.0.mlp.hook_pre, which this model doesn't compute",
      );
      expect(() => model.run(images, { names: ["blocks.7.hook_resid_pre"] })).toThrow("blocks.7.input");
      expect(() => model.forward(images, { edit: { "blocks.0.ln1.hook_scale": half } })).toThrow(
        "edit names blocks.0.ln1.hook_scale, which this model doesn't compute",
      );
      const both = { "blocks.0.attention.heads": half, "blocks.0.attn.hook_z": half };
      expect(() => model.forward(images, { edit: both })).toThrow(
        "edit names blocks.0.attention.heads twice, once as blocks.0.attn.hook_z: give one function for it",
      );
      const turned = (value: Tensor) => tf.transpose(value, [0, 2, 1, 3]);
      expect(() => model.forward(images, { edit: { "blocks.0.attn.hook_z": turned } })).toThrow(
        "edit of blocks.0.attn.hook_z returned [2, 3, 5, 4]: expected the shape it got, [2, 5, 3, 4]",
      );
      const { logits, trace } = model.run(images, { names: ["pooled"] });
      expect(() => trace.get("blocks.0.attn.hook_z")).toThrow('the trace has no "blocks.0.attn.hook_z"; it has pooled');
      trace.dispose();
      logits.dispose();
    });
  });
});

it("is told of in docs/compatibility.md as the table has it", () => {
  const names = [...new Set(HOOKS.map(({ name }) => name))];
  const rows = names.map((name) => {
    const hooks = HOOKS.filter((each) => each.name === name);
    const shape = hooks[0]?.tokensFirst ? "`[batch, tokens, heads, headDim]`" : "";
    const listed = hooks.map(({ hook }) => `\`${hook}\``).join(", ");
    return `| \`${name}\` | ${listed} | ${shape} | ${hooks[0]?.differs ?? ""} |`;
  });
  const text = readFileSync(join(__dirname, "..", "..", "docs", "compatibility.md"), "utf8");
  const table = text.split("| vitlab | TransformerLens |")[1]?.split("\n\n")[0]?.split("\n").slice(2);
  expect(table).toEqual(rows);
});

/** A Python that has TransformerLens: VITLAB_TRANSFORMERS_PYTHON, or that of `.venv-bench`. */
function lensPython(): string | undefined {
  const python = process.env.VITLAB_TRANSFORMERS_PYTHON ?? join(__dirname, "..", "..", ".venv-bench", "bin", "python");
  if (!existsSync(python)) return undefined;
  return spawnSync(python, ["-c", "import transformer_lens"]).status === 0 ? python : undefined;
}

const python = lensPython();

/** Hooks of values that vitlab doesn't name, or whose edits reach one of a value's readers only. */
const LEFT_OUT =
  /^embed\.hook_in$|(ln1|ln2|ln_final)\.hook_(in|scale|normalized)$|attn\.[qkv]\.hook_in$|mlp\.(hook_pre|in\.hook_out)$/;

describe.runIf(python !== undefined)("Python's TransformerLens", () => {
  const work = mkdtempSync(join(tmpdir(), "vitlab-lens-"));
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it("has these hooks and no others, with these values, and the same answers when they are edited", {
    timeout: 600_000,
  }, async () => {
    await useEngine(undefined, { quiet: true });
    const folder = join(__dirname, "..", "goldens", "explain");
    const file = join(work, "hooks.safetensors");
    const script = join(__dirname, "python", "transformer_lens_hooks.py");
    execFileSync(python as string, [script, folder, join(folder, "golden.safetensors"), file], {
      env: { ...process.env, HF_HUB_OFFLINE: "1", CUDA_VISIBLE_DEVICES: "" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const theirs = await loadSafetensors(file);
    const { model, images } = await goldenModel();
    const { logits, trace } = model.run(images);
    const hooks = Object.keys(theirs).filter((name) => !name.startsWith("halved/"));
    const known = hooks.filter((name) => aliasOf(name));
    expect(hooks.filter((name) => !known.includes(name) && !LEFT_OUT.test(name))).toEqual([]);
    expect(new Set(known.map((name) => name.replace(/^blocks\.\d+\./, "blocks.N.")))).toEqual(
      new Set(HOOKS.map(({ hook }) => hook)),
    );
    const worst = (got: Tensor, want: NamedArray) => {
      expect(got.shape).toEqual(want.shape);
      return Math.max(...Array.from(got.dataSync(), (value, i) => Math.abs(value - (want.data[i] as number))));
    };
    for (const name of known) {
      const value = theirs[name] as NamedArray;
      const answer = theirs[`halved/${name}`] as NamedArray;
      const edited = model.forward(images, { edit: { [name]: (each) => tf.div(each, 2) } });
      if (name.endsWith("hook_attn_scores")) {
        expect(worst(trace.get(name.replace("attn_scores", "pattern")), value), name).toBeLessThan(1e-4);
        expect(worst(trace.get(name), value), name).toBeGreaterThan(0.1);
      } else expect(worst(trace.get(name), value), name).toBeLessThan(1e-4);
      // What HOOKS says of edits there is true as well: these change nothing.
      const differs = /hook_(attn_scores|pattern|resid_mid)$/.test(name);
      expect(worst(differs ? logits : edited, answer), `${name} halved`).toBeLessThan(1e-4);
      if (differs) expect(worst(edited, answer), `${name} halved`).toBeGreaterThan(1e-3);
      edited.dispose();
    }
    trace.dispose();
    tf.dispose([logits, images]);
    model.dispose();
  });
});
