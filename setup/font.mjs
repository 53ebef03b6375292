// `npm run font`: the typefaces of the static pictures, data/fonts. Open Sans as it is; the Chinese one cut down to the
// characters that they need. Needed where words in src/ or notebooks/zh use a character beyond the 3,755 most frequent ones.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const PACKAGES = ["@expo-google-fonts/noto-sans-sc@0.4.3", "subset-font@2.9.0"];
const FONTS = join(import.meta.dirname, "..", "data", "fonts");
const TARGET = join(FONTS, "NotoSansSC.ttf");
const OPEN_SANS = dirname(createRequire(import.meta.url).resolve("@expo-google-fonts/open-sans/package.json"));
const MOST_BYTES = 1_500_000;

/** The 3,755 characters of GB/T 2312's first level: the most frequent. */
function frequent() {
  const decoder = new TextDecoder("gb2312");
  let text = "";
  for (let row = 0xb0; row <= 0xd7; row++)
    for (let cell = 0xa1; cell <= (row === 0xd7 ? 0xf9 : 0xfe); cell++)
      text += decoder.decode(Uint8Array.of(row, cell));
  return text;
}

/** What is written in a folder's files. */
function written(folder) {
  const path = join(import.meta.dirname, "..", folder);
  return readdirSync(path, { recursive: true })
    .filter((name) => /\.(ts|ipynb)$/.test(name))
    .map((name) => readFileSync(join(path, name), "utf8"))
    .join("");
}

/** Chinese characters, and the punctuation and full forms that go with them. */
const OURS = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/g;
const PUNCTUATION = "、。·—…‘’“”〈〉《》「」『』【】〔〕〖〗！（），．：；？［］｛｝％＋－／＝～￥";

const notebooks = readdirSync(join(import.meta.dirname, "..", "notebooks")).includes("zh")
  ? written("notebooks/zh")
  : "";
const used = (written("src") + notebooks).match(OURS) ?? [];
const characters = [...new Set(frequent() + PUNCTUATION + used.join(""))].join("");

for (const [weight, name] of [
  ["400Regular", "Regular"],
  ["600SemiBold", "SemiBold"],
])
  copyFileSync(join(OPEN_SANS, weight, `OpenSans_${weight}.ttf`), join(FONTS, `OpenSans-${name}.ttf`));
copyFileSync(join(OPEN_SANS, "LICENSE_FONT"), join(FONTS, "OFL-OpenSans.txt"));

const folder = mkdtempSync(join(tmpdir(), "vitlab-font-"));
try {
  execFileSync("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "--silent", ...PACKAGES]);
  const load = createRequire(pathToFileURL(join(folder, "package.json")));
  const whole = readFileSync(load.resolve("@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"));
  const cut = await load("subset-font")(whole, characters, { targetFormat: "truetype", noLayoutClosure: true });
  if (cut.length > MOST_BYTES) throw new Error(`the cut typeface takes ${cut.length} bytes, more than ${MOST_BYTES}`);
  writeFileSync(TARGET, cut);
  writeFileSync(TARGET.replace(/ttf$/, "txt"), [...characters].sort().join(""));
  console.log(`${characters.length} characters, ${statSync(TARGET).size} bytes: data/fonts/NotoSansSC.ttf`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
