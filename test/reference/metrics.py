"""Expected figures of src/metrics, by a second route that shares nothing with it: numpy only, one boolean mask an
object, tolerances by brute force, matchings by trying every permutation.

Written from the published definitions: DAVIS (Perazzi et al., CVPR 2016; Caelles et al., 2019) for J, F, recall and
decay and the matching per sequence; Hubert & Arabie (1985) for ARI. Run it to write test/fixtures/metrics.json anew:

    python3 test/reference/metrics.py > test/fixtures/metrics.json

The fixture holds the masks themselves, as run lengths, beside the figures.
"""

import itertools
import json
import math

import numpy as np

VOID = 255


def region(truth, proposal, valid):
    """Jaccard index of two boolean masks; two empty ones agree."""
    union = ((truth | proposal) & valid).sum()
    return 1.0 if union == 0 else float((truth & proposal & valid).sum() / union)


def boundary(mask):
    """Pixels that differ from the pixel to the right, below, or below to the right; edges look along the edge."""
    height, width = mask.shape
    out = np.zeros_like(mask)
    for y in range(height):
        for x in range(width):
            last_row, last_column = y == height - 1, x == width - 1
            seen = []
            if not last_column:
                seen.append(mask[y, x + 1])
            if not last_row:
                seen.append(mask[y + 1, x])
            if not last_row and not last_column:
                seen.append(mask[y + 1, x + 1])
            out[y, x] = any(other != mask[y, x] for other in seen)
    return out


def matched(points, targets, radius):
    """How many points have a target within the radius: every distance is computed."""
    if len(points) == 0 or len(targets) == 0:
        return 0
    squared = ((points[:, None, :] - targets[None, :, :]) ** 2).sum(-1)
    return int((squared.min(1) <= radius**2).sum())


def contour(truth, proposal, valid):
    radius = math.ceil(0.008 * math.sqrt(truth.shape[0] ** 2 + truth.shape[1] ** 2))
    of_truth = np.argwhere(boundary(truth & valid))
    of_proposal = np.argwhere(boundary(proposal & valid))
    if len(of_truth) == 0 and len(of_proposal) == 0:
        return 1.0
    if len(of_truth) == 0 or len(of_proposal) == 0:
        return 0.0
    precision = matched(of_proposal, of_truth, radius) / len(of_proposal)
    recall = matched(of_truth, of_proposal, radius) / len(of_truth)
    return 0.0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


def statistics(values):
    values = np.asarray(values)
    ends = [math.floor(1 + k * (len(values) - 1) / 4 + 0.5) - 1 for k in range(5)]
    first, last = values[ends[0] : ends[1] + 1], values[ends[3] : ends[4] + 1]
    return float(values.mean()), float((values > 0.5).mean()), float(first.mean() - last.mean())


def best_assignment(scores):
    """scores [proposals, truths], proposals >= truths: the proposal of each truth, all ways tried."""
    proposals, truths = scores.shape
    return max(
        itertools.permutations(range(proposals), truths),
        key=lambda chosen: sum(scores[p, t] for t, p in enumerate(chosen)),
    )


def davis(truth, proposal, per_frame):
    valid = truth != VOID
    objects = np.where(valid, truth, 0)[0].max()
    count = max(int(proposal.max()), int(objects))
    frames = len(truth)
    J = np.zeros((count, objects, frames))
    F = np.zeros((count, objects, frames))
    for p in range(count):
        for t in range(objects):
            for k in range(frames):
                a, b = truth[k] == t + 1, proposal[k] == p + 1
                J[p, t, k] = region(a, b, valid[k])
                F[p, t, k] = contour(a, b, valid[k])
    both = (J + F) / 2
    if per_frame:
        chosen = [best_assignment(both[:, :, k]) for k in range(frames)]
    else:
        chosen = [best_assignment(both.mean(2))] * frames
    out = []
    for t in range(objects):
        j = [J[chosen[k][t], t, k] for k in range(frames)]
        f = [F[chosen[k][t], t, k] for k in range(frames)]
        out.append({"J": statistics(j), "F": statistics(f)})
    mean = lambda name, i: float(np.mean([o[name][i] for o in out]))
    measures = {}
    for name in "JF":
        for i, suffix in enumerate(["", "-recall", "-decay"]):
            measures[name + suffix] = mean(name, i)
    measures["J&F"] = (measures["J"] + measures["F"]) / 2
    return measures


def single(truth, proposal):
    values = [region(t > 0, p > 0, np.ones_like(t, bool)) for t, p in zip(truth, proposal)]
    mean, recall, decay = statistics(values)
    return {"J": mean, "J-recall": recall, "J-decay": decay}


def main_subject(truth, proposal):
    valid = truth != VOID
    merged = [(t > 0, p > 0, v) for t, p, v in zip(truth, proposal, valid)]
    measures = {}
    for name, measure in (("J", region), ("F", contour)):
        figures = statistics([measure(*frame) for frame in merged])
        for suffix, value in zip(("", "-recall", "-decay"), figures):
            measures[name + suffix] = value
    measures["J&F"] = (measures["J"] + measures["F"]) / 2
    return measures


def rand(a, b):
    """ARI by counting pairs, not by the contingency formula's shortcut."""
    same_a = a[:, None] == a[None, :]
    same_b = b[:, None] == b[None, :]
    upper = np.triu(np.ones((len(a), len(a)), bool), 1)
    n = upper.sum()
    together, in_a, in_b = (same_a & same_b & upper).sum(), (same_a & upper).sum(), (same_b & upper).sum()
    expected, most = in_a * in_b / n, (in_a + in_b) / 2
    return 1.0 if most == expected else float((together - expected) / (most - expected))


def video(truth, proposal):
    valid = truth != VOID
    objects = [t for t in np.unique(truth) if t not in (0, VOID)]
    labels = [p for p in np.unique(proposal[valid]) if p != 0]
    iou = np.zeros((max(len(labels), len(objects)), len(objects)))
    for i, p in enumerate(labels):
        for j, t in enumerate(objects):
            iou[i, j] = region(truth == t, proposal == p, valid)
    chosen = best_assignment(iou)
    foreground = valid & (truth > 0)
    return {
        "mIoU": float(np.mean([iou[p, t] for t, p in enumerate(chosen)])),
        "mBO": float(np.mean(iou.max(0))),
        "FG-ARI": rand(truth[foreground], proposal[foreground]),
        "ARI": rand(truth[valid], proposal[valid]),
    }


def scene(seed, frames, height, width, truths, proposals, void):
    """Blobs that drift: the truth, and a proposal that is shifted, split, and has labels missing at times."""
    state = [seed]

    def draw(low, high):
        state[0] = (state[0] * 1103515245 + 12345) % 2**31
        return low + (state[0] >> 8) % (high - low)

    y, x = np.mgrid[0:height, 0:width]

    def blobs(count):
        return [
            (draw(0, height), draw(0, width), draw(3, height // 2), draw(3, width // 3), draw(-2, 3), draw(-2, 3), draw(0, 3 * frames))
            for _ in range(count)
        ]

    def paint(shapes):
        out = np.zeros((frames, height, width), int)
        for k in range(frames):
            for label, (cy, cx, ry, rx, vy, vx, gone) in enumerate(shapes, 1):
                if k == gone:
                    continue
                out[k][((y - cy - vy * k) / ry) ** 2 + ((x - cx - vx * k) / rx) ** 2 <= 1] = label
        return out

    shapes = blobs(truths)
    truth = paint(shapes)
    moved = [(cy + draw(-2, 3), cx + draw(-2, 3), ry, rx, vy, vx, gone + 1) for cy, cx, ry, rx, vy, vx, gone in shapes]
    proposal = paint(moved + blobs(max(0, proposals - truths)))
    proposal[proposal > proposals] = 0
    if void:
        truth[:, : height // 4, : width // 5] = VOID
    return truth, proposal


def runs(frames):
    """Label and length of every run of equal pixels, all frames after one another."""
    flat = frames.reshape(-1)
    starts = np.flatnonzero(np.concatenate([[True], flat[1:] != flat[:-1]]))
    lengths = np.diff(np.concatenate([starts, [len(flat)]]))
    return [int(v) for pair in zip(flat[starts], lengths) for v in pair]


def main():
    cases = []
    for seed, frames, height, width, truths, proposals, void in [
        (1, 6, 24, 33, 2, 4, False),
        (2, 9, 30, 20, 3, 5, True),
        (3, 5, 17, 41, 3, 2, False),
        (4, 11, 26, 26, 1, 3, True),
        (5, 4, 40, 131, 2, 3, False),
    ]:
        truth, proposal = scene(seed, frames, height, width, truths, proposals, void)
        case = {
            "frames": frames,
            "height": height,
            "width": width,
            "truth": runs(truth),
            "proposal": runs(proposal),
            "davis-2017-unsupervised": davis(truth, proposal, False),
            "authors": davis(truth, proposal, True),
            "video": video(truth, proposal),
            "main": main_subject(truth, proposal),
        }
        if not void:
            case["single"] = single(truth, proposal)
        cases.append(case)
    print(json.dumps(cases))


main()
