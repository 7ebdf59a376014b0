/**
 * Probabilities are raised to this before their logarithm is taken: the smallest normal float32, since
 * processors and GPUs may flush what is smaller to zero. An entry this small adds at most 2⁻¹²⁶ · 87 to D.
 */
export const P_FLOOR = 2 ** -126;
