import { join, relative } from "node:path";
import { Application } from "typedoc";
import { root } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { readStamp } from "../stamp.mjs";
import { entryPoints } from "./entry-points.mjs";

/** Where `npm run docs` writes; git ignores it. */
export const referenceFolder = join(root, "reference");

/** What public types are made of and nobody has to name, as TypeDoc asks for it; one that isn't used any more is an error. */
const UNNAMED = {
  "base/safetensors-numbers": ["WEIGHT_TYPES"],
  "figure/notebook-display": ["NotebookDisplay"],
  "hub/processor-size": ["Sides"],
  "hub/read-json": ["Fields"],
  "panels/dashboard/dashboard-view": ["DashboardView"],
  "panels/tweak/form-fields": ["FieldName"],
  "tensor/dropout": ["Dropout"],
  "vit/problem-type": ["PROBLEM_TYPES"],
  "widgets/controls/boxes": ["BoxOptions", "Child", "PagesOptions"],
  "widgets/controls/control": ["Control", "ControlOptions", "Values"],
  "widgets/controls/layout": ["Layout"],
  "widgets/controls/selection": ["Of"],
  "widgets/controls/styles": [
    "ButtonStyle",
    "CheckboxStyle",
    "DescriptionStyle",
    "HTMLStyle",
    "ProgressStyle",
    "SliderStyle",
    "TextStyle",
  ],
  "widgets/controls/traits": ["ReadTrait", "Trait"],
  "widgets/shorthand": ["Valued"],
};

/**
 * Writes what the docstrings say of all public names as pages that are read offline; resolves to what a step says of it.
 *
 * @throws SetupError for a public name without a docstring, a type that is used and not exported, a link that leads nowhere.
 */
export async function writeReference(report, out = referenceFolder) {
  report?.working("reading the docstrings");
  const { app, project } = await readReference();
  report?.working("writing the pages");
  await app.generateDocs(project, out);
  return { text: `open ${join(relative(process.cwd(), out), "index.html")} in a browser` };
}

/** What TypeDoc makes of the docstrings. @throws SetupError where they are not in order. */
export async function readReference() {
  const entries = entryPoints(readStamp(join(root, "package.json")));
  const app = await Application.bootstrap({
    name: "vitlab",
    // A name has its page in the part that it is of: the module of all names comes last, and refers to those.
    entryPoints: [...entries].reverse().map(({ file }) => join(root, file)),
    tsconfig: join(root, "tsconfig.build.json"),
    basePath: root,
    readme: "none",
    hideGenerator: true,
    // The compiler has read them already, in set-up.
    skipErrorChecking: true,
    excludeExternals: true,
    excludePrivate: true,
    // Nothing is asked of git, and links lead to the files that lie beside the reference.
    disableGit: true,
    sourceLinkTemplate: "../../src/{path}",
    validation: { invalidLink: true, notDocumented: true, notExported: true },
    requiredToBeDocumented: ["Function", "Class", "Interface", "TypeAlias", "Variable"],
    intentionallyNotExported: Object.entries(UNNAMED).flatMap(([file, names]) =>
      names.map((name) => `src/${file}.ts:${name}`),
    ),
    logLevel: "Warn",
  });
  const project = await app.convert();
  if (project) {
    nameModules(project, entries);
    app.validate(project);
  }
  if (!project || app.logger.hasErrors() || app.logger.hasWarnings())
    throw new SetupError("the docstrings are not in order: mend what TypeDoc names above");
  return { app, project };
}

/** A module goes by the name that it is imported by, not by its file. */
function nameModules(project, entries) {
  for (const module of project.children ?? []) {
    const path = module.sources?.[0]?.fileName;
    module.name = entries.find(({ file }) => file === path)?.name ?? module.name;
  }
}
