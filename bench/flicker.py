"""How steady masks are: the mean J between the mask of a frame, warped to the next one by optical flow, and the mask that the
next one has. 1 is a mask that moves with the picture. The truth's own figure stands beside it: flow errs, and things are hidden.

    python3 bench/flicker.py DAVIS-2016 RESULTS [RUN]

RESULTS is what `unprompted eval DAVIS-2016 --protocol main --out RESULTS` wrote. The flow is OpenCV's (opencv-python; Pillow reads the masks), not the
product's own, which carries masks itself.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image


def carried(mask, flow):
    """The mask of a frame where the next one has it. `flow`: from the next frame to this one, [height, width, 2]."""
    height, width = mask.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    at = (x + flow[..., 0], y + flow[..., 1])
    inside = (at[0] >= 0) & (at[0] <= width - 1) & (at[1] >= 0) & (at[1] <= height - 1)
    return cv2.remap(mask.astype(np.uint8), *at, cv2.INTER_NEAREST) > 0, inside


def steadiness(pairs):
    scores = []
    for before, after, flow in pairs:
        moved, inside = carried(before, flow)
        union = ((moved | after) & inside).sum()
        scores.append(1.0 if union == 0 else ((moved & after & inside).sum() / union))
    return 100 * float(np.mean(scores))


def main(dataset, results, run="run"):
    dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    means = []
    for outcome in sorted(Path(results, "outcomes", run).glob("*.json")):
        told = json.loads(outcome.read_text())
        name, objects = told["sequence"], told["run"]["objects"]
        pictures = sorted(next(Path(dataset).glob(f"JPEGImages/*/{name}")).glob("*.jpg"))
        truths = next(Path(dataset).glob(f"Annotations/*/{name}"))
        grey = [cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE) for picture in pictures]
        flows = [dis.calc(after, before, None) for before, after in zip(grey, grey[1:])]

        def masks(folder, most):
            read = [np.array(Image.open(folder / f"{picture.stem}.png")) for picture in pictures]
            return [(labels > 0) & (labels <= most) for labels in read]

        found = masks(Path(results, "predictions", run, name), objects)
        truth = masks(truths, 255)
        figures = [steadiness(zip(of, of[1:], flows)) for of in (found, truth)]
        means.append(figures)
        print(f"| {name} | {figures[0]:.1f} | {figures[1]:.1f} |", flush=True)
    print("| **mean** | {:.1f} | {:.1f} |".format(*np.mean(means, 0)))


main(*sys.argv[1:])
