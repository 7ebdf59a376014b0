import type { Size } from '../../lib/size.ts';

/** How the stage is looked at: times the size at which the picture fits, and how far its middle is moved, in CSS pixels. */
export interface Lens {
  scale: number;
  x: number;
  y: number;
}

export const FIT: Lens = { scale: 1, x: 0, y: 0 };

/** The most that the picture is enlarged over its fitting size. */
const CLOSEST = 16;

/** A picture that fits a room, and the clip that it is of. */
export interface Framing {
  /** CSS pixels at which it fits. */
  picture: Size;
  room: Size;
  /** Scale at which a pixel of the clip is one of the screen. */
  actual: number;
}

/** Enlarges by a factor; what lies at (x, y), from the middle of the room, stays there. */
export function enlarged(lens: Lens, factor: number, at: { x: number; y: number }, framing: Framing): Lens {
  const scale = Math.min(CLOSEST, Math.max(Math.min(1, framing.actual), lens.scale * factor));
  const grown = scale / lens.scale;
  return within({ scale, x: at.x - (at.x - lens.x) * grown, y: at.y - (at.y - lens.y) * grown }, framing);
}

/** How two fingers hold the picture: how far apart they are, and where their middle is, from the middle of the room. */
export interface Grip {
  apart: number;
  x: number;
  y: number;
}

/** Enlarges and moves as two fingers do: what lies between them stays there. */
export function pinched(lens: Lens, from: Grip, to: Grip, framing: Framing): Lens {
  const { scale, x, y } = enlarged(lens, to.apart / Math.max(1, from.apart), from, framing);
  return within({ scale, x: x + to.x - from.x, y: y + to.y - from.y }, framing);
}

/** Moves the picture; never farther than to its edge. */
export function within({ scale, x, y }: Lens, { picture, room }: Framing): Lens {
  const most = (side: number, space: number) => Math.max(0, (side * scale - space) / 2);
  const clamp = (value: number, limit: number) => Math.min(limit, Math.max(-limit, value));
  return {
    scale,
    x: clamp(x, most(picture.width, room.width)),
    y: clamp(y, most(picture.height, room.height)),
  };
}
