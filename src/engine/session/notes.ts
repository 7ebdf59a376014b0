/** Note of a run over a clip in which nothing moves but the camera. */
export const NOTHING_MOVES = 'Nothing moves here; found by appearance.';
