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

/** Large, nearly upright and nearly in the middle. */
export function uprightPose(size: number, random: Random): Pose {
  const reach = random.uniform(0.36, 0.45) * size;
  const stretch = random.uniform(0.92, 1.08);
  const slack = 0.47 * size - reach;
  return {
    x: size / 2 + random.uniform(-slack, slack),
    y: size / 2 + random.uniform(-slack, slack),
    scaleX: reach * stretch,
    scaleY: reach / stretch,
    angle: random.uniform(-0.17, 0.17),
    mirrored: random.float() < 0.5,
  };
}

/** Small to large, anywhere in the image, leaning to either side. */
export function freePose(size: number, random: Random): Pose {
  const reach = random.uniform(0.27, 0.45) * size;
  const stretch = random.uniform(0.9, 1.1);
  const slack = 0.49 * size - reach;
  return {
    x: size / 2 + random.uniform(-slack, slack),
    y: size / 2 + random.uniform(-slack, slack),
    scaleX: reach * stretch,
    scaleY: reach / stretch,
    angle: random.uniform(-0.5, 0.5),
    mirrored: random.float() < 0.5,
  };
}
