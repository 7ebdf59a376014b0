/** Note of a run over a clip in which nothing moves but the camera. */
export const NOTHING_MOVES = 'Nothing moves here; found by appearance.';

/** Said of a run in which something came into the clip that was in none of the samples. */
export const CAME_LATER =
  'Something came into the clip that was in none of the frames that objects were found in: it has become objects too.';
