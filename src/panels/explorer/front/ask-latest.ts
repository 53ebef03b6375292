/** Questions to someone who answers one at a time. */
export interface LatestAsker<Question> {
  /** Asks this next; what waited to be asked is forgotten. */
  want(question: Question): void;
  /** The question under way was answered, or never will be: asks what waits. */
  answered(): void;
  readonly waiting: boolean;
}

/** At most one question under way, the latest wins. */
export function askLatest<Question>(
  ask: (question: Question) => void,
  same: (one: Question, other: Question) => boolean,
): LatestAsker<Question> {
  let underWay: { readonly question: Question } | undefined;
  let next: { readonly question: Question } | undefined;
  const start = (question: Question) => {
    underWay = { question };
    ask(question);
  };
  return {
    want(question) {
      if (underWay === undefined) start(question);
      else next = same(underWay.question, question) ? undefined : { question };
    },
    answered() {
      underWay = undefined;
      const waited = next;
      next = undefined;
      if (waited) start(waited.question);
    },
    get waiting() {
      return underWay !== undefined;
    },
  };
}
