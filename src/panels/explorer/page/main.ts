import { fitByRules } from "../../../hub/fit-by-rules";
import { imageToTensor } from "../../../data/to-tensor";
import { ViT } from "../../../vit/model";
import { embeddedBytes, embeddedContents } from "./embedded";
import { readImages } from "./read-images";
import { readPhotograph } from "./read-photograph";
import { readWeights } from "./read-weights";
import { startEngine } from "./start-engine";

async function main() {
  const t0 = performance.now();
  const contents = embeddedContents();
  const engine = await startEngine(() => embeddedBytes("engine"), new URLSearchParams(location.search).get("engine"));
  const t1 = performance.now();
  const bb = await embeddedBytes("model"); const u1 = performance.now();
  const model = new ViT(contents.config, { seed: null });const u2 = performance.now();
  const ww = readWeights(bb); const u3 = performance.now();
  model.loadStateDict(ww);const u4 = performance.now();
  console.log([u1-t1,u2-u1,u3-u2,u4-u3].join(" "));
  const t2 = performance.now();
  const images = readImages(await embeddedBytes("images"), contents);
  const answers = await model.predict(images).array();
  const t3 = performance.now();
  const fit = fitByRules(contents.pictures);
  const photograph = async (file: Blob, name: string) => {
    const tensor = imageToTensor(fit(await readPhotograph(file, name)), { normalize: contents.config.normalize });
    return (await model.predict(tensor).array())[0];
  };
  Object.assign(window, { vitlabExplorer: { engine, answers, photograph, times: [t0, t1 - t0, t2 - t1, t3 - t2] } });
  document.body.append(`${engine} ${JSON.stringify(answers)}`);
}
main().catch((error) => document.body.append(String(error)));
