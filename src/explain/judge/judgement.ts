import { csv } from "../../base/csv";
import { DisplayKind, printAs } from "../../base/display-kind";
import { textTable } from "../../base/text-table";
import type { Paint } from "../paint";
import type { Interval } from "./interval";
import type { AreaRule } from "./perturbation";

/** What was found of one method. */
export interface JudgedMethod {
  method: string;
  /** Whether it is no explanation, but what explanations must be better than. */
  baseline: boolean;
  /** Images that it gave a map of. */
  images: number;
  /** Area under the deletion curve; lower is better. */
  deletion: Interval;
  /** Area under the insertion curve; higher is better. */
  insertion: Interval;
  /** Spearman's correlation with the method `against`; null where there is none, or no image has a map of both. */
  agreement: Interval | null;
  /** Share of images whose largest number is at a patch that matters; null where these aren't known. */
  points: Interval | null;
  /** Share of the patches that matter among as many of the largest numbers; null where these aren't known. */
  finds: Interval | null;
  /** Spearman's correlation with its own maps while weights are made random, part by part; null where that wasn't tried. */
  randomized: readonly { label: string; spearman: number }[] | null;
}

/** What a judgement is made of. */
export interface JudgementParts {
  methods: readonly JudgedMethod[];
  /** Mean Spearman correlation of each two methods, in their order; NaN, as JSON null, where no image has a map of both. */
  agreement: readonly (readonly number[])[];
  /** Images. */
  count: number;
  against: string | null;
  /** What pointing at a patch drawn by chance gets. */
  chance: number | null;
  settings: { steps: number; color: Paint; area: AreaRule; seed: number; sanity: number };
}

/** How notebooks show judgements. */
export const judgementDisplay = new DisplayKind<Judgement>();

/** A map that is so like the one of random weights isn't about the model. */
const UNCHANGED = 0.5;

/** How far each of several explanations can be trusted, with 95 % intervals. */
export class Judgement implements JudgementParts {
  readonly methods: readonly JudgedMethod[];
  readonly agreement: readonly (readonly number[])[];
  readonly count: number;
  readonly against: string | null;
  readonly chance: number | null;
  readonly settings: JudgementParts["settings"];

  constructor({ methods, agreement, count, against, chance, settings }: JudgementParts) {
    this.methods = methods;
    this.agreement = agreement;
    this.count = count;
    this.against = against;
    this.chance = chance;
    this.settings = settings;
    printAs(this, (judgement) => judgement.text);
    judgementDisplay.mark(this, (judgement) => judgement.text);
  }

  /** Its table: `${judgement}`. */
  toString(): string {
    return this.text;
  }

  /** The table: a row a method, ± the half of the 95 % interval. */
  get text(): string {
    const { methods, against, chance, count } = this;
    const columns = [
      { name: "method" },
      { name: "deletion", numeric: true },
      { name: "insertion", numeric: true },
      ...(against === null ? [] : [{ name: `like ${against}`, numeric: true }]),
      ...(chance === null
        ? []
        : [
            { name: "points at it", numeric: true },
            { name: "finds", numeric: true },
          ]),
      ...(methods.some(({ randomized }) => randomized) ? [{ name: "random weights", numeric: true }] : []),
    ];
    const rows = methods.map(({ method, deletion, insertion, agreement, points, finds, randomized }) => [
      method,
      withError(deletion),
      withError(insertion),
      ...(against === null ? [] : [agreement ? agreement.mean.toFixed(2) : "-"]),
      ...(points && finds ? [withError(points), withError(finds)] : []),
      ...(randomized ? [(randomized.at(-1)?.spearman ?? 0).toFixed(2)] : []),
    ]);
    return [
      `${count} images; deletion: lower is better, insertion: higher${chance === null ? "" : `; pointing by chance ${chance.toFixed(3)}`}`,
      textTable(columns, rows),
      ...this.remarks,
    ].join("\n");
  }

  /** What must be known besides the table, a sentence each. */
  get remarks(): string[] {
    const unchanged = this.methods.filter(
      ({ baseline, randomized }) => !baseline && (randomized?.at(-1)?.spearman ?? 0) > UNCHANGED,
    );
    const silent = this.methods.filter(({ images }) => images < this.count);
    return [
      ...(unchanged.length > 0
        ? [
            `hardly changes when all weights are random, so isn't about this model: ${unchanged.map(({ method }) => method).join(", ")}`,
          ]
        : []),
      ...silent.map(
        ({ method, images }) => `${method} said nothing of ${this.count - images} images, which are left out`,
      ),
    ];
  }

  /** What `JSON.stringify(judgement)` writes. */
  toJSON(): JudgementParts {
    const { methods, agreement, count, against, chance, settings } = this;
    return { methods, agreement, count, against, chance, settings };
  }

  /** A line for each method and measure, with the interval. */
  toCSV(): string {
    const measures = ["deletion", "insertion", "agreement", "points", "finds"] as const;
    const rows = this.methods.flatMap((one) =>
      measures.flatMap((measure) => {
        const found = one[measure];
        return found ? [[one.method, measure, found.mean, found.low, found.high, one.images]] : [];
      }),
    );
    return csv([["method", "measure", "mean", "low", "high", "images"], ...rows]);
  }
}

function withError({ mean, low, high }: Interval): string {
  return `${mean.toFixed(3)} ± ${((high - low) / 2).toFixed(3)}`;
}
