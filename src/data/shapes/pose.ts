import type { Random } from "../../base/random";

/** Where a drawing comes to lie in the image, in pixels. */
export interface Pose {
  /** Center. */
  x: number;
  y: number;
  /** Pixels to one unit of the drawing, across and down. */
  scaleX: number;
  scaleY: number;
  /** Turn in radians, clockwise. */
  angle: number;
  mirrored: boolean;
}

/** Between which bounds a pose is drawn. */
export interface PoseRanges {
  /** From the center to the edge, in image sizes. */
  reach: readonly [number, number];
  /** Across by down is its square. */
  stretch: readonly [number, number];
  /** How far from the middle of the image an edge may come, in image sizes. */
  within: number;
  /** To either side, in radians. */
  turn: number;
}

/** Large, nearly upright and nearly in the middle. */
export const UPRIGHT: PoseRanges = { reach: [0.36, 0.45], stretch: [0.92, 1.08], within: 0.47, turn: 0.17 };

/** Small to large, anywhere in the image, leaning to either side. */
export const FREE: PoseRanges = { reach: [0.27, 0.45], stretch: [0.9, 1.1], within: 0.49, turn: 0.5 };

/** A pose in an image of so many pixels a side. */
export function drawPose(size: number, random: Random, ranges: PoseRanges): Pose {
  const reach = random.uniform(...ranges.reach) * size;
  const stretch = random.uniform(...ranges.stretch);
  const slack = ranges.within * size - reach;
  return {
    x: size / 2 + random.uniform(-slack, slack),
    y: size / 2 + random.uniform(-slack, slack),
    scaleX: reach * stretch,
    scaleY: reach / stretch,
    angle: random.uniform(-ranges.turn, ranges.turn),
    mirrored: random.float() < 0.5,
  };
}
