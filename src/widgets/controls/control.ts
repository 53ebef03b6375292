import { checkOptions, type OptionNames, show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { tell } from "../../figure/option-kinds";
import { describeWidget, Widget, type WidgetNames, type Wire } from "../widget";
import type { Traits } from "./traits";

/** The values of a widget by their names. */
export type Values<T extends Traits> = { -readonly [Name in keyof T]: T[Name]["first"] };

interface Part {
  readonly reference: string;
  close(): void;
  reset(given: unknown): void;
}

/** Widgets that belong to another one alone, by the name under which it has them: its layout, its style. */
export type Parts = Readonly<Record<string, new (options?: never) => Part>>;

/** What a control is made with: values, and options of its parts. */
export type ControlOptions<T extends Traits, P extends Parts> = {
  -readonly [Name in keyof T]?: T[Name] extends { told(given: infer Given): unknown } ? Given : T[Name]["first"];
} & {
  readonly [Name in keyof P]?: ConstructorParameters<P[Name]>[0];
};

/** A part is read as a widget, and takes the values of another one or options: `block.layout = { width: "50%" }`. */
interface WithLayout<Made, Given> {
  get layout(): Made;
  set layout(given: Given);
}
interface WithStyle<Made, Given> {
  get style(): Made;
  set style(given: Given);
}
type Given<Made, Options> = Made | NonNullable<Options>;
type LayoutOf<P> = P extends { layout: new (options?: infer Options) => infer Made }
  ? WithLayout<Made, Given<Made, Options>>
  : unknown;
type StyleOf<P> = P extends { style: new (options?: infer Options) => infer Made }
  ? WithStyle<Made, Given<Made, Options>>
  : unknown;

/** A widget whose values are its properties. */
export type ControlOf<T extends Traits, P extends Parts> = Control<T> & Values<T> & LayoutOf<P> & StyleOf<P>;

/** What makes controls of a kind. */
export type ControlClass<T extends Traits, P extends Parts> = new (options?: ControlOptions<T, P>) => ControlOf<T, P>;

/** A value that doesn't agree with the others, and the one that does. */
export interface Correction {
  readonly name: string;
  readonly value: unknown;
  /** What to give instead, for whoever asked for it; left out where the value is only completed. */
  readonly expected?: string;
}

/** A kind of widget, as ipywidgets has it. */
export interface ControlKind<T extends Traits, P extends Parts> {
  /** As people call it. */
  readonly name: string;
  readonly names: WidgetNames;
  readonly traits: T;
  readonly parts: P;
  /** What must be otherwise for the values to agree: `next` are all values after a change, `asked` those that it names. */
  agree?(next: Values<T>, asked: Partial<Values<T>>, before: Values<T>): readonly Correction[];
}

/** A widget of ipywidgets: its values are checked, whoever changes them. */
export class Control<T extends Traits = Traits> extends Widget<Values<T>> {
  readonly #kind: ControlKind<T, Parts>;

  /** Made by the classes of `widgets`. */
  constructor(kind: ControlKind<T, Parts>, options: Readonly<Record<string, unknown>>) {
    const names = { ...kind.traits, ...kind.parts } as OptionNames<Readonly<Record<string, unknown>>>;
    checkOptions(kind.name, options, names);
    const given = Object.entries(options).filter(([name, value]) => value !== undefined && name in kind.traits);
    const first = mapValues(kind.traits, ({ first }) => first) as Values<T>;
    const values = settle(kind, first, Object.fromEntries(given) as Partial<Values<T>>, "refuse");
    const parts = mapValues(kind.parts, (part, name) => new part(options[name] as never)) as Record<string, Part>;
    super(kind.names, { ...first, ...values }, Object.values(parts), wireOf(kind, parts));
    this.#kind = kind;
    // As in ipywidgets options may be assigned. The part stays: it takes them.
    for (const [name, part] of Object.entries(parts))
      Object.defineProperty(this, name, { get: () => part, set: (given: unknown) => part.reset(given) });
  }

  /**
   * Takes all values anew: those that options name, or another control has, and the others as they are at first.
   *
   * @throws VitlabError when a value is none of those that it may be; then nothing has changed.
   */
  reset(given: Partial<Values<T>> | Control<T>): void {
    const { name, traits } = this.#kind;
    const options = given instanceof Control ? given.values : given;
    checkOptions(name, options, traits as OptionNames<Partial<Values<T>>>);
    const told = Object.entries(options).filter(([, value]) => value !== undefined);
    this.set({ ...mapValues(traits, ({ first }) => first), ...Object.fromEntries(told) } as Values<T>);
  }

  /**
   * Changes values here and in the front end, and tells the listeners.
   *
   * @throws VitlabError when a value is none of those that it may be; then nothing has changed.
   */
  override set(values: Partial<Values<T>>): void {
    checkOptions(this.#kind.name, values, this.#kind.traits as OptionNames<Partial<Values<T>>>, "value");
    super.set(settle(this.#kind, this.values, values, "refuse"));
  }

  protected override admit(values: Partial<Values<T>>): Partial<Values<T>> {
    return settle(this.#kind, this.values, values, "correct");
  }

  /** The value, and what isn't as it is at first. */
  override toString(): string {
    const { name, traits } = this.#kind;
    const told = Object.entries(this.values).filter(([key, value]) => key === "value" || value !== traits[key]?.first);
    return describeWidget(name, told);
  }

  /** The name of a value in messages, undefined where they have it in another form. */
  wireName(name: string): string | undefined {
    const trait = this.#kind.traits[name];
    return trait && !trait.write ? nameOf(name, trait.wire) : undefined;
  }
}

/** A class of controls of a kind. */
export function control<T extends Traits, P extends Parts>(kind: ControlKind<T, P>): ControlClass<T, P> {
  class Made extends Control<T> {
    constructor(options: ControlOptions<T, P> = {}) {
      super(kind as ControlKind<T, Parts>, options);
    }
  }
  for (const name of Object.keys(kind.traits)) {
    Object.defineProperty(Made.prototype, name, {
      get(this: Made) {
        return this.get(name);
      },
      set(this: Made, value: never) {
        this.set({ [name]: value } as unknown as Partial<Values<T>>);
      },
    });
  }
  return Made as unknown as ControlClass<T, P>;
}

/**
 * The values that change when `asked` are asked for. What code gives and isn't right is refused, what a front end sends is
 * put right, or stays as it was.
 */
function settle<T extends Traits>(
  kind: ControlKind<T, Parts>,
  before: Values<T>,
  asked: Partial<Values<T>>,
  wrong: "refuse" | "correct",
): Partial<Values<T>> {
  const refuse = (name: string, expected: string): never => {
    throw new VitlabError(`${kind.name}: ${name} is ${show(asked[name as keyof T])}: give ${expected}`);
  };
  const settled: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(asked)) {
    const trait = kind.traits[name]!;
    if (trait.takes(value)) settled[name] = tell(trait, value);
    else settled[name] = wrong === "refuse" ? refuse(name, trait.expected) : before[name];
  }
  const next = { ...before, ...settled };
  for (const { name, value, expected } of kind.agree?.(next, settled as Partial<Values<T>>, before) ?? []) {
    if (wrong === "refuse" && expected !== undefined && name in asked) refuse(name, expected);
    settled[name] = value;
  }
  return settled as Partial<Values<T>>;
}

/** How the values of a kind are named and written in messages: as ipywidgets names and writes them. */
function wireOf<T extends Traits>(
  { traits }: ControlKind<T, Parts>,
  parts: Readonly<Record<string, Part>>,
): Wire<Values<T>> {
  const references = mapValues(parts, ({ reference }) => reference);
  const byWireName = new Map(Object.entries(traits).map(([name, { wire }]) => [nameOf(name, wire), name]));
  return {
    references,
    write(values, all) {
      const written = Object.entries(values).map(([name, value]) => {
        const trait = traits[name]!;
        return [nameOf(name, trait.wire), trait.write ? trait.write(value, all) : value];
      });
      return Object.fromEntries(written);
    },
    read(written, all) {
      const known = Object.entries(written).flatMap(([wire, value]) => {
        const name = byWireName.get(wire);
        return name === undefined ? [] : [[name, traits[name]?.read ? traits[name].read(value, all) : value]];
      });
      return Object.fromEntries(known);
    },
  };
}

function nameOf(name: string, wire: string | undefined): string {
  return wire ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function mapValues<In, Out>(
  record: Readonly<Record<string, In>>,
  map: (value: In, name: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
