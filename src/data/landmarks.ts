/** A place in an image: pixels from the left and from the top. The center of the first pixel is (0.5, 0.5). */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the parts of one drawn thing are: `{ ear: [{ x, y }, …], eye: […], nose: […] }`. */
export type Landmarks = Readonly<Record<string, readonly Point[]>>;
