import type { Language } from "../../../base/language";
import { imageToTensor } from "../../../data/to-tensor";
import { fitByRules } from "../../../hub/fit-by-rules";
import { ViT } from "../../../vit/model";
import { ExplorerModel } from "../explorer-model";
import { type ExplorerState, firstState, NO_EDITS, stateFromText } from "../explorer-state";
import { mountExplorer } from "../front/mount-explorer";
import { PAGE_PARTS } from "../page-contents";
import { takeDrops } from "./drops";
import { embeddedBytes, embeddedContents } from "./embedded";
import { speakWithEmbedder } from "./embedder";
import { readImages } from "./read-images";
import { readPhotograph } from "./read-photograph";
import { readWeights } from "./read-weights";
import { startEngine } from "./start-engine";

/** Shows the explorer of the model and the images that the page holds, and answers it. */
async function main(el: HTMLElement): Promise<void> {
  const search = new URLSearchParams(location.search);
  const contents = { ...embeddedContents(), ...languageIn(search) };
  document.documentElement.lang = contents.language;
  const wanted = search.get("engine");
  const [engine, weights, pixels] = await Promise.all([
    startEngine({ engine: () => embeddedBytes("engine"), operations: () => embeddedBytes("operations") }, wanted),
    embeddedBytes("model"),
    embeddedBytes("images"),
  ]);
  // Drawn weights would be written over.
  const model = new ViT(contents.config, { seed: null });
  model.loadStateDict(readWeights(weights));
  const images = readImages(pixels, contents);
  const explorer = new ExplorerModel(model, images, contents);
  images.dispose();
  const fit = fitByRules(contents.pictures);

  const { limits } = explorer.about;
  let state = contents.state === null ? firstState(limits) : stateFromText(contents.state, limits);
  let wrongLink = "";
  const linked = () => {
    if (location.hash.length > 1) state = stateFromText(location.hash, explorer.about.limits);
  };
  try {
    linked();
  } catch (error) {
    wrongLink = sentenceOf(error);
  }

  const answer = (asked: ExplorerState) => {
    state = asked;
    // After what was pressed is drawn.
    setTimeout(() => {
      try {
        mounted.show(explorer.view(asked));
      } catch (error) {
        mounted.fail(sentenceOf(error));
      }
    });
  };
  const photograph = async (file: Blob, name: string) => {
    try {
      const image = imageToTensor(fit(await readPhotograph(file, name)), { normalize: contents.config.normalize });
      explorer.add(image, name);
      image.dispose();
      const { about } = explorer;
      mounted.about(about);
      mounted.go({ ...state, image: about.limits.images - 1, part: null, edits: NO_EDITS });
    } catch (error) {
      mounted.fail(sentenceOf(error));
    }
  };
  el.replaceChildren();
  const mounted = mountExplorer(el, {
    about: explorer.about,
    state,
    view: explorer.view(state),
    language: contents.language,
    ask: answer,
    linkOf: (text) => {
      // So that the page's own address is the link, too.
      history.replaceState(null, "", `#${text}`);
      return location.href;
    },
    photograph,
    speak: (language) => {
      document.documentElement.lang = language;
    },
  });
  // After the explorer has asked for its first answer.
  if (wrongLink) setTimeout(() => mounted.fail(wrongLink));
  takeDrops(photograph);
  addEventListener("hashchange", () => {
    try {
      linked();
      mounted.go(state);
    } catch (error) {
      mounted.fail(sentenceOf(error));
    }
  });
  // Once its pixels are there, for who measures.
  requestAnimationFrame(() => setTimeout(() => performance.mark("explorer shown")));
  // For the console, and for who drives the page by a program.
  Object.assign(window, {
    vitlabExplorer: {
      engine,
      get about() {
        return explorer.about;
      },
      view: (asked: ExplorerState) => explorer.view(asked),
    },
  });
}

/** The language that the page's address asks for. */
function languageIn(search: URLSearchParams): { language?: Language } {
  const language = search.get("language");
  return language === "en" || language === "zh" ? { language } : {};
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const el = document.getElementById(PAGE_PARTS.explorer) as HTMLElement;
speakWithEmbedder();
main(el).catch((error) => {
  el.textContent = sentenceOf(error);
});
