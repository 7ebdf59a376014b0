# python3 bench/flow/opencv.py FOLDER FILE: OpenCV's dense inverse search of DAVIS's middle frames (FOLDER/JPEGImages/480p), to
# compare with; needs numpy and opencv-python-headless. FILE is a safetensors file: of every pair the two frames' luma, and the
# flow there and back at both qualities. Prints milliseconds of processor time
# of a pair on one core.
import json
import struct
import sys
import time
from pathlib import Path

import cv2
import numpy as np

QUALITIES = {"full": (3, 25), "cpu": (4, 12)}
WIDTH, HEIGHT = 384, 192
DISTANCES = (1, -3)


def search(stride, iterations):
    dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    dis.setFinestScale(0)
    dis.setPatchSize(8)
    dis.setPatchStride(stride)
    dis.setGradientDescentIterations(iterations)
    dis.setVariationalRefinementIterations(0)
    return dis


def luma(path):
    small = cv2.resize(cv2.imread(str(path)), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)


def write(path, tensors):
    header, end = {}, 0
    for name, values in tensors.items():
        kind = {"uint8": "U8", "float32": "F32"}[values.dtype.name]
        header[name] = {"dtype": kind, "shape": values.shape, "data_offsets": [end, end + values.nbytes]}
        end += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(values.tobytes())


cv2.setNumThreads(1)
folder, out = sys.argv[1:]
tensors, times = {}, {quality: [] for quality in QUALITIES}
for sequence in sorted(Path(folder, "JPEGImages/480p").iterdir()):
    frames = sorted(sequence.glob("*.jpg"))
    middle = len(frames) // 2
    first = luma(frames[middle])
    for distance in DISTANCES:
        name = f"{sequence.name} {distance:+d}"
        second = luma(frames[middle + distance])
        tensors[f"{name}.from"] = first.astype(np.float32)
        tensors[f"{name}.to"] = second.astype(np.float32)
        for quality, settings in QUALITIES.items():
            dis = search(*settings)
            start = time.process_time()
            tensors[f"{name}.{quality}.there"] = dis.calc(first, second, None)
            times[quality].append(1000 * (time.process_time() - start))
            tensors[f"{name}.{quality}.back"] = dis.calc(second, first, None)
write(out, tensors)
for quality, taken in times.items():
    print(f"{quality}: fastest {min(taken):.1f} ms, median {sorted(taken)[len(taken) // 2]:.1f} ms")
