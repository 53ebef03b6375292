import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shapes } from "../../../src/data/shapes";
import { writeImageFolder } from "../../../src/data/write-image-folder";
import { jsonLines, type Outcome, start, vitlab, workFolder } from "../vitlab";

const folder = workFolder();
const recipe =
  "train --config micro.json --data shapes --train-count 200 --validation 50 --epochs 3 --batch-size 20".split(" ");
const options =
  "--optimizer adamw --schedule cosine --warmup-steps 5 --augment flip,shift=2 --label-smoothing 0.1 --clip-norm 1";
const train = [...recipe, ...options.split(" "), "--json"];
const FILES = ["config.json", "model.safetensors", "training.safetensors"];

/** The lines of a run without the times that no two runs share. */
function numbers({ stdout }: Outcome): unknown[] {
  return jsonLines(stdout).map(({ seconds: _, ...line }) => line);
}

/** An unbroken run that others are held against. */
const whole = vitlab(folder, [...train, "--out", "whole"]);

describe("vitlab train", () => {
  it("prints one JSON object an epoch and a last one for the test images, and nothing else on stdout", async () => {
    const { code, stdout, stderr } = await whole;
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    expect(lines.length).toBe(4);
    for (const [i, line] of lines.slice(0, 3).entries())
      expect(line).toMatchObject({
        epoch: i + 1,
        trainLoss: expect.any(Number),
        validationLoss: expect.any(Number),
        validationAccuracy: expect.any(Number),
        seconds: expect.any(Number),
      });
    expect(lines[3]).toMatchObject({
      testAccuracy: expect.any(Number),
      testLoss: expect.any(Number),
      testImages: 2000,
    });
    const accuracy = lines[3]?.testAccuracy as number;
    expect(accuracy).toBeGreaterThanOrEqual(0);
    expect(accuracy).toBeLessThanOrEqual(1);
    expect(readdirSync(join(folder, "whole")).sort()).toEqual(FILES);
    expect(stderr).toContain("parameters; 200 training images, 50 held out for validation");
    expect(stderr).toContain("guessing would get 10.0 % accuracy and a loss of 2.303");
  });

  it("keeps the model of every so many epochs, and of the last", async () => {
    expect(await vitlab(folder, [...recipe, "--json", "--out", "watched", "--snapshots", "2"])).toMatchObject({
      code: 0,
    });
    const kept = () => readdirSync(join(folder, "watched", "snapshots")).sort();
    expect(kept()).toEqual(["epoch-00000", "epoch-00002", "epoch-00003"]);
    expect(await vitlab(folder, ["train", "--out", "watched", "--resume"])).toMatchObject({ code: 0 });
    expect(kept()).toHaveLength(3);
  });

  it("saves a model of which evaluate gives the same number", async () => {
    const { testAccuracy, testLoss } = jsonLines((await whole).stdout)[3] ?? {};
    const { code, stdout } = await vitlab(folder, [
      "evaluate",
      "whole",
      "--data",
      "shapes",
      "--split",
      "test",
      "--json",
    ]);
    expect(code).toBe(0);
    const measured = JSON.parse(stdout);
    expect(measured).toMatchObject({ split: "test", testAccuracy, testLoss, images: 2000 });
    expect(Object.keys(measured.perClass).length).toBe(10);
    const validation = await vitlab(folder, "evaluate whole --data shapes --split validation --json".split(" "));
    const last = jsonLines((await whole).stdout)[2];
    expect(JSON.parse(validation.stdout)).toMatchObject({
      images: 50,
      validationAccuracy: last?.validationAccuracy,
      validationLoss: last?.validationLoss,
    });
  });

  it("killed again and again and resumed, ends with the numbers of an unbroken run", async () => {
    const broken = [...train, "--out", "broken", "--resume", "--save-every", "0.05"];
    const file = join(folder, "broken", "training.safetensors");
    let kills = 0;
    for (let attempt = 0; attempt < 3; attempt++) {
      const run = start(folder, broken);
      await run.says("guessing would get");
      // Some way into the run, as its saves show; or at its end, where the test images are measured.
      const from = readFileSync(file);
      let ended = false;
      void run.outcome.then(() => {
        ended = true;
      });
      while (!ended && readFileSync(file).equals(from)) await new Promise((resolve) => setTimeout(resolve, 20));
      run.kill("SIGKILL");
      if ((await run.outcome).signal === "SIGKILL") kills++;
      for (const name of FILES.slice(1)) expect(wholeSafetensors(join(folder, "broken", name)), name).toBe(true);
    }
    expect(kills).toBeGreaterThan(0);
    const last = await vitlab(folder, broken);
    expect(last.code).toBe(0);
    expect(numbers(last)).toEqual(numbers(await whole));
    expect(readdirSync(join(folder, "broken")).sort()).toEqual(FILES);
    for (const name of FILES.slice(0, 2))
      expect(readFileSync(join(folder, "broken", name))).toEqual(readFileSync(join(folder, "whole", name)));
  });

  it("killed in its third epoch goes on by --out and --resume alone, to the same bytes", async () => {
    const begun = [...train, "--save-every", "0.01", "--drop-path", "0.1", "--epochs", "4", "--out"];
    const unbroken = await vitlab(folder, [...begun, "not short"]);
    expect(unbroken.code).toBe(0);
    const run = start(folder, [...begun, "short"]);
    await run.prints('"epoch":2');
    run.kill("SIGKILL");
    expect((await run.outcome).signal).toBe("SIGKILL");
    const resumed = await vitlab(folder, ["train", "--resume", "--out", "short", "--json"]);
    expect(resumed.stderr).toMatch(/going on with the run in short at (the validation of )?epoch [34] of 4/);
    expect(resumed.code).toBe(0);
    expect(numbers(resumed)).toEqual(numbers(unbroken));
    for (const name of FILES.slice(0, 2))
      expect(readFileSync(join(folder, "short", name))).toEqual(readFileSync(join(folder, "not short", name)));
  });

  it("takes the settings of a run that is to go on, and refuses by name those given that differ", async () => {
    await whole;
    const before = readFileSync(join(folder, "whole", "training.safetensors"));
    for (const [given, difference] of [
      [["--epochs", "5"], "epochs was 3 and is now 5"],
      [["--learning-rate", "0.5"], "optimizer.learningRate was 0.001 and is now 0.5"],
      [["--augment", "flip"], "the augmentation is another"],
      [["--dropout", "0.3"], "model.dropout was 0.1 and is now 0.3"],
      [["--train-count", "100"], "train.length was 200 and is now 100"],
    ] as const) {
      const { code, stderr } = await vitlab(folder, ["train", "--out", "whole", "--resume", ...given]);
      expect({ code, stderr: stderr.split("\n").find((line) => line.startsWith("error: ")) }).toEqual({
        code: 1,
        stderr: expect.stringContaining(difference),
      });
    }
    const same = [
      "train",
      "--out",
      "whole",
      "--resume",
      "--json",
      "--epochs",
      "3",
      "--seed",
      "0",
      "--config",
      "micro.json",
    ];
    expect(numbers(await vitlab(folder, same))).toEqual(numbers(await whole));
    expect(readFileSync(join(folder, "whole", "training.safetensors"))).toEqual(before);
  });

  it.each([
    [{ epochs: 1e308 }, "about.settings.epochs is 1e+308. It must be a whole number, 1 or more."],
    [{ optimizer: "magic" }, "about.settings.optimizer is magic. Allowed choices are adam, adamw, muon, sgd."],
    [{ augment: { flip: true, twist: 3 } }, "about.settings.augment is flip,twist=3. It must be a list of flip, shift"],
    [{ trainCount: 100 }, "train.length was 200 and is now 100"],
  ])("refuses settings in a folder that the command line would refuse: %j", async (change, message) => {
    await whole;
    const name = `absurd ${Object.keys(change)}`;
    cpSync(join(folder, "whole"), join(folder, name), { recursive: true });
    const file = join(folder, name, "config.json");
    const { about, ...config } = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...config, about: { ...about, settings: { ...about.settings, ...change } } }));
    const { code, stderr, stdout } = await vitlab(folder, ["train", "--out", name, "--resume"]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stdout).toContain("config.json was changed after it was written");
  });

  it("resumed after its end prints the same lines again", async () => {
    const again = await vitlab(folder, [...train, "--out", "whole", "--resume"]);
    expect(again.code).toBe(0);
    expect(numbers(again)).toEqual(numbers(await whole));
    expect(again.stderr).toContain("the run in whole is finished: nothing left to train");
  });

  it("ends after the current step with Ctrl-C, saves, and says how to go on", async () => {
    const args = [...recipe, "--epochs", "500", "--json", "--out", "long run"];
    const run = start(folder, args);
    await run.says("guessing would get");
    run.kill("SIGINT");
    // npx passes the same Ctrl-C on once more.
    run.kill("SIGINT");
    const { code, stderr } = await run.outcome;
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /stopped after step \d+ of 5000 \(\d+ of 500 epochs done\), saved in long run; go on with: /,
    );
    const command = stderr.trim().split("go on with: vitlab ")[1] as string;
    expect(command).toBe(`${args.slice(0, -1).join(" ")} 'long run' --resume`);
    const evaluated = await vitlab(folder, ["evaluate", "long run", "--data", "shapes", "--json"]);
    expect(evaluated.code).toBe(0);
  });

  it("refuses to write over a run", async () => {
    await whole;
    const before = readFileSync(join(folder, "whole", "training.safetensors"));
    const { code, stderr } = await vitlab(folder, [...train, "--out", "whole"]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      "error: whole holds a run already: go on with it (--resume), replace it (--overwrite), or choose another folder (--out)\n",
    );
    const other = await vitlab(folder, [...train, "--out", "whole", "--resume", "--learning-rate", "0.5"]);
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/error: .*optimizer.learningRate was 0.001 and is now 0.5/);
    expect(readFileSync(join(folder, "whole", "training.safetensors"))).toEqual(before);
  });

  it("ends with one sentence when the loss is no longer finite", async () => {
    const args = [...recipe, "--optimizer", "sgd", "--learning-rate", "1e37", "--out", "diverged", "--json"];
    const { code, stderr, stdout } = await vitlab(folder, args);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.split("\n").filter((line) => line.startsWith("error: "))).toEqual([
      expect.stringMatching(
        /the (loss|gradient|next weights) became .* the last checkpoint in diverged is from before/,
      ),
    ]);
    expect(readdirSync(join(folder, "diverged")).sort()).toEqual(FILES);
  });

  it("writes plain lines for people", async () => {
    const { code, stdout } = await vitlab(folder, [...recipe, "--epochs", "1", "--out", "plain"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^epoch 1 of 1: training loss \d\.\d{3}, validation loss \d\.\d{3}, accuracy [\d.]+ %, /m);
    expect(stdout).toMatch(/^test accuracy [\d.]+ % \([\d,]+ of 2,000; guessing gets 10.0 %\), loss \d\.\d{3}$/m);
  });

  it("trains on a folder of images, split by the data alone", async () => {
    await writeImageFolder(shapes({ count: 100, size: 16 }), join(folder, "photos"));
    const args =
      "train --config micro.json --data folder:photos --epochs 1 --batch-size 20 --json --out photos-run".split(" ");
    const { code, stdout, stderr } = await vitlab(folder, args);
    expect(stderr).toContain("72 training images, 13 held out for validation");
    expect(code).toBe(0);
    const { testAccuracy, testLoss } = jsonLines(stdout)[1] ?? {};
    const evaluated = await vitlab(folder, "evaluate photos-run --data photos --json".split(" "));
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ testAccuracy, testLoss, images: 15 });
    const all = await vitlab(folder, "evaluate photos-run --data photos --split all --json".split(" "));
    expect(JSON.parse(all.stdout)).toMatchObject({ images: 100 });
  });

  it("goes on with the data of the run, and evaluate takes them as well", async () => {
    await whole;
    const index = train.indexOf("--data");
    const without = train.filter((_, i) => i !== index && i !== index + 1);
    const resumed = await vitlab(folder, [...without, "--out", "whole", "--resume"]);
    expect(resumed.code).toBe(0);
    expect(numbers(resumed)).toEqual(numbers(await whole));
    const evaluated = await vitlab(folder, ["evaluate", "whole", "--json"]);
    expect(JSON.parse(evaluated.stdout)).toMatchObject({
      testAccuracy: jsonLines((await whole).stdout)[3]?.testAccuracy,
    });
  });

  it("says that the data of a run are gone or were never noted", async () => {
    await whole;
    cpSync(join(folder, "whole"), join(folder, "moved"), { recursive: true });
    const file = join(folder, "moved", "config.json");
    const config = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...config, about: { data: "folder:/gone" } }));
    expect(await vitlab(folder, ["evaluate", "moved"])).toMatchObject({
      code: 1,
      stderr: "error: moved was trained on folder:/gone, which is not there any more: give --data\n",
    });
    writeFileSync(file, JSON.stringify({ ...config, about: {} }));
    expect(await vitlab(folder, ["evaluate", "moved"])).toMatchObject({
      code: 1,
      stderr: "error: moved does not tell what it was trained on: give --data\n",
    });
  });

  it("takes the names of the library, and data names in capitals", async () => {
    const words = "train --preset articleSimpleViT --data Shapes --train-count 20 --validation 20 --epochs 1";
    const aliases = "--batch-size 20 --optimizer sgd --learning-rate 1e37 --json";
    const { code, stderr } = await vitlab(folder, `${words} ${aliases}`.split(" "));
    expect(stderr).toContain("279,018 parameters; 20 training images");
    expect(stderr).toContain("1 epoch in batches of 20: 1 step; ");
    expect(stderr).toContain("with learning rate 1e+37");
    expect(stderr).toContain("runs/article");
    expect(code).toBe(1);
  });

  it("says what is wrong with a folder of images", async () => {
    mkdirSync(join(folder, "one", "cats"), { recursive: true });
    writeFileSync(join(folder, "one", "cats", "tom.png"), "not a picture");
    const args = ["train", "--config", "micro.json", "--data", "one", "--out", "none"];
    const one = await vitlab(folder, args);
    expect(one).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: .*one class \(cats\).*\n$/m) });
    mkdirSync(join(folder, "one", "dogs"));
    writeFileSync(join(folder, "one", "dogs", "rex.png"), "not a picture");
    const text = await vitlab(folder, args);
    const said = /^error: no picture of cats, dogs in .*one can be read \(.*tom\.png: .*\n$/m;
    expect(text).toMatchObject({ code: 1, stderr: expect.stringMatching(said) });
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  it("says that images and model don't fit", async () => {
    const args = ["train", "--config", "micro.json", "--data", "cifar10", "--out", "none"];
    const { code, stderr } = await vitlab(folder, args);
    expect(code).toBe(1);
    expect(stderr).toContain("error: CIFAR-10 has images of 32x32, and the model takes 16x16");
  });
});

/** Whether a safetensors file is as long as its header says. */
function wholeSafetensors(file: string): boolean {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + length)) as Record<
    string,
    { data_offsets?: [number, number] }
  >;
  const ends = Object.values(header).map(({ data_offsets }) => data_offsets?.[1] ?? 0);
  return bytes.length === 8 + length + Math.max(...ends);
}
