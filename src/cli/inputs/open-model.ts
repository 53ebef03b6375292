import { type LoadedModel, type LoadModelOptions, loadModel } from "../../recipes/load-model";
import { downloadDisplay } from "./download-display";

/** Opens the model that a command was given; a download shows on stderr how it gets on. */
export async function openModel(
  name: string,
  say: (text: string) => void,
  options: Pick<LoadModelOptions, "trainedHead"> = {},
): Promise<LoadedModel> {
  const display = downloadDisplay();
  try {
    return await loadModel(name, {
      ...options,
      say,
      onProgress: ({ file, ...progress }) => {
        // Small files are here at once.
        if ((progress.total ?? 0) >= 1e6) display.show(`${name} ${file}`, progress);
      },
    });
  } finally {
    display.end();
  }
}
