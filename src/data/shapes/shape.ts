/**
 * A filled shape: for a point how far it is from the edge, negative inside (a signed distance), and a box that holds it.
 *
 * Coordinates are the drawing's own: x to the right, y down, the drawn thing within -1 to 1.
 */
export interface Shape {
  distance(x: number, y: number): number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** x, y, x, y, … */
type Path = readonly number[];

/** An ellipse with its radii, turned by `angle` radians. */
export function ellipse(cx: number, cy: number, rx: number, ry: number, angle = 0): Shape {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const reachX = Math.hypot(rx * cos, ry * sin);
  const reachY = Math.hypot(rx * sin, ry * cos);
  const distance = (px: number, py: number) => {
    const dx = px - cx;
    const dy = py - cy;
    const x = (dx * cos + dy * sin) / rx;
    const y = (dy * cos - dx * sin) / ry;
    const radius = Math.sqrt(x * x + y * y);
    // First order in the distance from the edge: exact where it matters, next to it.
    const slope = Math.sqrt((x * x) / (rx * rx) + (y * y) / (ry * ry));
    return slope === 0 ? -Math.min(rx, ry) : (radius * (radius - 1)) / slope;
  };
  return { distance, left: cx - reachX, right: cx + reachX, top: cy - reachY, bottom: cy + reachY };
}

/** A circle. */
export function circle(cx: number, cy: number, radius: number): Shape {
  return ellipse(cx, cy, radius, radius);
}

/** A closed polygon; `round` grows it by that much, with round corners. */
export function polygon(path: Path, round = 0): Shape {
  const count = path.length / 2;
  const distance = (x: number, y: number) => {
    let nearest = Number.POSITIVE_INFINITY;
    let inside = false;
    for (let i = 0, j = count - 1; i < count; j = i++) {
      const ax = path[2 * i] as number;
      const ay = path[2 * i + 1] as number;
      const bx = path[2 * j] as number;
      const by = path[2 * j + 1] as number;
      nearest = Math.min(nearest, squaredDistanceToSegment(x, y, ax, ay, bx, by));
      if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) inside = !inside;
    }
    const far = Math.sqrt(nearest);
    return (inside ? -far : far) - round;
  };
  return { distance, ...bounds(path, round) };
}

/** A rectangle between two corners; `round` grows it by that much, with round corners. */
export function rectangle(left: number, top: number, right: number, bottom: number, round = 0): Shape {
  return polygon([left, top, right, top, right, bottom, left, bottom], round);
}

/** A line through points, with round ends. */
export function line(path: Path, width: number): Shape {
  const count = path.length / 2;
  const distance = (x: number, y: number) => {
    let nearest = Number.POSITIVE_INFINITY;
    for (let i = 1; i < count; i++) {
      const ax = path[2 * i - 2] as number;
      const ay = path[2 * i - 1] as number;
      const bx = path[2 * i] as number;
      const by = path[2 * i + 1] as number;
      nearest = Math.min(nearest, squaredDistanceToSegment(x, y, ax, ay, bx, by));
    }
    return Math.sqrt(nearest) - width / 2;
  };
  return { distance, ...bounds(path, width / 2) };
}

/** Everything that any of the shapes covers. */
export function union(...shapes: readonly Shape[]): Shape {
  const distance = (x: number, y: number) => {
    let nearest = Number.POSITIVE_INFINITY;
    for (const shape of shapes) nearest = Math.min(nearest, shape.distance(x, y));
    return nearest;
  };
  return {
    distance,
    left: Math.min(...shapes.map((shape) => shape.left)),
    top: Math.min(...shapes.map((shape) => shape.top)),
    right: Math.max(...shapes.map((shape) => shape.right)),
    bottom: Math.max(...shapes.map((shape) => shape.bottom)),
  };
}

/** The path seen in a mirror that stands on x = 0. */
export function mirrored(path: Path): number[] {
  return path.map((value, i) => (i % 2 === 0 ? -value : value));
}

function squaredDistanceToSegment(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
  const offX = x - ax - dx * along;
  const offY = y - ay - dy * along;
  return offX * offX + offY * offY;
}

function bounds(path: Path, margin: number): Pick<Shape, "left" | "top" | "right" | "bottom"> {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < path.length; i += 2) {
    left = Math.min(left, path[i] as number);
    right = Math.max(right, path[i] as number);
    top = Math.min(top, path[i + 1] as number);
    bottom = Math.max(bottom, path[i + 1] as number);
  }
  return { left: left - margin, top: top - margin, right: right + margin, bottom: bottom + margin };
}
